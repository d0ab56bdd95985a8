// The body of a task as a person reads it: content coding and charset undone, then
// JSON, a form, text, or bytes that are none of these. What is sent is never made
// from this unless somebody edited it.

import CloudModel
import Foundation

/// A body, decoded.
package struct TaskPayload: Equatable, Sendable {
  package enum Content: Equatable, Sendable {
    case empty
    /// Order of keys and spelling of numbers are those of the body.
    case json(JSON)
    /// `application/x-www-form-urlencoded`, decoded, in order.
    case form([Field])
    case text(String)
    case binary
  }

  /// One field of a form.
  package struct Field: Equatable, Sendable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
  }

  package let content: Content
  /// The bytes without their content coding; in UTF-8 where they are text.
  package let decoded: Data
  /// What was undone to get there: `gzip`, `charset iso-8859-1`.
  package let steps: [String]
  /// Why something could not be undone, for people.
  package let problem: String?

  /// - Parameter inflate: undoes gzip and deflate; throws with a reason.
  package init(_ body: Data, headers: [Header], inflate: (Data) throws -> Data) {
    var (bytes, steps, problem) = (body, [String](), String?.none)
    for coding in Self.codings(headers) {
      do {
        guard ["gzip", "x-gzip", "deflate"].contains(coding) else {
          problem = "Its Content-Encoding \(coding) is not known here."
          break
        }
        bytes = try inflate(bytes)
        steps.append(coding)
      } catch {
        problem = "Its Content-Encoding is \(coding), but \(error)."
        break
      }
    }
    let type = Self.value("content-type", headers)?.lowercased() ?? ""
    let charset = Self.charset(type)
    if let charset, let encoding = Self.encodings[charset], let text = String(data: bytes, encoding: encoding) {
      bytes = Data(text.utf8)
      steps.append("charset \(charset)")
    }
    (self.decoded, self.steps, self.problem) = (bytes, steps, problem)
    content = problem == nil ? Self.content(bytes, type) : bytes.isEmpty ? .empty : .binary
  }

  /// The JSON value, when it is one.
  package var json: JSON? {
    guard case .json(let json) = content else { return nil }
    return json
  }

  /// In one word, for people.
  package var kind: String {
    switch content {
    case .empty: "empty"
    case .json: "JSON"
    case .form: "form"
    case .text: "text"
    case .binary: "not text"
    }
  }

  // MARK: Decoding

  private static func content(_ bytes: Data, _ type: String) -> Content {
    if bytes.isEmpty { return .empty }
    guard let text = String(validating: bytes, as: UTF8.self) else { return .binary }
    do { return .json(try JSON(parsing: bytes)) } catch {
      if type.hasPrefix("application/x-www-form-urlencoded") { return .form(fields(text)) }
      // NUL and its kin are in no text that a person can edit.
      return text.utf8.contains { $0 < 0x20 && ![0x09, 0x0A, 0x0D, 0x1B].contains($0) } ? .binary : .text(text)
    }
  }

  /// In the order in which they are to be undone: the last one named was applied last (RFC 9110, 8.4).
  private static func codings(_ headers: [Header]) -> [String] {
    let named = value("content-encoding", headers)?.lowercased().split(separator: ",") ?? []
    return named.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty && $0 != "identity" }.reversed()
  }

  private static func value(_ name: String, _ headers: [Header]) -> String? {
    headers.first { $0.name.lowercased() == name }?.value
  }

  private static func charset(_ type: String) -> String? {
    let parameters = type.split(separator: ";").dropFirst().map { $0.trimmingCharacters(in: .whitespaces) }
    guard let parameter = parameters.first(where: { $0.hasPrefix("charset=") }) else { return nil }
    return parameter.dropFirst("charset=".count).trimmingCharacters(in: ["\"", " "])
  }

  /// Those other than UTF-8 that are still met (WHATWG Encoding: latin1 means windows-1252).
  private static let encodings: [String: String.Encoding] = [
    "iso-8859-1": .windowsCP1252, "latin1": .windowsCP1252, "windows-1252": .windowsCP1252, "utf-16": .utf16,
    "utf-16le": .utf16LittleEndian, "utf-16be": .utf16BigEndian, "shift_jis": .shiftJIS, "euc-jp": .japaneseEUC,
    "iso-8859-2": .isoLatin2, "windows-1251": .windowsCP1251,
  ]

  private static func fields(_ text: String) -> [Field] {
    text.split(separator: "&").map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { part in
        let spaced = part.replacing("+", with: " ")
        return spaced.removingPercentEncoding ?? String(spaced)
      }
      return Field(parts[0], parts.count > 1 ? parts[1] : "")
    }
  }
}

extension TaskPayload {
  /// For an editor: JSON indented, anything else as it is; nil where it is no text.
  package var editable: String? {
    switch content {
    case .empty: "{}\n"
    case .json(let json): json.pretty + "\n"
    case .form, .text: String(decoding: decoded, as: UTF8.self)
    case .binary: nil
    }
  }

  /// Sixteen bytes a line, `limit` bytes at most: place, hexadecimal digits, ASCII.
  package static func hexLines(_ bytes: Data, limit: Int = 4096) -> [String] {
    let shown = Array(bytes.prefix(limit))
    func hex(_ number: Int, _ digits: Int) -> String {
      let text = String(number, radix: 16)
      return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
    let lines = stride(from: 0, to: shown.count, by: 16).map { start in
      let row = shown[start..<min(start + 16, shown.count)]
      let digits = row.map { hex(Int($0), 2) }.joined(separator: " ")
      let text = row.map { (0x20..<0x7F).contains($0) ? String(UnicodeScalar($0)) : "·" }.joined()
      return hex(start, 6) + "  " + digits + String(repeating: " ", count: 49 - digits.count) + text
    }
    return bytes.count > limit ? lines + ["the first \(limit) of \(bytes.count) bytes"] : lines
  }
}
