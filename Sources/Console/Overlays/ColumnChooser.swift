// The sheet that `,` opens: which columns, in which order, how wide.

import Terminal

struct ColumnChooser: Panel {
  /// The titles, by position in the table's list.
  let titles: [String]
  var view: TableView
  /// To go back to.
  let before: TableView
  var cursor = 0

  var scopes: [Scope] { [.columns] }

  mutating func move(_ action: Action, _ state: inout ConsoleState) -> [Effect] {
    cursor = max(0, min(view.columns.count - 1, cursor + ConsoleState.distance(action, view.columns.count)))
    return []
  }

  mutating func point(at line: Int, _ state: inout ConsoleState) -> [Effect] {
    cursor = max(0, min(view.columns.count - 1, line))
    return []
  }
  /// Not Enter, which would close the sheet.
  var pressKey: Key { "Space" }

  /// The last one that is shown stays.
  mutating func toggle() {
    if !view.columns[cursor].isHidden, view.shown.count == 1 { return }
    view.columns[cursor].isHidden.toggle()
  }

  mutating func carry(by step: Int) {
    let next = cursor + step
    guard view.columns.indices.contains(next) else { return }
    view.columns.swapAt(cursor, next)
    cursor = next
  }

  mutating func resize(by step: Int, from width: Int) {
    view.columns[cursor].width = max(3, min(200, (view.columns[cursor].width ?? width) + step))
  }

  func render(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
    let size = Size(columns: min(52, layout.size.columns - 2), rows: min(titles.count + 6, layout.size.rows - 4))
    let area = layout.body.centred(size)
    frame.fill(area, style: Style(.overlay))
    let inside = frame.box(
      area, title: "Columns", style: Style(.border, on: .overlay), titleStyle: Style(.title, on: .overlay)
    ).inset(by: 1)
    let rows = max(1, inside.rows - 2)
    let first = max(0, min(cursor - rows + 1, view.columns.count - rows))
    for (line, index) in (first..<view.columns.count).prefix(rows).enumerated() {
      frame.target(inside.row(line), .line(index))
      renderColumn(index, in: inside.row(line), &frame)
    }
    let hint = "Space shows or hides, J K carry, + - resize, 0 is as wide as it takes."
    for (index, line) in DocumentLayout.wrap(hint, width: inside.columns).prefix(2).enumerated() {
      let row = inside.row(inside.rows - 2 + index)
      frame.put(line, at: row.origin, style: Style(.dim, on: .overlay), maxWidth: row.columns)
    }
  }

  private func renderColumn(_ index: Int, in rect: Rect, _ frame: inout Frame) {
    let column = view.columns[index]
    let surface: Role = index == cursor ? .selection : .overlay
    if index == cursor { frame.fill(rect, style: Style(.selection)) }
    frame.put(
      column.isHidden ? "[ ]" : "[x]", at: Point(column: rect.left + 1, row: rect.top),
      style: Style(column.isHidden ? .dim : .accent, on: surface))
    frame.put(
      titles[column.index], at: Point(column: rect.left + 6, row: rect.top),
      style: Style(column.isHidden ? .dim : surface, on: surface), maxWidth: 24)
    frame.put(
      column.width.map { "\($0) wide" } ?? "", at: Point(column: rect.left + 32, row: rect.top),
      style: Style(.dim, on: surface), maxWidth: 12)
  }
}

extension Scope {
  static let columns = Scope("columns", "Choosing columns")
}

extension Action {
  static let columns = Action(
    "table.columns", "Columns", "Choose columns, their order and widths; they stay so.", keys: [","], scope: .table
  ) { state, _ in
    guard let table = state.screen.view as? any TableScreen else { return [.bell] }
    state.overlay = table.columnChooser(state)
    return []
  }
  static let scrollRight = Action(
    "table.right", "Columns right", "See the columns further right.", keys: ["Right"], scope: .table
  ) { state, _ in
    state.editTable(.scroll(1, width: ScreenLayout(state).table.columns))
    return []
  }
  static let scrollLeft = Action(
    "table.left", "Columns left", "Back to the columns at the left.", keys: ["Left"], scope: .table
  ) { state, _ in
    state.editTable(.scroll(-1, width: ScreenLayout(state).table.columns))
    return []
  }

