// What an emulator writes down, as the file sees it: records under numbers and
// records under names, whose content only the emulator can read.

/// Records that come by the million: under a number, so that new ones are added at the end of their table.
package enum NumberedRecords: String, CaseIterable, Sendable {
  case task
  /// What attempts made of a task; apart from it, so that an attempt does not write the task's content again.
  case progress
  /// Task IDs that may not be used again yet.
  case tombstone
  case message
  /// A message on its way to one subscription.
  case delivery
}

/// Records that are few.
package enum NamedRecords: String, CaseIterable, Sendable {
  case queue
  /// Queue names that may not be used again yet.
  case buriedQueue
  case job
  case topic
  case subscription
  case operation
  case encryptionKey
  /// Of the emulator itself: counters, clock, signing key.
  case setting
}

/// What one transaction writes. A record that was put and removed since the last one costs nothing but its removal.
package struct EmulatorChanges: Sendable {
  /// Whether everything that was there before goes first.
  package private(set) var clears = false
  /// By table; nil removes a record.
  package private(set) var numbered: [NumberedRecords: [Int64: [UInt8]?]] = [:]
  package private(set) var named: [NamedRecords: [String: [UInt8]?]] = [:]

  package init() {}

  package var isEmpty: Bool { !clears && numbered.isEmpty && named.isEmpty }

  /// nil removes the record.
  package mutating func set(_ table: NumberedRecords, _ number: Int64, _ content: [UInt8]?) {
    numbered[table, default: [:]].updateValue(content, forKey: number)
  }

  /// nil removes the record.
  package mutating func set(_ table: NamedRecords, _ name: String, _ content: [UInt8]?) {
    named[table, default: [:]].updateValue(content, forKey: name)
  }

  /// Removes all records there are.
  package mutating func clear() {
    self = EmulatorChanges()
    clears = true
  }
}

/// Where an emulator's state is kept beyond its process.
package protocol EmulatorStorage: Sendable {
  /// Calls `body` with every record of a table in ascending order.
  func forEach(
    _ table: NumberedRecords, _ body: (Int64, [UInt8]) throws(EmulatorDataError) -> Void
  ) throws(EmulatorDataError)
  func forEach(
    _ table: NamedRecords, _ body: (String, [UInt8]) throws(EmulatorDataError) -> Void
  ) throws(EmulatorDataError)

  /// Writes all of the changes or none of them, after those of earlier calls, then calls `ended` on any thread with
  /// what went wrong.
  func commit(_ changes: EmulatorChanges, _ ended: @escaping @Sendable (EmulatorDataError?) -> Void)

  /// Waits for what is being written; nothing may be committed afterwards.
  func close()
}

/// The data file cannot be read or written.
package struct EmulatorDataError: Error, Equatable, Sendable, CustomStringConvertible {
  package enum Kind: String, Sendable {
    /// Not a data file of the emulator.
    case foreign
    /// Damaged.
    case corrupt
    /// Written by a newer taskdeck.
    case newer
    /// Another emulator has it.
    case inUse
    /// The file or its folder cannot be written or opened.
    case denied
    /// No room on the disk.
    case full
    /// Anything else that SQLite or the system reports.
    case failed
  }

  package let kind: Kind
  package let path: String
  /// What happened, in the words of SQLite, of the system or our own.
  package let reason: String

  package init(_ kind: Kind, path: String, reason: String) {
    (self.kind, self.path, self.reason) = (kind, path, reason)
  }

  package var description: String { "\(path): \(reason)" }
}
