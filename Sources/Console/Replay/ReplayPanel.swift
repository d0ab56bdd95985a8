// The page of a replay: payload and metadata at the left, handler and output at the right; on a narrow terminal one of
// the two at a time.

import CloudModel
import Foundation
import Terminal

struct ReplayPanel: Panel {
  enum Stage: Equatable {
    case loading
    case ready
    case running(isStopping: Bool)
    case ended(ReplayEnd)
    case failed(Failure)
  }

  enum Pane: Equatable { case payload, output }

  /// Lines that are kept to scroll in; the journal keeps more.
  static let mostLines = 5000
  static let columnsForTwo = 100

  let generation: Generation
  let tasks: [TaskName]
  var stage = Stage.loading
  var offer: ReplayOffer?
  var handler = 0
  var lines: [ReplayLine] = []
  var rows: [ReplayRow] = []
  var comparison: [String]?
  /// What must be answered with another Enter.
  var question: String?
  /// `q` was pressed while it runs, and has to be pressed again.
  var asksToLeave = false
  var pane = Pane.payload
  var payloadOffset = 0
  var outputOffset = 0
  /// The output stays at its end until somebody scrolls up.
  var follows = true
  var layout: DocumentLayout?

  var isMany: Bool { tasks.count > 1 }

  var coversScreen: Bool { true }

  var scopes: [Scope] {
    if case .running = stage { return [.replaying] }
    return [.replay]
  }

  /// Lines of the right pane.
  var outputCount: Int { comparison?.count ?? (isMany ? rows.count : lines.count) }

  mutating func move(_ action: Action, _ state: inout ConsoleState) -> [Effect] {
    let area = ReplayAreas(ScreenLayout(state), self, state)
    if pane == .payload, comparison == nil {
      payloadOffset = Self.moved(payloadOffset, action, rows: area.payload.rows, count: layout?.lines.count ?? 0)
    } else {
      outputOffset = Self.moved(outputOffset, action, rows: area.output.rows, count: outputCount)
      follows = outputOffset >= outputCount - area.output.rows
    }
    return []
  }

  private static func moved(_ offset: Int, _ action: Action, rows: Int, count: Int) -> Int {
    let wanted =
      switch action {
      case .first: 0
      case .last: count
      default: offset + ConsoleState.distance(action, rows)
      }
    return max(0, min(wanted, count - rows))
  }

  mutating func arrange(_ state: ConsoleState, _ layout: ScreenLayout) {
    let area = ReplayAreas(layout, self, state)
    if let offer, self.layout?.width != area.payload.columns {
      self.layout = DocumentLayout(offer.document, width: area.payload.columns)
    }
    payloadOffset = max(0, min(payloadOffset, (self.layout?.lines.count ?? 0) - area.payload.rows))
    let last = max(0, outputCount - area.output.rows)
    outputOffset = follows && comparison == nil ? last : max(0, min(outputOffset, last))
  }

  func render(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
    renderReplay(self, state, layout, &frame)
  }

  mutating func take(_ answer: ReplayAnswer) {
    switch answer {
    case .offered(let offer):
      if self.offer?.handlers != offer.handlers { handler = 0 }
      (self.offer, layout) = (offer, nil)
      if case .ended = stage {} else { stage = .ready }
    case .refused(let failure): stage = .failed(failure)
    case .lines(let new):
      lines += new
      if lines.count > Self.mostLines { lines.removeFirst(lines.count - Self.mostLines) }
    case .row(let row): rows.append(row)
    case .ended(let end): (stage, asksToLeave) = (.ended(end), false)
    case .compared(let lines):
      (comparison, outputOffset, pane) = (lines, 0, .output)
    case .said: break
    }
  }
}

extension ConsoleState {
  /// The task under the cursor or on the page, or the marked ones.
  var replayable: [TaskName] {
    if let page = screen.as(TaskPage.self) { return [page.name] }
    guard screen == .tasks, let openQueue else { return [] }
    let marked = tasks.markedRows.compactMap { $0.name(in: openQueue) }
    if !marked.isEmpty { return marked }
    return tasks.current.flatMap { $0.name(in: openQueue) }.map { [$0] } ?? []
  }

  /// More than that nobody waits for, and each is fetched whole.
  private static let mostReplayed = 5000

