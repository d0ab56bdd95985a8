// Which key does what, by scope.

import CloudModel
import Terminal

/// Keys and the actions they start.
package struct KeyMap: Equatable, Sendable {
  private var actions: [Scope: [Key: Action]] = [:]
  private var keys: [Action: [Key]] = [:]

  /// The keys of the registry, with the ones in `changes` (by the action's name) in place of the default ones; an empty
  /// list takes an action off the keyboard.
  package init(changes: [String: [Key]] = [:]) {
    for action in Action.allCases {
      let chosen = changes[action.rawValue] ?? action.keys
      keys[action] = chosen
      for key in chosen { actions[action.scope, default: [:]][key] = action }
    }
  }

  /// Reads the changes of a configuration: names of actions, and lists of names of keys; `<disabled>` takes an action off
  /// the keyboard. What cannot be read is left out, and told.
  package static func read(_ changes: [(action: String, keys: [String])]) -> (keys: KeyMap, problems: [String]) {
    var (read, problems) = ([String: [Key]](), [String]())
    for (name, words) in changes {
      guard Action.named(name) != nil else {
        let near = nearest(name, among: Action.allCases.map(\.rawValue)).map { "; did you mean \($0)?" } ?? ""
        problems.append("keys: there is no action \(name)\(near)")
        continue
      }
      var chosen: [Key] = []
      for word in words where word != disabled {
        if let key = Key(name: word) {
          chosen.append(key)
        } else {
          problems.append("keys: \(name): no key is called \(word)")
        }
      }
      read[name] = chosen
    }
    return (KeyMap(changes: read), problems + doubles(read))
  }

  package static let disabled = "<disabled>"

  /// Keys that mean two actions of the same scope.
  private static func doubles(_ changes: [String: [Key]]) -> [String] {
    var seen: [Scope: [Key: Action]] = [:]
    var problems: [String] = []
    for action in Action.allCases {
      for key in changes[action.rawValue] ?? action.keys {
        if let other = seen[action.scope]?[key] {
          problems.append("keys: \(key.name) is both \(other.rawValue) and \(action.rawValue); it does the latter")
        }
        seen[action.scope, default: [:]][key] = action
      }
    }
    return problems
  }

  /// What a key does in the innermost of some scopes that knows it.
  package func action(for key: Key, in scopes: [Scope]) -> Action? {
    for scope in scopes {
      if let action = actions[scope]?[key] { return action }
    }
    return nil
  }

  /// The keys of an action, the one to show first.
  package func keys(for action: Action) -> [Key] { keys[action] ?? [] }

  /// As they are printed: `j Down`.
  package func names(for action: Action) -> String { keys(for: action).map(\.name).joined(separator: " ") }
}
