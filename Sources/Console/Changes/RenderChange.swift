// The discard sheet, and the pages of a change: plan, progress, outcome.

import Foundation
import Operations
import Terminal

func renderSheet(_ sheet: DiscardSheet, _ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
  let area = layout.sheet(sheet.choices.count)
  frame.fill(area, style: Style(.overlay))
  let inside = frame.box(
    area, title: "Discard from \(sheet.queue.id)", style: Style(.border, on: .overlay),
    titleStyle: Style(.title, on: .overlay)
  ).inset(by: 1)
  for (index, choice) in sheet.choices.prefix(max(0, inside.rows - 2)).enumerated() {
    renderChoice(choice, at: index, sheet, in: inside.row(index), &frame)
  }
  let hint = "0-9 + - change the number. Counts are estimates, of the loaded rows; the plan reads the whole queue."
  for (index, line) in DocumentLayout.wrap(hint, width: inside.columns).prefix(2).enumerated() {
    let row = inside.row(inside.rows - 2 + index)
    frame.put(line, at: row.origin, style: Style(.dim, on: .overlay), maxWidth: row.columns)
  }
}

private func renderChoice(
  _ choice: DiscardSheet.Choice, at index: Int, _ sheet: DiscardSheet, in rect: Rect, _ frame: inout Frame
) {
  let isCurrent = index == sheet.cursor
  frame.target(rect, .line(index))
  let surface: Role = isCurrent ? .selection : .overlay
  if isCurrent { frame.fill(rect, style: Style(.selection)) }
  let count = countWords(choice, sheet.counts.indices.contains(index) ? sheet.counts[index] : nil)
  let countWidth = TextWidth.of(count)
  let room = max(0, rect.columns - countWidth - 4)
  let isLoud = if case .marked(_, let hidden) = choice { hidden > 0 } else { false }
  frame.put(
    TextWidth.clip(sheet.words(choice), to: room), at: Point(column: rect.left + 1, row: rect.top),
    style: isLoud ? Style(.danger, on: surface) : Style(surface), maxWidth: room)
  frame.put(
    count, at: Point(column: rect.right - countWidth - 1, row: rect.top), style: Style(.info, on: surface))
}

private func countWords(_ choice: DiscardSheet.Choice, _ count: Int?) -> String {
  switch choice {
  case .task: "1"
  case .marked: count.map { Words.count($0) } ?? "?"
  default: count.map { "about \(Words.count($0))" } ?? "? not loaded"
  }
}

// MARK: - The pages

func renderChange(_ change: ChangeState, _ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
  frame.fill(layout.changeFrame, style: Style(.text))
  switch change.stage {
  case .planning(let seen): renderPlanning(change, seen, state, layout, &frame)
  case .plan(let plan):
    renderTitle(plan.sheet.title, "nothing is changed yet", layout, &frame)
    renderChangeLines(change, plan.sheet.names.isEmpty ? nil : plan.sheet.names, state, layout, &frame)
    renderButtons(plan, change, state, layout, &frame)
  case .running(let progress, let isStopping):
    renderRunning(change, progress, isStopping, state, layout, &frame)
  case .outcome(let outcome):
    renderTitle(outcome.title, "journal entry \(outcome.entry)", layout, &frame)
    renderChangeLines(change, nil, state, layout, &frame)
    renderOutcomeHint(outcome, state, layout, &frame)
  case .failed(let failure):
    renderMiddle(
      [
        ("✗ \(failure.title)", Style(.danger)), ("", Style()), (failure.reason, Style()), ("", Style()),
        (failure.remedy, Style(.info)),
      ], in: layout.changeFrame, &frame)
  }
}

private func renderTitle(_ title: String, _ remark: String, _ layout: ScreenLayout, _ frame: inout Frame) {
  let row = layout.changeTitle
  frame.fill(row, style: Style(.heading))
  let used = frame.put(
    TextWidth.clip(title, to: max(0, row.columns - TextWidth.of(remark) - 5)),
    at: Point(column: row.left + 1, row: row.top), style: Style(.title, on: .heading))
  frame.put(
    remark, at: Point(column: row.left + used + 4, row: row.top), style: Style(.dim, on: .heading),
    maxWidth: max(0, row.columns - used - 5))
}

private func renderPlanning(
  _ change: ChangeState, _ seen: Int, _ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame
) {
  let count = seen == 0 ? "" : "looked at \(Words.count(seen))"
  renderMiddle(
    [
      ("\(change.subject.planning)...", Style(.info)), (count, Style()),
      (state.waitingWords ?? "", Style(.warning)), ("Esc calls it off.", Style(.dim)),
    ],
    in: layout.changeFrame, &frame)
}

/// The document, then a line for each name; only what is on the screen is looked at.
private func renderChangeLines(
  _ change: ChangeState, _ names: FrozenNames?, _ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame
) {
  guard let text = change.layout else { return }
  let area = layout.change
  renderLines(text, from: change.offset, state, in: area, &frame)
  guard let names else { return }
  for row in 0..<area.rows {
    let place = Point(column: area.left, row: area.top + row)
    let index = change.offset + row - text.lines.count - 2
    if index == -1 {
      frame.put(
        "Names, frozen: exactly these are acted on", at: place, style: Style(.heading, on: .text),
        maxWidth: area.columns)
    } else if names.indices.contains(index) {
      let number = String(index + 1)
      let pad = String(repeating: " ", count: max(0, 9 - number.count))
      frame.put(
        [Span("\(pad)\(number)  ", Style(.dim)), Span(sanitised(names[index].id), Style())], at: place,
        maxWidth: area.columns)
    }
  }
}

