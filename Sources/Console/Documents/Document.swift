// A page about one thing: fields, times, and text in colours, in named sections.
//
// Pages are made off the main loop where they are large (a task's payload may be 1 MB), hold only sanitised text, and
// know nothing of the width they will be shown in.

import CloudModel
import Foundation
import Terminal

/// The text of a page.
package struct Document: Equatable, Sendable {
  /// One part of a page.
  package struct Section: Equatable, Sendable {
    package var title: String
    package var lines: [Line]
    /// Keys jump to the section of this kind.
    package var kind: Kind
    /// A payload as it came, where it is text and no JSON: its lines are cut and cleaned.
    package var text: String?

    package init(_ title: String, _ kind: Kind = .overview, lines: [Line], text: String? = nil) {
      self.title = title
      self.kind = kind
      self.lines = lines
      self.text = text
    }
  }

  package enum Kind: Equatable, Sendable {
    case overview, attempts, headers, payload, schedule
    /// A line for each item of a journal entry; nothing else.
    case items
  }

  /// One line, before it is wrapped.
  package enum Line: Equatable, Sendable {
    /// A name and its value.
    case field(String, String, Role = .text)
    /// A name and a moment, shown with its distance from now.
    case moment(String, Date?, absent: String = "-")
    /// When the next attempt is due; once it is, a paused queue is why nothing happens.
    case due(String, Date?)
    /// A moment in the zone of a schedule, and in UTC.
    case fireTime(Date, TimeZone)
    case spans([Span])
    /// A sentence about what is shown, or is not.
    case note(String, Role = .dim)
    /// A JSON value that is folded and unfolded. A page has one at most.
    case tree(PayloadTree)
  }

  package var title: String
  package var sections: [Section]
  /// The same as the service writes it, for those who want to see that.
  package var raw: JSON?

  package init(title: String, sections: [Section], raw: JSON? = nil) {
    self.title = title
    self.sections = sections
    self.raw = raw
  }

  /// A line by its number, counted through all sections.
  func line(_ number: Int) -> Line? { located(number).map { $0.section.lines[$0.place] } }

  /// The place of a line in its section, for a line that is counted through all sections.
  func place(ofLine number: Int) -> Int? { located(number)?.place }

  /// The section that a line is in, counted through all sections.
  func section(ofLine number: Int) -> Section? { located(number)?.section }

  private func located(_ number: Int) -> (section: Section, place: Int)? {
    var place = number
    for section in sections {
      if section.lines.indices.contains(place) { return (section, place) }
      place -= section.lines.count
    }
    return nil
  }

  /// The payload as it came; nil where there is none, and where it is no text.
  var payload: String? { tree?.source ?? sections.lazy.compactMap(\.text).first }

  /// The JSON value that can be folded.
  var tree: PayloadTree? {
    for section in sections {
      for case .tree(let tree) in section.lines { return tree }
    }
    return nil
  }
}
