// Which key does what, by scope.

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
