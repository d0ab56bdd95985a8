// The mouse: whatever it does, a key does as well.
//
// The first press on something puts the cursor there, the second one is Enter. What changes something needs two presses
// on the same place, so that one stray press starts nothing.

import Foundation
import Terminal

/// What was pressed last, for as long as nothing else happened.
struct PointerPress: Equatable, Sendable {
  var target: PointerTarget
  var at: Date
}

extension ConsoleState {
  /// Lines that one notch of the wheel scrolls.
  private static let notch = 3
  /// Seconds in which the second press has to follow the first.
  private static let patience: TimeInterval = 6

  mutating func point(_ mouse: Mouse) -> [Effect] {
    switch mouse.action {
    case .wheelDown: return turnWheel(.down)
    case .wheelUp: return turnWheel(.up)
    case .press: return press(at: mouse.position)
    // A drag selects nothing: it ends where it began.
    case .release: return []
    }
  }

  private mutating func turnWheel(_ action: Action) -> [Effect] {
    lastPress = nil
    guard var panel = overlay else {
      screen.view.scroll(by: action == .down ? Self.notch : -Self.notch, &self)
      return []
    }
    let effects = (0..<Self.notch).flatMap { _ in panel.move(action, &self) }
    overlay = panel
    return effects
  }

  /// The frame is drawn again to see what is there: it knows places that nothing else does.
  private mutating func press(at point: Point) -> [Effect] {
    var frame = Frame(size: size)
    render(self, into: &frame)
    guard let target = frame.target(at: point) else {
      lastPress = nil
      return []
    }
    let style = frame[point].style
    let isSelected = style.role == .selection || style.surface == .selection
    let isAgain = lastPress.map { $0.target == target && now.timeIntervalSince($0.at) <= Self.patience } ?? false
    lastPress = PointerPress(target: target, at: now)
    guard let panel = overlay, panel.leavesScreen, isBeside(panel, target) else {
      return press(target, isAgain: isAgain, isSelected: isSelected)
    }
    // What is typed is kept, and the press goes to what is below; a filter with a fault stays open and says why.
    let closing = panel.endTyping(&self, isKept: true)
    return overlay == nil ? closing + press(target, isAgain: isAgain, isSelected: isSelected) : closing
  }

  private func isBeside(_ panel: any Panel, _ target: PointerTarget) -> Bool {
    switch target {
    case .offer: false
    case .line, .heading: true
    case .action(let name): Action.named(name).map { !panel.scopes.contains($0.scope) } ?? false
    }
  }

  private mutating func press(_ target: PointerTarget, isAgain: Bool, isSelected: Bool) -> [Effect] {
    switch target {
    case .line(let line): return pressLine(line, isAgain: isAgain && isSelected)
    case .heading(let column):
      editTable(.sortOn(column))
      return rememberTable()
    case .offer(let index): return take(offer: index)
    case .action(let name): return Action.named(name).map { press($0, isAgain: isAgain) } ?? []
    }
  }

  private mutating func pressLine(_ line: Int, isAgain: Bool) -> [Effect] {
    guard var panel = overlay else {
      screen.view.point(at: line, &self)
      return isAgain ? dispatch(.enter) : []
    }
    let effects = panel.point(at: line, &self)
    overlay = panel
    return effects + (isAgain ? dispatch(panel.pressKey) : [])
  }

  private mutating func take(offer index: Int) -> [Effect] {
    guard var panel = overlay else { return [] }
    panel.take(offer: index, &self)
    overlay = panel
    return []
  }

  private mutating func press(_ action: Action, isAgain: Bool) -> [Effect] {
    guard scopes.contains(action.scope) else { return [.bell] }
    guard action.risk != .none, !isAgain, refusal(of: action) == nil else { return perform(action) }
    if action == .planApply { return focusOnApply() }
    say("\(action.title): press it again, or the key \(keys.names(for: action)).")
    return []
  }

  private mutating func focusOnApply() -> [Effect] {
    if let panel = panel(Confirmation.self) { return panel.isOnApply ? [] : perform(.planFocus) }
    guard let change = panel(ChangeState.self), case .plan(let plan) = change.stage else { return [] }
    return plan.isOnApply ? [] : perform(.planFocus)
  }
}
