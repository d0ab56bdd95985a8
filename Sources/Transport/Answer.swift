// The answer as it arrives: header lines first, then the body, counted against
// the caller's limit.

import Foundation

/// What has arrived of one response.
struct Answer {
  /// Room made at once for a body whose length is announced; a longer one grows as it comes, so a false length
  /// costs no memory.
  private static let firstReserve = 4 << 20

  private(set) var headers = HTTPHeaders()
  private(set) var body = Data()
  private(set) var isTooLarge = false
  /// Whether the empty line after the head came; libcurl calls an answer that ends before it a success.
  private(set) var isHeadComplete = false
  private let limit: Int

  init(limit: Int = 0) {
    self.limit = limit
  }

  /// Takes one line of the head, its line end included.
  ///
  /// A status line starts over: a redirect's answer, or a 1xx, came before the one that counts.
  mutating func take(head line: UnsafeBufferPointer<UInt8>) {
    if line.starts(with: "HTTP/".utf8) {
      headers = HTTPHeaders()
      body.removeAll()
      isHeadComplete = false
      return
    }
    if line.count <= 2 && line.last == UInt8(ascii: "\n") { isHeadComplete = true }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return }
    let name = String(decoding: line[..<colon], as: UTF8.self)
    let value = String(decoding: trimmed(line[(colon + 1)...]), as: UTF8.self)
    headers.append(name, value)
    if sameFieldName(name, "Content-Length"), let length = Int(value), length > 0 {
      body.reserveCapacity(min(length, limit, Self.firstReserve))
    }
  }

  /// Takes bytes of the body; false when they are more than the limit allows.
  mutating func take(body bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count <= limit - body.count else {
      isTooLarge = true
      return false
    }
    body.append(contentsOf: bytes)
    return true
  }

  /// Without the optional whitespace around a field's value (RFC 9110, 5.5) and without the line end.
  private func trimmed(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Slice<UnsafeBufferPointer<UInt8>> {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }
    let start = bytes.firstIndex { !isBlank($0) } ?? bytes.endIndex
    let end = bytes.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
    return bytes[start..<end]
  }
}
