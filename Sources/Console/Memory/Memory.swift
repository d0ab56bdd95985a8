// What the console remembers from session to session: filters, commands, how tables are looked at. It is kept in a file
// of its own, never in the configuration, which belongs to the person.

import Foundation
import Terminal

/// Things worth remembering.
package struct Memory: Equatable, Sendable, Codable {
  /// How a table is looked at.
  package struct View: Equatable, Sendable, Codable {
    /// A column in its place.
    package struct Column: Equatable, Sendable, Codable {
      package var title: String
      package var isHidden = false
      /// Set where the person has set it.
      package var width: Int?

      package init(_ title: String, isHidden: Bool = false, width: Int? = nil) {
        (self.title, self.isHidden, self.width) = (title, isHidden, width)
      }
    }

    package var columns: [Column] = []
    package var sort: String?
    package var isDescending = false
    /// What it was sorted by before that, the latest first; none in files of older programs.
    package var sortedBefore: [Key]?

    /// A column and its direction.
    package struct Key: Equatable, Sendable, Codable {
      package var title: String
      package var isDescending: Bool
    }

    package init(columns: [Column] = [], sort: String? = nil, isDescending: Bool = false) {
      (self.columns, self.sort, self.isDescending) = (columns, sort, isDescending)
    }
  }

  /// By table.
  package var views: [String: View] = [:]
  /// What was filtered by, by table, the newest first.
  package var filters: [String: [String]] = [:]
  /// By table and name.
  package var savedFilters: [String: [String: String]] = [:]
  /// What was typed on the command line, the newest first.
  package var commands: [String] = []
  /// Seconds between two refreshes, where the person has chosen them.
  package var pace: Double?
  /// Whether cells that change stand out; nil is yes.
  package var flash: Bool?

  package init() {}

  /// One thing that is to be remembered.
  package enum Change: Equatable, Sendable {
    case view(String, View)
    case filter(String, String)
    /// Under a name; nil forgets it.
    case savedFilter(String, name: String, String?)
    case command(String)
    case pace(Double?)
    case flash(Bool)
  }

  private static let longestHistory = 200

  package mutating func apply(_ change: Change) {
    switch change {
    case .view(let table, let view): views[table] = view
    case .filter(let table, let text): filters[table] = Self.adding(text, to: filters[table] ?? [])
    case .savedFilter(let table, let name, let text): savedFilters[table, default: [:]][name] = text
    case .command(let text): commands = Self.adding(text, to: commands)
    case .pace(let seconds): pace = seconds
    case .flash(let isOn): flash = isOn
    }
  }

  private static func adding(_ text: String, to history: [String]) -> [String] {
    Array(([text] + history.filter { $0 != text }).prefix(longestHistory))
  }
}

extension Memory {
  /// What a file of an older or newer program lacks is as if it had never been remembered.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    views = try values.decodeIfPresent([String: View].self, forKey: .views) ?? [:]
    filters = try values.decodeIfPresent([String: [String]].self, forKey: .filters) ?? [:]
    savedFilters = try values.decodeIfPresent([String: [String: String]].self, forKey: .savedFilters) ?? [:]
    commands = try values.decodeIfPresent([String].self, forKey: .commands) ?? []
    pace = try values.decodeIfPresent(Double.self, forKey: .pace)
    flash = try values.decodeIfPresent(Bool.self, forKey: .flash)
  }
}

extension ConsoleState {
  mutating func remember(_ change: Memory.Change) -> [Effect] {
    memory.apply(change)
    return [.remember(change)]
  }
}
