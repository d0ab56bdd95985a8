// `keys:` of the configuration, looked up in the registry of actions.

import CloudModel
import Console
import Settings
import Terminal

extension Configuration {
  /// The keys of this run.
  ///
  /// - Throws: names that no action or key has, with the nearest, and a key that two actions of one scope would have.
  func keyMap() throws(FileFaults) -> KeyMap {
    var changes: [String: [Key]] = [:]
    var faults: [FileFault] = []
    for change in keyChanges {
      if Action.named(change.action.value) == nil { faults.append(Self.unknownAction(change.action)) }
      changes[change.action.value] = change.keys.compactMap { name in
        let key = Key(name: name.value)
        if key == nil { faults.append(Self.unknownKey(name)) }
        return key
      }
    }
    if faults.isEmpty { faults = doubled(changes) }
    if let first = faults.first { throw FileFaults(first, Array(faults.dropFirst())) }
    return KeyMap(changes: changes)
  }

  private static func unknownAction(_ name: Located<String>) -> FileFault {
    let near = nearest(name.value, among: Action.allCases.map(\.rawValue))
    return FileFault(
      at: name.place, "unknown action \"\(name.value)\"" + (near.map { "; did you mean \"\($0)\"?" } ?? ""),
      remedy: near.map { "Write \($0)." } ?? "`taskdeck keys` lists the actions.")
  }

  private static func unknownKey(_ name: Located<String>) -> FileFault {
    FileFault(
      at: name.place, "unknown key \"\(name.value)\"",
      remedy: "Write a character, or a name such as Enter, Esc, Delete, F5, PgDn or Ctrl-R; \"<disabled>\" takes the"
        + " action off.")
  }

  /// A key that was given to one action while another of its scope has it: one of them would silently be lost.
  private func doubled(_ changes: [String: [Key]]) -> [FileFault] {
    keyChanges.flatMap { change -> [FileFault] in
      guard let action = Action.named(change.action.value) else { return [] }
      return zip(change.keys, changes[change.action.value] ?? []).compactMap { name, key in
        let other = Action.allCases.first { other in
          other != action && other.scope == action.scope
            && (changes[other.rawValue] ?? other.keys).contains(key)
        }
        return other.map { other in
          FileFault(
            at: name.place, "\(name.value) is the key of \(other.rawValue) as well",
            remedy: "Give \(other.rawValue) another key, or \"<disabled>\".")
        }
      }
    }
  }
}
