// A context of the configuration files as a line of a table.

import Foundation
import Terminal

/// What the table of contexts knows of one.
package struct ContextRow: Equatable, Sendable {
  package let name: String
  /// nil where the files leave it to the environment, gcloud or the credentials.
  package var project: String?
  package var locations: [String]
  /// Host and port, or `Google`.
  package var endpoint: String
  package var isEmulator: Bool
  package var isProtected: Bool
  package var isReadOnly: Bool
  package var colour: ContextColour
  /// The file and line it stands at.
  package var source: String
  /// Where the console is now.
  var isHere = false
  /// The others of its settings, for the page beside the table.
  package var settings: [Setting]

  /// One key of a context in a configuration file.
  package struct Setting: Equatable, Sendable {
    package var key: String
    package var value: String
    package var source: String

    package init(_ key: String, _ value: String, from source: String) {
      (self.key, self.value, self.source) = (sanitised(key), sanitised(value), sanitised(source))
    }
  }

  package init(
    name: String, project: String?, locations: [String] = [], endpoint: String = "Google", isEmulator: Bool = false,
    isProtected: Bool = false, isReadOnly: Bool = false, colour: ContextColour? = nil, source: String,
    settings: [Setting] = []
  ) {
    self.name = sanitised(name)
    self.project = project.map { sanitised($0) }
    self.locations = locations.map { sanitised($0) }
    self.endpoint = sanitised(endpoint)
    (self.isEmulator, self.isProtected, self.isReadOnly) = (isEmulator, isProtected, isReadOnly)
    self.colour = colour ?? .derived(from: name)
    (self.source, self.settings) = (sanitised(source), settings)
  }

  /// In words, for the table and its filter.
  var safety: String {
    [(isProtected, "PROTECTED"), (isReadOnly, "read-only"), (isEmulator, "emulator")]
      .filter(\.0).map(\.1).joined(separator: ", ")
  }

  /// The colour's name, or its number.
  var colourWords: String {
    switch colour {
    case .hue(let hue): hue.rawValue
    case .own(let red, let green, let blue): Colour.rgb(red, green, blue).text
    }
  }
}

extension ContextRow: TableRow {
  package var id: String { name }
  package var isFailing: Bool { false }

  static let columns: [Column<ContextRow>] = [
    Column(
      "CONTEXT", width: .flexible(10), rank: 0, sort: .text { $0.name }, search: { $0.name },
      cell: { row, _ in CellText(row.isHere ? "@\(row.name) ←" : "@\(row.name)", row.isHere ? .success : .accent) }),
    Column(
      "PROJECT", width: .flexible(10), rank: 0, sort: .text { $0.project ?? "" }, search: { $0.project ?? "" },
      cell: { row, _ in CellText(row.project ?? "from elsewhere", row.project == nil ? .dim : .text) }),
    Column(
      "SAFETY", width: .flexible(21), rank: 1, sort: .text { $0.safety }, search: { $0.safety },
      cell: { row, _ in
        row.safety.isEmpty
          ? CellText("-", .dim)
          : CellText(
            row.isProtected ? "! \(row.safety)" : row.safety,
            row.isProtected ? .danger : row.isReadOnly ? .warning : .info)
      }),
    Column(
      "LOCATIONS", width: .flexible(11), rank: 3, sort: .text { $0.locations.joined(separator: ", ") },
      search: { $0.locations.joined(separator: ", ") },
      cell: { row, _ in
        row.locations.isEmpty ? CellText("from elsewhere", .dim) : CellText(row.locations.joined(separator: ", "))
      }),
    Column(
      "ENDPOINT", width: .flexible(10), rank: 2, sort: .text { $0.endpoint }, search: { $0.endpoint },
      cell: { row, _ in CellText(row.endpoint) }),
    Column(
      "COLOUR", width: .fixed(7), rank: 5, sort: .text { $0.colourWords },
      cell: { row, _ in CellText(row.colourWords, .dim) }),
    Column(
      "FROM", width: .flexible(14), rank: 4, sort: .text { $0.source }, search: { $0.source },
      cell: { row, _ in CellText(row.source, .dim) }),
  ]
}

extension Document {
  /// The page beside the table: each value and where it stands.
  init(_ row: ContextRow) {
    let values = row.settings.map { setting -> Line in
      .spans([
        DocumentLayout.nameSpan(setting.key), Span(setting.value, Style()), Span("  \(setting.source)", Style(.dim)),
      ])
    }
    let rest = Line.note(
      "What is not here comes from the environment, gcloud or defaults: `taskdeck contexts show`.")
    self.init(title: row.name, sections: [Section("Context \(row.name)", lines: values + [rest])])
  }
}