  static let columnActions = [columns, scrollRight, scrollLeft]

  static let columnsToggle = Action(
    "columns.toggle", "Show or hide", "Show the column, or hide it.", keys: ["Space"], scope: .columns,
    footer: "show or hide"
  ) { state, _ in state.inChooser { $0.toggle() } }
  static let columnsDown = Action(
    "columns.down", "Carry down", "Put the column one further right.", keys: ["J"], scope: .columns, footer: "carry"
  ) { state, _ in state.inChooser { $0.carry(by: 1) } }
  static let columnsUp = Action(
    "columns.up", "Carry up", "Put the column one further left.", keys: ["K"], scope: .columns
  ) { state, _ in state.inChooser { $0.carry(by: -1) } }
  static let columnsWider = Action(
    "columns.wider", "Wider", "Make the column wider.", keys: ["+"], scope: .columns
  ) { state, _ in state.resizeColumn(by: 1) }
  static let columnsNarrower = Action(
    "columns.narrower", "Narrower", "Make the column narrower.", keys: ["-"], scope: .columns
  ) { state, _ in state.resizeColumn(by: -1) }
  static let columnsAutomatic = Action(
    "columns.automatic", "Automatic width", "As wide as its texts are.", keys: ["0"], scope: .columns
  ) { state, _ in state.inChooser { $0.view.columns[$0.cursor].width = nil } }
  static let columnsReset = Action(
    "columns.reset", "All as at first", "All columns as they were at first.", keys: ["Backspace"], scope: .columns
  ) { state, _ in
    state.inChooser { chooser in
      chooser.view = TableView(count: chooser.titles.count)
      chooser.cursor = 0
    }
  }
  static let columnsKeep = Action(
    "columns.keep", "Keep", "Keep the columns like this.", keys: ["Enter", ","], scope: .columns, footer: "keep"
  ) { state, _ in
    state.overlay = nil
    return state.rememberTable()
  }
  static let columnsCancel = Action(
    "columns.cancel", "Cancel", "Go back to the columns before.", keys: ["Esc", "q"], scope: .columns,
    footer: "cancel"
  ) { state, _ in
    guard let chooser = state.panel(ColumnChooser.self) else { return [] }
    state.editTable(.view(chooser.before))
    state.overlay = nil
    return []
  }

  static let chooserActions = [
    columnsToggle, columnsDown, columnsUp, columnsWider, columnsNarrower, columnsAutomatic, columnsReset, columnsKeep,
    columnsCancel,
  ]
}

extension TableScreen {
  fileprivate func columnChooser(_ state: ConsoleState) -> ColumnChooser {
    let model = state[keyPath: table]
    return ColumnChooser(titles: model.columns.map(\.title), view: model.view, before: model.view)
  }

  fileprivate func width(of column: Int, _ state: ConsoleState) -> Int {
    let model = state[keyPath: table]
    let placed = model.placed(in: ScreenLayout(state).table.columns)
    return placed.first { $0.index == column }?.width ?? model.columns[column].width.minimum
  }

  func settings(_ state: ConsoleState) -> Memory.View { state[keyPath: table].settings }
}

extension ConsoleState {
  /// Changes the chooser; the table is drawn so at once.
  fileprivate mutating func inChooser(_ change: (inout ColumnChooser) -> Void) -> [Effect] {
    guard var chooser = panel(ColumnChooser.self) else { return [] }
    let before = chooser.view
    change(&chooser)
    chooser.view.isArranged = chooser.view != TableView(count: chooser.titles.count)
    if chooser.view != before { editTable(.view(chooser.view)) }
    overlay = chooser
    return []
  }

  fileprivate mutating func resizeColumn(by step: Int) -> [Effect] {
    guard let chooser = panel(ColumnChooser.self), let table = screen.view as? any TableScreen else { return [] }
    let width = table.width(of: chooser.view.columns[chooser.cursor].index, self)
    return inChooser { $0.resize(by: step, from: width) }
  }

  /// Keeps how the table of the screen is looked at.
  mutating func rememberTable() -> [Effect] {
    guard let table = screen.view as? any TableScreen else { return [] }
    return remember(.view(table.viewName, table.settings(self)))
  }
}
