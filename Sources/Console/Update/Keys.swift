// What a key does here and now.

import CloudModel
import Foundation
import Terminal

extension ConsoleState {
  mutating func press(_ key: Key) -> [Effect] {
    ticking.catchUp(now)
    if case .mouse(let mouse) = key { return point(mouse) }
    lastPress = nil
    switch key {
    case .resize(let size):
      self.size = size
      return []
    case .hangUp: return [.quit]
    case .paste(let text):
      // Text goes where text is typed. On a table it does nothing: a pasted page must not press its keys.
      changeField { $0.insert(text) }
      return []
    default: return dispatch(key)
    }
  }

  /// The scopes that get keys now, the innermost first.
  package var scopes: [Scope] { (overlay?.scopes ?? screenScopes) + [.moving, .everywhere] }

  /// Those of the screen without what lies over it.
  var screenScopes: [Scope] {
    (screen.isPage && page.search != nil ? [.found] : []) + screen.view.scopes
  }

  mutating func dispatch(_ key: Key) -> [Effect] {
    if case .character(let character) = key, overlay?.field != nil {
      changeField { $0.insert(String(character)) }
      return []
    }
    if var panel = overlay, panel.take(key, self) {
      overlay = panel
      return []
    }
    guard let action = keys.action(for: key, in: scopes) else { return [] }
    // Under an overlay only what concerns the terminal itself still works.
    if overlay != nil, action.scope == .everywhere, ![.quit, .suspend, .redraw].contains(action) {
      guard [.command, .contexts].contains(action), overlay is ChangeState || overlay is Confirmation else { return [] }
      say("A plan is open: it belongs to this context. Close it first.", .warning)
      return [.bell]
    }
    return perform(action)
  }

  /// Does what an action says, or says why not.
  mutating func perform(_ action: Action) -> [Effect] {
    if let refusal = refusal(of: action) {
      say(refusal, .warning)
      return [.bell]
    }
    return action.run(&self, action)
  }

  /// Lines that a key moves by.
  static func distance(_ action: Action, _ height: Int) -> Int {
    switch action {
    case .up: -1
    case .pageDown: max(1, height - 1)
    case .pageUp: -max(1, height - 1)
    case .halfDown: max(1, height / 2)
    case .halfUp: -max(1, height / 2)
    case .first: -1_000_000_000
    case .last: 1_000_000_000
    default: 1
    }
  }
}
