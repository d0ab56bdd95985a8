// The menu that `c` opens: what of the thing under the cursor goes to the clipboard.

import CloudModel
import Foundation
import Terminal

/// Something that can be copied.
package struct Copy: Equatable, Sendable {
  /// `ID`, `as a curl command`.
  package var title: String
  package var text: String
}

struct CopyMenu: Panel {
  let copies: [Copy]
  var cursor = 0

  var scopes: [Scope] { [.copying] }

  mutating func move(_ action: Action, _ state: inout ConsoleState) -> [Effect] {
    cursor = max(0, min(copies.count - 1, cursor + ConsoleState.distance(action, copies.count)))
    return []
  }

  mutating func point(at line: Int, _ state: inout ConsoleState) -> [Effect] {
    cursor = max(0, min(copies.count - 1, line))
    return []
  }

  /// A digit puts the cursor on that line.
  mutating func take(_ key: Key, _ state: ConsoleState) -> Bool {
    guard case .character(let character) = key, let digit = character.wholeNumberValue,
      copies.indices.contains(digit - 1)
    else { return false }
    cursor = digit - 1
    return true
  }

  func render(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
    let area = layout.body.centred(
      Size(columns: min(100, layout.size.columns - 2), rows: min(copies.count + 4, layout.size.rows - 4)))
    frame.fill(area, style: Style(.overlay))
    let inside = frame.box(
      area, title: "Copy", style: Style(.border, on: .overlay), titleStyle: Style(.title, on: .overlay)
    ).inset(by: 1)
    let first = max(0, min(cursor - inside.rows + 1, copies.count - inside.rows))
    for (line, index) in (first..<copies.count).prefix(inside.rows).enumerated() {
      let rect = inside.row(line)
      frame.target(rect, .line(index))
      let surface: Role = index == cursor ? .selection : .overlay
      if index == cursor { frame.fill(rect, style: Style(.selection)) }
      let digit = index < 9 ? String(index + 1) : " "
      frame.put(digit, at: Point(column: rect.left + 1, row: rect.top), style: Style(.key, on: surface))
      frame.put(
        copies[index].title, at: Point(column: rect.left + 4, row: rect.top), style: Style(surface), maxWidth: 22)
      frame.put(
        TextWidth.clip(sanitised(copies[index].text), to: max(0, rect.columns - 28)),
        at: Point(column: rect.left + 27, row: rect.top), style: Style(.dim, on: surface))
    }
  }
}

extension ConsoleState {
  fileprivate var copies: [Copy] {
    // A table's cells may say again what its screen offers by itself.
    (screen.view.copies(self) + pageCopies).reduce(into: []) { all, copy in
      if !all.contains(copy) { all.append(copy) }
    }
  }
}

extension Scope {
  static let copying = Scope("copy", "Copying")
}

extension Action {
  static let copy = Action(
    "row.copy", "Copy", "Copy an ID, a cell, JSON, or the command for it in taskdeck, gcloud or curl.", keys: ["c"],
    scope: .everywhere,
    refusal: { $0.copies.isEmpty ? "There is nothing to copy here." : nil }
  ) { state, _ in
    state.overlay = CopyMenu(copies: state.copies)
    return []
  }

  static let copyChoose = Action(
    "copy.choose", "Copy", "Copy what is under the cursor.", keys: ["Enter", "c"], scope: .copying, footer: "copy"
  ) { state, _ in
    guard let menu = state.panel(CopyMenu.self), menu.copies.indices.contains(menu.cursor) else { return [] }
    state.overlay = nil
    return [.copy(menu.copies[menu.cursor].text, what: menu.copies[menu.cursor].title)]
  }

  static let copyCancel = Action(
    "copy.cancel", "Cancel", "Copy nothing.", keys: ["Esc", "q"], scope: .copying, footer: "cancel"
  ) { state, _ in
    state.overlay = nil
    return []
  }

  static let copyingActions = [copyChoose, copyCancel]
}
