// A plan as it is shown: numbers, warnings and examples first, then every name. The names are those the executor will
// act on, frozen; what is not on this page is not touched.

import CloudModel
import Foundation
import JournalModel
import Operations
import Terminal

/// A plan, ready to be looked at.
package struct PlanSheet: Equatable, Sendable {
  /// `Discard 148 tasks of imports`.
  package var title: String
  /// What is said above the names.
  package var document: Document
  package var names: FrozenNames
  /// What has to be typed in a protected context.
  package var confirmation: String
  /// Why the plan cannot be applied; nil when it can.
  package var objection: Failure?
  /// It is about whole resources, which the document names, and not about tasks.
  package internal(set) var changesResources = false
  /// A queue is deleted, or created again, even where it has no tasks.
  package internal(set) var changesQueue = false

  package init(
    title: String, document: Document, names: FrozenNames, confirmation: String, objection: Failure? = nil
  ) {
    (self.title, self.document, self.names) = (title, document, names)
    (self.confirmation, self.objection) = (confirmation, objection)
  }

  package static func == (left: PlanSheet, right: PlanSheet) -> Bool {
    left.title == right.title && left.document == right.document && left.confirmation == right.confirmation
      && left.objection == right.objection && left.changesResources == right.changesResources
      && left.changesQueue == right.changesQueue && left.names.elementsEqual(right.names)
  }

  package var canApply: Bool { objection == nil && hasWork }
  /// There is something to do.
  package var hasWork: Bool { changesResources || changesQueue || !names.isEmpty }
}

extension PlanSheet {
  /// - Parameter objection: the plan's own, in words.
  package init(_ plan: DiscardPlan, objection: Failure?) {
    let place = plan.intent.queues.map(\.id).joined(separator: ", ")
    let count = Words.count(plan.names.count, "task")
    let title =
      switch plan.intent.action {
      case .deleteQueue where plan.names.isEmpty: "Delete the queue \(place)"
      case .deleteQueue: "Delete the queue \(place) and its \(count)"
      case .purge: "Purge \(place): \(count)"
      default: "Discard \(count) of \(place)"
      }
    self.init(
      title: title, document: Document(plan, title: title), names: plan.names, confirmation: place,
      objection: objection)
    changesQueue = plan.intent.action == .deleteQueue
  }

  /// - Parameter queue: it was deleted, and is created again before its tasks come back.
  package init(_ plan: RestorePlan, reviving revived: Queue? = nil) {
    let title = "Put back \(Words.count(plan.names.count, "task")) of journal entry \(plan.origin.number)"
    let queue = (plan.names.first?.queue ?? revived?.name)?.id ?? String(plan.origin.number)
    var document = Document(plan, title: title)
    if let revived {
      document.sections[0].lines.insert(
        .note(sanitised("The queue \(revived.name.id) is created again."), .info), at: 0)
      if plan.names.isEmpty { document.sections[0].lines.removeAll { $0 == Document.nothingToPutBack } }
    }
    self.init(title: title, document: document, names: plan.names, confirmation: queue)
    changesQueue = revived != nil
  }
}

extension Document {
  fileprivate init(_ plan: DiscardPlan, title: String) {
    let summary = plan.summary
    var sections = [Section("Plan", lines: Self.overview(plan))]
    if plan.names.isEmpty {
      sections[0].lines = [Self.nothing(plan)]
      if !plan.refused.isEmpty { sections[0].lines = [] }
    } else {
      sections.append(Self.counts("By class", summary.byClass.map { ($0.key ?? "(no class)", $0.value) }))
      sections.append(Self.counts("By last status", summary.byStatus.map { ($0.key.description, $0.value) }))
    }
    if plan.intent.action == .deleteQueue {
      let order = plan.names.isEmpty ? "" : " after them"
      sections[0].lines.append(
        .note("The queue is deleted\(order); Google takes its name again only after some days.", .warning))
    }
    let left = plan.refused + plan.passedOver
    if !left.isEmpty { sections.append(Self.passedOver(left)) }
    if !summary.samples.isEmpty { sections.append(Self.samples(summary.samples)) }
    self.init(title: title, sections: sections)
  }

  private static func nothing(_ plan: DiscardPlan) -> Line {
    switch plan.intent.action {
    case .deleteQueue: .note("The queue holds no tasks.")
    case .purge: .note("The queue holds no tasks, so there is nothing to purge.", .warning)
    default: .note("Nothing matches, so there is nothing to discard.", .warning)
    }
  }

  private static func overview(_ plan: DiscardPlan) -> [Line] {
    var lines: [Line] = plan.warnings.map { .note("! \(sanitised($0.sentence))", .warning) }
    lines.append(.moment("Oldest", plan.summary.oldest?.date))
    lines.append(.moment("Newest", plan.summary.newest?.date))
    let undo = plan.canUndo ? "yes: \(Words.bytes(plan.summary.bytes)) of content are kept in the journal" : "no"
    lines.append(.field("Can be undone", undo, plan.canUndo ? .text : .danger))
    return lines
  }

  private static func counts(_ title: String, _ counts: [(String, Int)]) -> Section {
    let sorted = counts.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    var lines: [Line] = sorted.prefix(12).map { name, count in
      let number = Words.count(count)
      let pad = String(repeating: " ", count: max(0, 9 - number.count))
      return .spans([Span("\(pad)\(number)  ", Style(.number)), Span(sanitised(name), Style())])
    }
    if sorted.count > 12 { lines.append(.note("and \(Words.count(sorted.count - 12)) more")) }
    return Section(title, lines: lines)
  }

  private static func samples(_ samples: [PlanSummary.Sample]) -> Section {
    Section(
      "Samples",
      lines: samples.map { sample in
        let body = sample.bodyStart.map { sanitised(String(decoding: $0, as: UTF8.self)) } ?? "no body"
        let first = body.split(whereSeparator: \.isNewline).joined(separator: " ").prefix(60)
        return .spans([
          Span(sanitised(sample.name.id), Style()), Span("  \(sanitised(sample.taskClass ?? "-"))", Style(.accent)),
          Span("  \(sample.dispatchCount)x  \(sample.lastStatus)  ", Style(.dim)), Span(String(first), Style(.string)),
        ])
      })
  }

  private static func passedOver(_ list: [PassedOver]) -> Section {
    var lines: [Line] = list.prefix(20).map { .note("\(sanitised($0.name.id)): \(sanitised($0.reason))", .warning) }
    if list.count > 20 { lines.append(.note("and \(Words.count(list.count - 20)) more")) }
    return Section("Left alone", lines: lines)
  }

  fileprivate static let nothingToPutBack = Line.note("Nothing is left to put back.", .warning)

  fileprivate init(_ plan: RestorePlan, title: String) {
    var sections = [Section("Plan", lines: plan.notes.map { .note("! \($0)", .warning) })]
    if plan.names.isEmpty { sections[0].lines = [Self.nothingToPutBack] }
    if plan.isContinuation { sections[0].lines.append(.note("This finishes an undo that was interrupted.", .info)) }
    if !plan.skipped.isEmpty { sections.append(Self.passedOver(plan.skipped)) }
    self.init(title: title, sections: sections)
  }
}
