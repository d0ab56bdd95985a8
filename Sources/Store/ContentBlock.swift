// Content is compressed some tasks at a time: they are much alike, so a block of
// them takes a tenth of its size where single ones take half.

import CZlib
import Foundation
import JournalModel

/// The content of consecutive items.
struct ContentBlock: Sendable {
  /// Position of the first item.
  let first: Int
  let count: Int
  /// Bytes before compression.
  let size: Int
  let data: Data

  private static let mostItems = 64
  private static let mostBytes = 1 << 18
  /// Length of an item without content.
  private static let absent = UInt32.max

  /// Packs items whose positions count from `first`; runs without any content take no block.
  static func pack(_ contents: [Data?], first: Int) throws(JournalError) -> [ContentBlock] {
    var blocks: [ContentBlock] = []
    var start = 0
    while start < contents.count {
      var (end, size) = (start, 0)
      while end < contents.count, end == start || (end - start < mostItems && size < mostBytes) {
        size += contents[end]?.count ?? 0
        end += 1
      }
      if size > 0 { blocks.append(try ContentBlock(contents[start..<end], first: first + start)) }
      start = end
    }
    return blocks
  }

  init(first: Int, count: Int, size: Int, data: Data) {
    (self.first, self.count, self.size, self.data) = (first, count, size, data)
  }

  private init(_ contents: ArraySlice<Data?>, first: Int) throws(JournalError) {
    var raw: [UInt8] = []
    raw.reserveCapacity(contents.reduce(0) { $0 + 4 + ($1?.count ?? 0) })
    for content in contents {
      withUnsafeBytes(of: (content.map { UInt32($0.count) } ?? Self.absent).littleEndian) { raw.append(contentsOf: $0) }
      if let content { raw.append(contentsOf: content) }
    }
    // Level 1: the trash is written while people wait, and read when they made a mistake.
    var length = compressBound(uLong(raw.count))
    var packed = [UInt8](repeating: 0, count: Int(length))
    guard compress2(&packed, &length, raw, uLong(raw.count), 1) == Z_OK else {
      throw JournalError(.failed, reason: "zlib could not compress \(raw.count) bytes.")
    }
    self.init(first: first, count: contents.count, size: raw.count, data: Data(packed.prefix(Int(length))))
  }

  /// The items' content, nil where there is none.
  func unpacked() throws(JournalError) -> [Data?] {
    var raw = [UInt8](repeating: 0, count: size)
    var length = uLong(size)
    guard uncompress(&raw, &length, Array(data), uLong(data.count)) == Z_OK, Int(length) == size else { throw damaged }
    var contents: [Data?] = []
    var rest = raw[...]
    while contents.count < count {
      guard rest.count >= 4 else { throw damaged }
      let length = rest.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      rest = rest.dropFirst(4)
      if length == Self.absent {
        contents.append(nil)
      } else {
        guard rest.count >= Int(length) else { throw damaged }
        contents.append(Data(rest.prefix(Int(length))))
        rest = rest.dropFirst(Int(length))
      }
    }
    return contents
  }

  private var damaged: JournalError {
    JournalError(.corrupt, reason: "The content of the items from \(first) on cannot be unpacked.")
  }
}
