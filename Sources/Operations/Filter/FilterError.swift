// What is wrong with a filter text, and where: a filter bar draws a mark under the column, a command prints it.

import CloudModel

/// A filter text that can not be read.
package struct FilterError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The whole filter text.
  package let text: String
  /// One-based, in characters as a person counts them.
  package let column: Int
  /// In characters, at least 1; at the end of the text it marks the place where something is missing.
  package let length: Int
  /// A sentence part without a full stop.
  package let reason: String
  /// What to write instead, when there is a good guess.
  package let remedy: String?

  package init(text: String, column: Int, length: Int, reason: String, remedy: String? = nil) {
    (self.text, self.column, self.length, self.reason, self.remedy) = (text, column, length, reason, remedy)
  }

  /// On one line.
  package var description: String {
    "filter, column \(column): \(reason)" + (remedy.map { ". \($0)" } ?? "")
  }
}

/// A filter text as scalars. Scalars and not characters, because a combining mark after `:` or `"` would merge with it
/// into a character that is neither.
struct FilterSource: Sendable {
  let text: String
  let scalars: [Unicode.Scalar]

  init(_ text: String) { (self.text, scalars) = (text, Array(text.unicodeScalars)) }

  /// The text of a range of scalars.
  func text(of range: Range<Int>) -> String { filterText(scalars[range]) }

  /// An error whose mark covers a range of scalars.
  func error(_ range: Range<Int>, _ reason: String, _ remedy: String? = nil) -> FilterError {
    FilterError(
      text: text, column: column(of: range.lowerBound), length: max(1, text(of: range).count), reason: reason,
      remedy: remedy)
  }

  /// One-based column of a scalar, in characters.
  func column(of offset: Int) -> Int { text(of: 0..<offset).count + 1 }
}

/// A string of scalars.
func filterText(_ scalars: some Sequence<Unicode.Scalar>) -> String {
  var view = String.UnicodeScalarView()
  view.append(contentsOf: scalars)
  return String(view)
}
