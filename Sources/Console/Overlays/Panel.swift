// What lies over the screen and gets the keys first: a field, a list, a sheet.
//
// To add one, write a value that conforms to `Panel` in the folder of its feature and set `state.overlay` to it. Its
// actions have a scope of its own, which `scopes` names.

import Terminal

/// Something over the screen.
protocol Panel: Equatable, Sendable {
  /// Where its keys are, the innermost first; `.moving` and `.everywhere` are added.
  var scopes: [Scope] { get }
  /// The line that is typed into now; nil where keys are keys.
  var field: TextField? { get set }
  /// The field was changed.
  mutating func typed(_ state: inout ConsoleState)
  /// Enter or Esc in the field. It may close the panel: `state.overlay = nil`.
  func endTyping(_ state: inout ConsoleState, isKept: Bool) -> [Effect]
  /// Tab in the field: puts the next way to go on into it, or the one before.
  mutating func complete(by step: Int, _ state: inout ConsoleState)
  /// Puts what was typed earlier into the field, or later.
  mutating func recall(by step: Int, _ state: inout ConsoleState)
  /// One of the scope `.moving`.
  mutating func move(_ action: Action, _ state: inout ConsoleState) -> [Effect]
  /// A key before any scope sees it; true when it was used.
  mutating func take(_ key: Key, _ state: ConsoleState) -> Bool
  /// After every message.
  mutating func arrange(_ state: ConsoleState, _ layout: ScreenLayout)
  /// Whether the table below can still be pressed: what is typed stands in one line.
  var leavesScreen: Bool { get }
  /// Whether nothing of the screen below can be seen, so that nothing is said of it.
  var coversScreen: Bool { get }
  /// A press of the mouse on a line puts the cursor there.
  mutating func point(at line: Int, _ state: inout ConsoleState) -> [Effect]
  /// What the second press on a line is.
  var pressKey: Key { get }
  /// A press on a way to go on with what is typed.
  mutating func take(offer index: Int, _ state: inout ConsoleState)
  func render(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame)
}

extension Panel {
  var field: TextField? {
    get { nil }
    set {}  // Nothing is typed here.
  }
  mutating func typed(_ state: inout ConsoleState) {}
  func endTyping(_ state: inout ConsoleState, isKept: Bool) -> [Effect] { [] }
  mutating func complete(by step: Int, _ state: inout ConsoleState) {}
  mutating func recall(by step: Int, _ state: inout ConsoleState) {}
  mutating func move(_ action: Action, _ state: inout ConsoleState) -> [Effect] { [] }
  mutating func take(_ key: Key, _ state: ConsoleState) -> Bool { false }
  mutating func arrange(_ state: ConsoleState, _ layout: ScreenLayout) {}
  var leavesScreen: Bool { false }
  var coversScreen: Bool { false }
  mutating func point(at line: Int, _ state: inout ConsoleState) -> [Effect] { [] }
  var pressKey: Key { .enter }
  mutating func take(offer index: Int, _ state: inout ConsoleState) {}

  fileprivate func isEqual(to other: any Panel) -> Bool { self == other as? Self }
}

extension ConsoleState {
  /// Changes what is typed into the panel's field, where there is one.
  mutating func changeField(_ change: (inout TextField) -> Void) {
    guard var panel = overlay, var field = panel.field else { return }
    change(&field)
    panel.field = field
    panel.typed(&self)
    overlay = panel
  }

  /// The panel, when it is of this type.
  func panel<P: Panel>(_ type: P.Type) -> P? { overlay as? P }
}
