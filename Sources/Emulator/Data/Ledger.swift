// What was changed since the last commit. Every part of the state writes here what
// it changes, in the form that the data file keeps; without a data file nothing is
// formed and nothing is kept.

import CloudModel
import Store

/// Collects changes for the data file.
final class Ledger {
  /// Whether anybody wants to know.
  let isKept: Bool
  private var changes = EmulatorChanges()
  private var counters = Counters()

  init(isKept: Bool = false) { self.isKept = isKept }

  var isEmpty: Bool { changes.isEmpty }

  /// The changes since the last call.
  func take() -> EmulatorChanges {
    defer { changes = EmulatorChanges() }
    return changes
  }

  func put(_ table: NumberedRecords, _ key: RecordKey, _ content: @autoclosure () -> [UInt8]) {
    if isKept { changes.set(table, key.number, content()) }
  }

  func remove(_ table: NumberedRecords, _ key: RecordKey) {
    if isKept { changes.set(table, key.number, nil) }
  }

  func put(_ table: NamedRecords, _ name: @autoclosure () -> String, _ content: @autoclosure () -> JSONObject) {
    guard isKept else { return }
    changes.set(table, name(), Array(JSON.object(content()).compact.utf8))
  }

  func remove(_ table: NamedRecords, _ name: @autoclosure () -> String) {
    if isKept { changes.set(table, name(), nil) }
  }

  /// Everything is gone, but for the counters: what was counted is never counted again.
  func clear() {
    guard isKept else { return }
    changes.clear()
    counters.write(to: self)
  }

  // MARK: Numbers that are given once

  /// Of queues, jobs and subscriptions: distinguishes one from another of the same name before it.
  func nextIncarnation() -> UInt64 {
    counters.incarnations += 1
    counters.write(to: self)
    return UInt64(counters.incarnations)
  }

  /// Of Pub/Sub messages.
  func nextMessage() -> Int64 {
    counters.messages += 1
    counters.write(to: self)
    return Int64(counters.messages)
  }

  func restore(_ json: JSONObject) { counters = Counters(json) }

  static let counters = "counters"

  private struct Counters {
    var incarnations = 0
    var messages = 0

    init() {}

    init(_ json: JSONObject) {
      incarnations = json["incarnations"]?.int ?? 0
      messages = json["messages"]?.int ?? 0
    }

    func write(to ledger: Ledger) {
      ledger.put(
        .setting, Ledger.counters, ["incarnations": .integer(incarnations), "messages": .integer(messages)])
    }
  }
}

/// The number of a record that belongs to a queue or a subscription: those of one owner stand together and in the order
/// of their creation. There is room for 2^27 owners and 2^36 records of each, more than an emulator lives for.
struct RecordKey: Equatable {
  let number: Int64

  init(number: Int64) { self.number = number }

  init(_ owner: UInt64, _ sequence: Int64) { number = Int64(owner) << 36 | sequence }

  var owner: UInt64 { UInt64(number >> 36) }
  var sequence: Int64 { number & (1 << 36 - 1) }
}

/// Sequence numbers that are never given twice, even by another process after a crash. They are reserved by the
/// thousand, so that not every one of them has to be written down.
struct SequenceNumbers {
  private(set) var last: Int64 = 0
  /// What the owner's record has to say; numbers up to it may be in use.
  private(set) var reserved: Int64 = 0

  private static let step: Int64 = 4096

  init() {}

  /// Goes on after everything that may have been given.
  init(reserved: Int64) { (last, self.reserved) = (reserved, reserved) }

  /// When it says so, the record of the owner has to be written.
  mutating func next() -> (number: Int64, mustReserve: Bool) {
    last += 1
    guard last > reserved else { return (last, false) }
    reserved = last + Self.step
    return (last, true)
  }
}