private func renderButtons(
  _ plan: ShownPlan, _ change: ChangeState, _ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame
) {
  let row = layout.changeButtons
  frame.horizontalLine(at: Point(column: row.left, row: row.top - 1), columns: row.columns)
  let place = Point(column: row.left + 1, row: row.top)
  if let objection = plan.sheet.objection {
    let text = "✗ \(objection.title): \(objection.reason) \(objection.remedy)"
    frame.put(text, at: place, style: Style(.danger), maxWidth: row.columns - 2)
    return
  }
  if let typed = plan.typed { return renderConfirmation(typed, plan.sheet, state.context.isProtected, row, &frame) }
  let isEmpty = !plan.sheet.hasWork
  let used = frame.put(
    isEmpty ? " Close " : " Cancel ", at: place, style: button(isFocused: !plan.isOnApply || isEmpty))
  frame.target(Rect(origin: place, size: Size(columns: used, rows: 1)), .action(Action.planCancel.rawValue))
  if !isEmpty {
    let apply = Rect(column: place.column + used + 2, row: row.top, columns: 7, rows: 1)
    frame.target(apply, .action(Action.planApply.rawValue))
    frame.put(" Apply ", at: apply.origin, style: button(isFocused: plan.isOnApply))
  }
  renderPosition(change, row, layout, &frame)
}

private func button(isFocused: Bool) -> Style { isFocused ? Style(.badge) : Style(.dim) }

private func renderConfirmation(
  _ typed: TextField, _ sheet: PlanSheet, _ isProtected: Bool, _ row: Rect, _ frame: inout Frame
) {
  let words = "\(isProtected ? "PROTECTED. " : "")Type \(sheet.confirmation) and press Enter: "
  let used = frame.put(
    words, at: Point(column: row.left + 1, row: row.top), style: Style(.danger), maxWidth: row.columns - 12)
  let left = row.left + 1 + used
  let field = Rect(column: left, row: row.top, columns: max(8, row.right - left - 1), rows: 1)
  frame.fill(field, style: Style(.inputField))
  renderField(typed, in: field, &frame)
}

private func renderPosition(_ change: ChangeState, _ row: Rect, _ layout: ScreenLayout, _ frame: inout Frame) {
  let end = min(change.lineCount, change.offset + layout.change.rows)
  guard change.lineCount > layout.change.rows else { return }
  let text = "lines \(Words.count(change.offset + 1))-\(Words.count(end)) of \(Words.count(change.lineCount))"
  frame.put(text, at: Point(column: row.right - TextWidth.of(text) - 1, row: row.top), style: Style(.dim))
}

private func renderRunning(
  _ change: ChangeState, _ progress: ChangeProgress?, _ isStopping: Bool, _ state: ConsoleState,
  _ layout: ScreenLayout, _ frame: inout Frame
) {
  let area = layout.changeFrame
  let width = max(10, min(60, area.columns - 8))
  var lines: [(text: String, style: Style)] = [("\(change.subject.running)...", Style(.title)), ("", Style())]
  if let progress {
    let filled = progress.total == 0 ? width : width * min(progress.done, progress.total) / progress.total
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    lines.append((bar, Style(.info)))
    lines.append((progressWords(progress), Style()))
    lines.append(("\(Words.count(progress.failed)) failed", Style(progress.failed > 0 ? .danger : .dim)))
  }
  lines.append(("", Style()))
  if change.asksToQuit {
    lines += [
      ("Quit? Calls under way are waited for, and what is done stays done.", Style(.warning)),
      ("The journal keeps the rest: `taskdeck journal resume` goes on, `journal undo` goes back.", Style(.dim)),
      ("q again quits, Esc stays.", Style(.info)),
    ]
    return renderMiddle(lines, in: area, &frame)
  }
  let hint = isStopping ? "Stopping: calls under way are waited for." : "Esc or Ctrl-C stops; the journal stays exact."
  lines.append((hint, Style(isStopping ? .warning : .dim)))
  renderMiddle(lines, in: area, &frame)
}

private func progressWords(_ progress: ChangeProgress) -> String {
  let remaining = max(0, progress.total - progress.done)
  var words = "\(Words.count(progress.done)) of \(Words.count(progress.total)), \(Words.count(remaining)) remaining"
  guard progress.rate > 0 else { return words }
  words += ", \(Words.number(progress.rate.rounded())) a second"
  return words + (remaining > 0 ? ", \(Words.longSpan(Double(remaining) / progress.rate)) left" : "")
}

private func renderOutcomeHint(
  _ outcome: OutcomeSheet, _ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame
) {
  let row = layout.changeButtons
  frame.horizontalLine(at: Point(column: row.left, row: row.top - 1), columns: row.columns)
  var hints: [String] = []
  if outcome.canUndo { hints.append("\(state.keys.names(for: .outcomeUndo)) undoes it") }
  if outcome.canRetry { hints.append("\(state.keys.names(for: .outcomeRetry)) tries the rest again") }
  hints.append("Enter closes")
  frame.put(
    hints.joined(separator: "   "), at: Point(column: row.left + 1, row: row.top), style: Style(.dim),
    maxWidth: row.columns - 2)
}
