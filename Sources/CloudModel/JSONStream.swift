// An object with long lists, written as its elements come: a million names stand
// in no tree and in no text of their own. The bytes are those that `JSON.compact`
// or `JSON.pretty` would give.

/// Writes one JSON object, member by member.
package struct JSONStream: ~Copyable {
  private let isPretty: Bool
  private let output: ([UInt8]) -> Void
  private var buffer: [UInt8] = []
  private var isFirstMember = true
  private var isFirstElement = true

  /// Bytes that are gathered before they are given to `output`.
  private static let piece = 1 << 16

  package init(isPretty: Bool, output: @escaping ([UInt8]) -> Void) {
    (self.isPretty, self.output) = (isPretty, output)
    buffer = [UInt8(ascii: "{")]
  }

  package mutating func put(_ key: String, _ value: JSON) {
    begin(key)
    value.write(into: &buffer, indent: isPretty ? 1 : nil)
    spill()
  }

  /// Begins a list, which takes every `add` until `endList`.
  package mutating func beginList(_ key: String) {
    begin(key)
    buffer.append(UInt8(ascii: "["))
    isFirstElement = true
  }

  package mutating func add(_ element: JSON) {
    if !isFirstElement { buffer.append(UInt8(ascii: ",")) }
    isFirstElement = false
    newLine(2)
    element.write(into: &buffer, indent: isPretty ? 2 : nil)
    spill()
  }

  package mutating func endList() {
    if !isFirstElement { newLine(1) }
    buffer.append(UInt8(ascii: "]"))
  }

  /// Writes what is left, with a line feed.
  package consuming func end() {
    if !isFirstMember { newLine(0) }
    buffer += "}\n".utf8
    output(buffer)
  }

  private mutating func begin(_ key: String) {
    if !isFirstMember { buffer.append(UInt8(ascii: ",")) }
    isFirstMember = false
    newLine(1)
    JSON.quote(key, into: &buffer)
    buffer += (isPretty ? ": " : ":").utf8
  }

  private mutating func newLine(_ indent: Int) {
    guard isPretty else { return }
    buffer.append(0x0A)
    buffer.append(contentsOf: repeatElement(0x20, count: indent * 2))
  }

  private mutating func spill() {
    guard buffer.count >= Self.piece else { return }
    output(buffer)
    buffer.removeAll(keepingCapacity: true)
  }
}