  /// The same question without the names: it is asked for each frame, and a million may be marked.
  var hasReplayable: Bool {
    if screen.as(TaskPage.self) != nil { return true }
    return screen == .tasks && openQueue != nil && (!tasks.marks.isEmpty || tasks.current != nil)
  }

  mutating func openReplay() -> [Effect] {
    if screen == .tasks, tasks.marks.count > Self.mostReplayed {
      say(
        "\(Words.count(tasks.marks.count)) are marked; \(Words.count(Self.mostReplayed)) can be run here at once.",
        .warning)
      return [.bell]
    }
    let names = replayable
    guard !names.isEmpty else { return [.bell] }
    let generation = nextGeneration()
    overlay = ReplayPanel(generation: generation, tasks: names)
    return [.replay(.open(names), generation)]
  }

  /// Answers to a page that was left are dropped.
  mutating func take(replay answer: ReplayAnswer, _ generation: Generation) {
    guard var panel = panel(ReplayPanel.self), panel.generation == generation else { return }
    if case .said(let text, let role) = answer { say(sanitised(text), role) }
    panel.take(answer)
    overlay = panel
  }

  mutating func performInReplay(_ action: Action) -> [Effect] {
    guard var panel = panel(ReplayPanel.self) else { return [] }
    let effects = perform(action, in: &panel)
    if overlay != nil, self.panel(ReplayPanel.self) != nil { overlay = panel }
    return effects
  }

  private mutating func perform(_ action: Action, in panel: inout ReplayPanel) -> [Effect] {
    switch action {
    case .replayClose: return close(&panel)
    case .replayLeave where panel.asksToLeave:
      overlay = nil
      say("The replay was stopped; the task stays in its queue.")
      return [.replay(.close, panel.generation)]
    case .replayLeave: panel.asksToLeave = true
    case .replayStop where panel.asksToLeave: panel.asksToLeave = false
    case .replayStop:
      panel.stage = .running(isStopping: true)
      return [.replay(.stop, panel.generation)]
    case .replayRun: return run(&panel)
    case .replayNext: choose(1, &panel)
    case .replayPrevious: choose(-1, &panel)
    case .replayPane: panel.pane = panel.pane == .payload ? .output : .payload
    case .replayEdit where panel.offer != nil && !panel.isMany: return [.replay(.edit, panel.generation)]
    case .replayRequeue where panel.offer != nil && !panel.isMany: return [.replay(.requeue, panel.generation)]
    case .replayCompare where !panel.isMany:
      return [.replay(.compare(columns: size.columns - 4), panel.generation)]
    case .replayDiscard: return discard(panel)
    default: return [.bell]
    }
    return []
  }

  private mutating func close(_ panel: inout ReplayPanel) -> [Effect] {
    if panel.question != nil || panel.comparison != nil {
      (panel.question, panel.comparison, panel.follows) = (nil, nil, true)
      return []
    }
    overlay = nil
    return [.replay(.close, panel.generation)]
  }

  private func choose(_ step: Int, _ panel: inout ReplayPanel) {
    guard let count = panel.offer?.handlers.count, count > 0 else { return }
    panel.handler = (panel.handler + step + count) % count
    panel.question = nil
  }

  private mutating func run(_ panel: inout ReplayPanel) -> [Effect] {
    guard let offer = panel.offer, offer.handlers.indices.contains(panel.handler) else { return [.bell] }
    let handler = offer.handlers[panel.handler]
    if let question = handler.question, panel.question == nil {
      panel.question = question
      return []
    }
    (panel.question, panel.comparison, panel.follows) = (nil, nil, true)
    (panel.lines, panel.rows, panel.pane) = ([], [], .output)
    panel.stage = .running(isStopping: false)
    return [.replay(.run(handler: handler.name), panel.generation)]
  }

  /// Only what ran well is discarded from here, and through the same plan as everywhere.
  private mutating func discard(_ panel: ReplayPanel) -> [Effect] {
    guard case .ended(let end) = panel.stage, end.isDone, let queue = panel.tasks.first?.queue, !panel.isMany else {
      say("Only a task whose replay succeeded is discarded from here; D in the table discards any.", .warning)
      return [.bell]
    }
    let request = DiscardRequest(queue, .task(panel.tasks[0]))
    let generation = begin(.discard(request), .planning(0))
    return [.replay(.close, panel.generation), .planDiscard(request, generation)]
  }
}
