// Records that come by the million, in bytes: numbers of eight bytes, least
// significant first, and texts and bytes behind their length. The few others are
// JSON.

import CloudModel
import Store

/// Writes a record.
struct RecordWriter {
  private(set) var bytes: [UInt8] = []

  mutating func add(_ number: Int64) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func add(_ number: Int) { add(Int64(number)) }
  mutating func add(_ moment: Moment) { add(moment.microseconds) }

  mutating func add(_ text: String) { add(Array(text.utf8)) }

  mutating func add(_ content: [UInt8]) {
    add(content.count)
    bytes += content
  }
}

/// Reads what `RecordWriter` wrote, in the same order.
struct RecordReader {
  private let bytes: [UInt8]
  private var place = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func number() throws(RecordError) -> Int64 {
    guard bytes.count - place >= 8 else { throw RecordError() }
    defer { place += 8 }
    return bytes.withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: Int64.self)) }
  }

  mutating func int() throws(RecordError) -> Int { Int(try number()) }
  mutating func moment() throws(RecordError) -> Moment { Moment(microseconds: try number()) }

  mutating func content() throws(RecordError) -> ArraySlice<UInt8> {
    let count = try int()
    guard count >= 0, count <= bytes.count - place else { throw RecordError() }
    defer { place += count }
    return bytes[place..<place + count]
  }

  mutating func text() throws(RecordError) -> String { String(decoding: try content(), as: UTF8.self) }
}

/// A record is not what this version writes.
struct RecordError: Error {}

extension Moment {
  /// Microseconds, as records have them.
  var json: JSON { .integer(Int(microseconds)) }

  init?(json: JSON?) {
    guard let number = json?.int else { return nil }
    self.init(microseconds: Int64(number))
  }
}
