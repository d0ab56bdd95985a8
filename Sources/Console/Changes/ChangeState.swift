// A change on its way: planned, shown, applied, told. It lies over the screen from the first list call to the outcome,
// so that nobody changes something else while a plan waits for its answer.

import CloudModel
import Foundation
import Terminal

/// What is being changed.
enum ChangeSubject: Equatable, Sendable {
  case discard(DiscardRequest)
  /// A journal entry; nil is the newest discard.
  case undo(Int?)
  case resume(Int)
  /// Jobs; its plan is there from the start.
  case resources(ResourceRequest)

  var planning: String {
    switch self {
    case .discard(let request): "Planning: reading \(request.queue.id) to its end"
    case .undo(let entry?): "Planning the undo of journal entry \(entry)"
    case .undo(nil): "Planning the undo of the last discard"
    case .resume(let entry): "Resuming journal entry \(entry)"
    case .resources: "Planning"
    }
  }

  var running: String {
    switch self {
    case .discard(let request):
      switch request.action {
      case .discard: "Discarding"
      case .purge: "Purging \(request.queue.id)"
      case .delete: "Deleting \(request.queue.id)"
      }
    case .undo: "Putting back"
    case .resume(let entry): "Resuming journal entry \(entry)"
    case .resources: "Changing jobs"
    }
  }
}

/// The plan on the screen, and where the focus is.
struct ShownPlan: Equatable, Sendable {
  var sheet: PlanSheet
  /// Cancel has the focus until Tab moves it.
  var isOnApply = false
  /// In a protected context: what is typed of the queue's name.
  var typed: TextField?
}

enum ChangeStage: Equatable, Sendable {
  /// How many tasks were looked at.
  case planning(Int)
  case plan(ShownPlan)
  case running(ChangeProgress?, isStopping: Bool)
  case outcome(OutcomeSheet)
  case failed(Failure)
}

struct ChangeState: Panel {
  let generation: Generation
  let subject: ChangeSubject
  var stage: ChangeStage
  /// The queue's name is to be typed whatever the context says.
  var wantsName = false
  /// `q` was pressed while it runs, and has to be pressed again.
  var asksToQuit = false
  var offset = 0
  var layout: DocumentLayout?

  var document: Document? {
    switch stage {
    case .plan(let plan): plan.sheet.document
    case .outcome(let outcome): outcome.document
    case .planning, .running, .failed: nil
    }
  }

  /// Lines of the page: the document, a heading, and a line for each name.
  var lineCount: Int {
    let lines = layout?.lines.count ?? 0
    guard case .plan(let plan) = stage, !plan.sheet.names.isEmpty else { return lines }
    return lines + 2 + plan.sheet.names.count
  }

  var coversScreen: Bool { true }

  var scopes: [Scope] {
    switch stage {
    case .planning, .running: [.running]
    case .plan(let plan): plan.typed == nil ? [.plan] : [.confirm, .input]
    case .outcome, .failed: [.outcome]
    }
  }

  /// The name that a protected context wants typed.
  var field: TextField? {
    get { if case .plan(let plan) = stage { plan.typed } else { nil } }
    set {
      guard case .plan(var plan) = stage else { return }
      plan.typed = newValue
      stage = .plan(plan)
    }
  }

  mutating func move(_ action: Action, _ state: inout ConsoleState) -> [Effect] {
    switch action {
    case .first: offset = 0
    case .last: offset = lineCount
    default: offset += ConsoleState.distance(action, ScreenLayout(state).change.rows)
    }
    return []
  }

  /// The page needs its lines again when its text or the width has changed.
  mutating func arrange(_ state: ConsoleState, _ layout: ScreenLayout) {
    let area = layout.change
    if let document, self.layout?.width != area.columns { self.layout = DocumentLayout(document, width: area.columns) }
    offset = max(0, min(offset, lineCount - area.rows))
  }

  func render(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
    renderChange(self, state, layout, &frame)
  }

  mutating func enter(_ stage: ChangeStage) {
    self.stage = stage
    (layout, offset) = (nil, 0)
  }
}
