// The body of a request as lines: JSON in colours, text as it is, anything else as bytes.

import CloudModel
import Foundation
import Terminal

/// Makes the payload and header sections of a page.
enum Payload {
  static func section(_ body: Data?, isKnown: Bool) -> Document.Section {
    guard isKnown else { return Document.Section("Payload", .payload, lines: [.note("Loading the payload...")]) }
    guard let body, !body.isEmpty else {
      return Document.Section("Payload", .payload, lines: [.note("The request has no body.")])
    }
    let (kind, lines) = decoded(body)
    return Document.Section(
      "Payload (\(kind), \(Words.bytes(body.count)))", .payload, lines: lines,
      text: kind == "text" ? String(validating: body, as: UTF8.self) : nil)
  }

  static func decoded(_ body: Data) -> (kind: String, lines: [Document.Line]) {
    guard let text = String(validating: body, as: UTF8.self) else { return ("not text", bytes(body)) }
    do {
      return ("JSON", PayloadRemarks(text).lines + tree(PayloadTree(try JSON(parsing: text), source: text)))
    } catch {
      let looksLikeJSON = text.drop(while: \.isWhitespace).first.map { "{[".contains($0) } ?? false
      let note: [Document.Line] =
        looksLikeJSON ? [.note(Self.remark(on: error), .warning)] : []
      return ("text", note + textLines(text))
    }
  }

  /// The same without anything that folds, for pages that show several: a page has one tree at most.
  static func plain(_ body: Data) -> (kind: String, lines: [Document.Line]) {
    let (kind, lines) = decoded(body)
    return (kind, lines.flatMap { line in if case .tree(let tree) = line { textLines(tree.pretty) } else { [line] } })
  }

  private static func tree(_ tree: PayloadTree) -> [Document.Line] {
    if tree.usualFolds.level == .max { return [.tree(tree)] }
    return [.note("\(Words.count(tree.nodes.count, "value")): most of it begins folded.", .info), .tree(tree)]
  }

  /// What is nested too deeply for this program may be valid all the same.
  private static func remark(on error: JSONError) -> String {
    let words = sanitised(error.description)
    return words.contains("nested deeper") ? "Shown as text: \(words)." : "Not valid JSON: \(words)."
  }

  /// A page holds no more of a text: it is wrapped between two keys.
  private static let mostOfText = 200_000

  private static func textLines(_ text: String) -> [Document.Line] {
    let shown = PayloadTree.beginning(of: text, bytes: mostOfText)
    let lines: [Document.Line] = shown.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map {
      .spans([Span(sanitised(String($0)), Style(.string))])
    }
    guard shown.utf8.count < text.utf8.count else { return lines }
    let words = "The first \(Words.bytes(shown.utf8.count)) of \(Words.bytes(text.utf8.count)); c copies all of it."
    return [.note(words, .warning)] + lines
  }

  private static let bytesShown = 4096

  /// Sixteen bytes a line: place, hexadecimal, ASCII.
  private static func bytes(_ body: Data) -> [Document.Line] {
    let shown = Array(body.prefix(bytesShown))
    var lines = stride(from: 0, to: shown.count, by: 16).map { start in
      hexLine(start, shown[start..<min(start + 16, shown.count)])
    }
    if body.count > bytesShown { lines.append(.note("The first \(bytesShown) of \(Words.bytes(body.count)).")) }
    return lines
  }

  private static func hexLine(_ start: Int, _ bytes: ArraySlice<UInt8>) -> Document.Line {
    let digits = bytes.map { String(format: "%02x", $0) }.joined(separator: " ")
    let text = bytes.map { (0x20..<0x7F).contains($0) ? String(UnicodeScalar($0)) : "·" }.joined()
    let padding = String(repeating: " ", count: 47 - digits.count)
    return .spans([
      Span(String(format: "%06x  ", start), Style(.dim)), Span(digits + padding, Style(.number)),
      Span("  " + text, Style(.string)),
    ])
  }

  // MARK: Headers

  static func headerSection(_ headers: [Header], title: String = "Headers") -> Document.Section {
    let lines: [Document.Line] = headers.map { header in
      let name = sanitised(header.name)
      guard isSecret(name) else { return .field(name, sanitised(header.value)) }
      return .field(name, "••••••  hidden, \(Words.count(header.value.count, "character"))", .dim)
    }
    return Document.Section(title, .headers, lines: lines.isEmpty ? [.note("None were set.")] : lines)
  }

  /// Whether a header's value is something to keep off a shared screen.
  static func isSecret(_ name: String) -> Bool {
    let lower = name.lowercased()
    return ["authorization", "token", "secret", "key", "password", "cookie", "signature"].contains {
      lower.contains($0)
    }
  }

  static func authorization(_ authorization: Authorization?) -> [Document.Line] {
    switch authorization {
    case nil: []
    case .oidc(let email, let audience):
      [.field("OIDC token", sanitised(email))] + (audience.map { [.field("audience", sanitised($0))] } ?? [])
    case .oauth(let email, let scope):
      [.field("OAuth token", sanitised(email))] + (scope.map { [.field("scope", sanitised($0))] } ?? [])
    }
  }
}
