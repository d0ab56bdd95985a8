// Makes changes of whole resources: refuses a plan that is out of date, writes down
// each step before it is made, and reads back what came of it.

import CloudModel
import Foundation
import JournalModel

/// How a run of changes ended.
package struct ChangeEnd: Equatable, Sendable {
  /// nil when there was nothing to do.
  package var journal: Int?
  package var changes: [JournaledChange]
  /// What ended it early.
  package var stop: APIError?
  package var wasCancelled = false

  package init(journal: Int?, changes: [JournaledChange]) { (self.journal, self.changes) = (journal, changes) }

  package func names(_ verb: String) -> [JournaledChange] { changes.filter { $0.state == .done && $0.verb == verb } }
  /// Refused, or not known how it ended.
  package var failed: [JournaledChange] {
    changes.filter { $0.state == .failed || ($0.state == .sent && $0.error != nil) }
  }
  package var done: [JournaledChange] { changes.filter { $0.state == .done } }
}

/// Carries out changes of one kind of resource.
package struct ChangeExecutor: Sendable {
  /// How to go about it.
  package struct Wishes: Equatable, Sendable {
    /// Go on with the others when one is refused.
    package var keepsGoing = false
    /// Bring back every character, rather than what it means.
    package var isExact = false

    package init(keepsGoing: Bool = false, isExact: Bool = false) {
      (self.keepsGoing, self.isExact) = (keepsGoing, isExact)
    }
  }

  private let kind: ChangeKind
  private let service: any ResourceService
  private let journal: any ChangeJournal
  private let surroundings: Surroundings
  private let acting: Acting

  package init(
    _ kind: ChangeKind, service: any ResourceService, journal: any ChangeJournal, surroundings: Surroundings,
    acting: Acting
  ) {
    self.kind = kind
    (self.service, self.journal, self.surroundings, self.acting) = (service, journal, surroundings, acting)
  }

  // MARK: A new entry

  /// Makes the changes. Those that are there already, as after a run that was cut short, count as done.
  ///
  /// - Throws: `.refused` when a resource is neither as the plan found it nor as the plan wants it, before anything is
  ///   journaled or changed.
  package func apply(
    _ changes: [ResourceChange], action: JournalAction, intent: JSON, undoes: Int? = nil, _ wishes: Wishes = Wishes(),
    onProgress: @Sendable (Int, Int) -> Void = { _, _ in }
  ) async throws(OperationError) -> ChangeEnd {
    guard !changes.isEmpty else { return ChangeEnd(journal: nil, changes: []) }
    if let refusal = service.refusalOfChanges { throw .api(refusal) }
    let current = try await api { () async throws(APIError) in try await service.current(changes.map(\.name)) }
    try checkFresh(changes, current, wishes)
    let number = try await journaled { () async throws(JournalError) in
      try await begin(changes, action, intent, undoes)
    }
    return try await holding(number) { () async throws(OperationError) in
      try await run(number, current, wishes, onProgress)
    }
  }

  private func begin(
    _ changes: [ResourceChange], _ action: JournalAction, _ intent: JSON, _ undoes: Int?
  ) async throws(JournalError) -> Int {
    let header = JournalHeader(
      action: action, time: surroundings.now(), acting: acting, key: surroundings.random(), intent: intent,
      undoes: undoes)
    let number = try await journal.open(header)
    do throws(JournalError) {
      try await journal.append(
        changes.enumerated().map { position, change in
          JournaledChange(position: position, name: change.name, before: change.before, after: change.after)
        }, to: number)
      try await journal.seal(number, plan: ["planned": .integer(changes.count)])
    } catch {
      await journal.release(number)
      throw error
    }
    return number
  }

  private func checkFresh(
    _ changes: [ResourceChange], _ current: [String: JSON], _ wishes: Wishes
  ) throws(OperationError) {
    let stale = changes.compactMap { change -> String? in
      let now = current[change.name]
      let since = service.differences(from: change.before, to: now, exactly: false)
      guard !since.isEmpty,
        !service.differences(from: now, to: change.after, exactly: wishes.isExact).isEmpty
      else { return nil }
      let what = change.before == nil ? "it is there now" : now == nil ? "it is gone" : since.joined(separator: ", ")
      return "\(change.id) (\(what))"
    }
    guard stale.isEmpty else {
      throw .refused(
        .init(
          title: "The plan is stale: nothing was changed",
          reason: "Changed since it was made: \(stale.joined(separator: "; ")).",
          remedy: "Make a new plan and look at it again."))
    }
  }

  // MARK: An old entry

  /// Finishes an entry that was interrupted. Its plan was confirmed; what others changed meanwhile is left alone and
  /// counts as failed.
  ///
  /// - Throws: `.refused` for an entry of another kind or of another endpoint, where every resource would seem to be
  ///   missing.
  package func resume(
    _ number: Int, _ wishes: Wishes = Wishes(), onProgress: @Sendable (Int, Int) -> Void = { _, _ in }
  ) async throws(OperationError) -> ChangeEnd {
    if let refusal = service.refusalOfChanges { throw .api(refusal) }
    let entry = try await journaled { () async throws(JournalError) in
      try await journal.claim(number)
      return try await journal.entry(number)
    }
    return try await holding(number) { () async throws(OperationError) in
      try check(entry, is: kind.apply, kind.actions.contains(entry.header.action), actingAs: acting)
      var wishes = wishes
      wishes.isExact = entry.header.action == kind.rollback
      let names = try await recorded(number).map(\.name)
      let current = try await api { () async throws(APIError) in try await service.current(names) }
      return try await run(number, current, wishes, onProgress)
    }
  }

  private func holding(
    _ number: Int, _ body: () async throws(OperationError) -> ChangeEnd
  ) async throws(OperationError) -> ChangeEnd {
    do throws(OperationError) {
      let end = try await body()
      await journal.release(number)
      return end
    } catch {
      await journal.release(number)
      throw error
    }
  }

  private func recorded(_ number: Int) async throws(OperationError) -> [JournaledChange] {
    try await journaled { () async throws(JournalError) in try await journal.changes(of: number) }
  }

  // MARK: The run

  private func run(
    _ number: Int, _ current: [String: JSON], _ wishes: Wishes, _ onProgress: @Sendable (Int, Int) -> Void
  ) async throws(OperationError) -> ChangeEnd {
    let all = try await recorded(number)
    let open = all.filter { $0.state == .planned || $0.state == .sent }
    var end = ChangeEnd(journal: number, changes: [])
    var settled: [ChangeOutcome] = []
    for (index, change) in open.enumerated() {
      if Task.isCancelled {
        end.wasCancelled = true
        break
      }
      try await write(settled + [ChangeOutcome(change.position, .sent)], number)
      let (outcome, stop) = await make(change, current[change.name], wishes)
      settled = [outcome]
      onProgress(all.count - open.count + index + 1, all.count)
      if let stop, stop.kind != .refused || !wishes.keepsGoing {
        end.stop = stop
        break
      }
    }
    try await write(settled, number)
    return try await finish(number, end, wishes)
  }

  /// The step of one resource, and the error that it ended with.
  private func make(
    _ change: JournaledChange, _ current: JSON?, _ wishes: Wishes
  ) async -> (ChangeOutcome, APIError?) {
    if service.differences(from: current, to: change.after, exactly: wishes.isExact).isEmpty {
      return (ChangeOutcome(change.position, .done), nil)
    }
    if change.state == .planned, !service.differences(from: change.before, to: current, exactly: false).isEmpty {
      return (ChangeOutcome(change.position, .failed, error: "It was changed since the plan was made."), nil)
    }
    do throws(APIError) {
      try await service.make(
        ResourceChange(name: change.name, before: current, after: change.after), exactly: wishes.isExact)
      return (ChangeOutcome(change.position, .done), nil)
    } catch {
      // What was asked for is the case: it is gone.
      if change.after == nil, error.status == .notFound { return (ChangeOutcome(change.position, .done), nil) }
      let isOpen = error.kind != .refused
      return (ChangeOutcome(change.position, isOpen ? .sent : .failed, error: error.line), error)
    }
  }

  private func write(_ outcomes: [ChangeOutcome], _ number: Int) async throws(OperationError) {
    try await journaled { () async throws(JournalError) in try await journal.settle(outcomes, of: number) }
  }

  /// Reads back what was changed, and closes the entry when nothing is left open.
  private func finish(
    _ number: Int, _ end: ChangeEnd, _ wishes: Wishes
  ) async throws(OperationError) -> ChangeEnd {
    var end = end
    end.changes = try await recorded(number)
    if end.stop?.kind != .unreachable, !end.done.isEmpty {
      let wrong = try await misread(end.done, wishes)
      try await write(wrong, number)
      if !wrong.isEmpty { end.changes = try await recorded(number) }
    }
    if end.changes.allSatisfy({ $0.state == .done || $0.state == .failed }) {
      try await journaled { () async throws(JournalError) in try await journal.close(number, at: surroundings.now()) }
    }
    return end
  }

  /// Done by their answers, and not what was asked for when they are read again.
  private func misread(_ done: [JournaledChange], _ wishes: Wishes) async throws(OperationError) -> [ChangeOutcome] {
    let now = try await api { () async throws(APIError) in try await service.current(done.map(\.name)) }
    return done.compactMap { change in
      let wrong = service.differences(from: now[change.name], to: change.after, exactly: wishes.isExact)
      guard !wrong.isEmpty else { return nil }
      return ChangeOutcome(
        change.position, .failed,
        error: "It was changed, and reads back differently in \(wrong.joined(separator: ", ")).")
    }
  }
}
