// Journaled changes of resources as the journal's commands print them.

import CloudModel
import JournalModel

/// JSON of changes.
package enum ChangeReport {
  /// An item of `journal show`.
  static func item(_ change: JournaledChange) -> JSON {
    [
      "name": .string(change.name), "state": .string(change.state.word),
      "error": change.error.map(JSON.string) ?? .null, "restoredAs": .null, "verb": .string(change.verb),
    ]
  }

  /// A line of `journal export`: the resource as it was and as it was to be.
  static func exported(_ change: JournaledChange, of number: Int) -> JSON {
    var line: JSONObject = ["journal": .integer(number)]
    line.merge(item(change).object ?? [:])
    line["before"] = change.before ?? .null
    line["after"] = change.after ?? .null
    return .object(line)
  }

  /// Failures as `{"job","error"}`, under the name of the kind.
  package static func failures(_ changes: [JournaledChange], kind: String) -> [JSON] {
    changes.map { [kind: .string($0.id), "error": .string($0.error ?? "It is not known how it ended.")] }
  }
}
