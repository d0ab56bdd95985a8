// JSON out: compact for the wire, indented for people. Order and number
// spelling are those of the value; slashes are left alone, because resource
// names are full of them.

import Foundation

extension JSON {
  /// On one line, as it goes over the wire.
  package var compact: String {
    var out: [UInt8] = []
    write(into: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// The bytes of `compact`.
  package var data: Data {
    var out: [UInt8] = []
    write(into: &out)
    return Data(out)
  }

  /// Indented by two, one member a line.
  package var pretty: String {
    var out: [UInt8] = []
    write(into: &out, indent: 0)
    return String(decoding: out, as: UTF8.self)
  }

  /// Appends the value to `out`; with `indent`, over several lines from that depth on.
  package func write(into out: inout [UInt8], indent: Int? = nil) {
    switch self {
    case .null: out += "null".utf8
    case .bool(let value): out += (value ? "true" : "false").utf8
    case .number(let text): out += text.utf8
    case .string(let text): Self.quote(text, into: &out)
    case .array(let elements):
      Self.list(elements, count: elements.count, "[", "]", indent, &out) { element, out, inner in
        element.write(into: &out, indent: inner)
      }
    case .object(let object):
      Self.list(object, count: object.count, "{", "}", indent, &out) { member, out, inner in
        Self.quote(member.key, into: &out)
        out += (inner == nil ? ":" : ": ").utf8
        member.value.write(into: &out, indent: inner)
      }
    }
  }

  private static func list<Elements: Sequence>(
    _ elements: Elements, count: Int, _ open: String, _ close: String, _ indent: Int?, _ out: inout [UInt8],
    _ write: (Elements.Element, inout [UInt8], Int?) -> Void
  ) {
    out += open.utf8
    let inner = indent.map { $0 + 1 }
    var isFirst = true
    for element in elements {
      if !isFirst { out.append(UInt8(ascii: ",")) }
      isFirst = false
      newLine(inner, &out)
      write(element, &out, inner)
    }
    if count > 0 { newLine(indent, &out) }
    out += close.utf8
  }

  private static func newLine(_ indent: Int?, _ out: inout [UInt8]) {
    guard let indent else { return }
    out.append(0x0A)
    out.append(contentsOf: repeatElement(0x20, count: indent * 2))
  }

  static func quote(_ text: String, into out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { bytes in
      // By runs: most text has nothing to escape, and copying it at once is ten times faster.
      var start = 0
      for index in bytes.indices where isEscaped(bytes[index]) {
        out.append(contentsOf: bytes[start..<index])
        escape(bytes[index], into: &out)
        start = index + 1
      }
      out.append(contentsOf: bytes[start...])
    }
    out.append(UInt8(ascii: "\""))
  }

  private static func isEscaped(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F
  }

  private static func escape(_ byte: UInt8, into out: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "\""): out += "\\\"".utf8
    case UInt8(ascii: "\\"): out += "\\\\".utf8
    case 0x08: out += "\\b".utf8
    case 0x0C: out += "\\f".utf8
    case 0x0A: out += "\\n".utf8
    case 0x0D: out += "\\r".utf8
    case 0x09: out += "\\t".utf8
    default: out += "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8
    }
  }
}
