// The table of keys as the README shows it.

/// Writes the table.
package enum KeyTable {
  /// A Markdown table of the keys that are used outside of fields and sheets, and of those inside, scope by scope.
  package static func markdown(_ keys: KeyMap) -> String {
    var lines = ["| Where | Keys | What it does | Name |", "| --- | --- | --- | --- |"]
    for scope in Scope.allCases {
      for (index, action) in Action.allCases.filter({ $0.scope == scope }).enumerated() {
        let names = keys.keys(for: action).map { "`\($0.name == "|" ? "\\|" : $0.name)`" }.joined(separator: " ")
        lines.append("| \(index == 0 ? scope.title : "") | \(names) | \(action.help) | `\(action.rawValue)` |")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
