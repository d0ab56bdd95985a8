// Plans an undo. Only tasks that we deleted are put back: one that had finished by
// itself would run a second time.

import CloudModel
import JournalModel

/// Makes plans to undo discards.
package struct RestorePlanner: Sendable {
  private let service: any TaskService
  private let journal: any Journal
  private let surroundings: Surroundings
  private let acting: Acting

  package init(service: any TaskService, journal: any Journal, surroundings: Surroundings, acting: Acting) {
    (self.service, self.journal, self.surroundings, self.acting) = (service, journal, surroundings, acting)
  }

  /// What to put back.
  package struct Choice: Sendable {
    /// Only these task IDs; nil for all.
    package var ids: Set<String>?
    /// Also tasks that were gone before we came.
    package var includesGone: Bool
    /// The queue they are put into; nil for their own.
    package var into: QueueName?

    package init(ids: Set<String>? = nil, includesGone: Bool = false, into: QueueName? = nil) {
      (self.ids, self.includesGone, self.into) = (ids, includesGone, into)
    }
  }

  /// The newest discard that has this task in its trash, not yet put back; throws `.refused` when there is none.
  package func discard(ofTask id: String) async throws(OperationError) -> Int {
    let found = try await journaled { () async throws(JournalError) in try await journal.items(ofTask: id) }
    if let match = found.first(where: { $0.item.restoredAs == nil }) { return match.entry }
    throw .refused(
      .init(
        title: "The task \(id) is not in the trash",
        reason: found.isEmpty ? "No discard in the journal holds it." : "It has been put back already.",
        remedy: "See: taskdeck journal list"))
  }

  /// Plans. Both entries are claimed until the plan is applied or abandoned; a dry run claims and stages nothing.
  package func plan(
    undoing number: Int, _ choice: Choice = Choice(), dryRun: Bool = false
  ) async throws(OperationError) -> RestorePlan {
    if !dryRun { try await claim(number) }
    do throws(OperationError) {
      let origin = try await journaled { () async throws(JournalError) in try await journal.entry(number) }
      try check(origin, is: .discard, origin.header.action.keepsTasks, actingAs: acting)
      guard origin.header.keepsContent else { throw .refused(Self.noTrash(number)) }
      let undos = try await undos()
      let earlier = try interruptedUndo(of: number, among: undos, choice)
      return try await plan(origin, choice, continuing: earlier, known: Set(undos.map(\.number)), dryRun)
    } catch {
      if !dryRun { await journal.release(number) }
      throw error
    }
  }

  /// Gives up a plan that is not going to be applied.
  package func abandon(_ plan: RestorePlan) async throws(OperationError) {
    await journal.release(plan.origin.number)
    guard let entry = plan.entry else { return }
    if plan.isContinuation { return await journal.release(entry) }
    try await journaled { () async throws(JournalError) in try await journal.abandon(entry) }
  }

  private func claim(_ number: Int) async throws(OperationError) {
    try await journaled { () async throws(JournalError) in try await journal.claim(number) }
  }

  private func undos() async throws(OperationError) -> [JournalEntry] {
    let entries = try await journaled { () async throws(JournalError) in try await journal.entries() }
    return entries.filter { $0.header.undoes != nil }
  }

  /// An undo that was interrupted is finished before another one begins, or a task could come back twice.
  private func interruptedUndo(
    of number: Int, among undos: [JournalEntry], _ choice: Choice
  ) throws(OperationError) -> Int? {
    guard let earlier = undos.first(where: { $0.header.undoes == number && $0.progress != .complete }) else {
      return nil
    }
    let isSameQueue = try earlier.header.restoresInto == choice.into
    guard earlier.progress == .interrupted, choice.ids == nil, isSameQueue else {
      throw .refused(
        .init(
          title: "Another undo of entry \(number) is not finished", reason: "It is entry \(earlier.number).",
          remedy: "Wait for it, or finish it with: taskdeck journal resume \(earlier.number)"))
    }
    return earlier.number
  }

  private func plan(
    _ origin: JournalEntry, _ choice: Choice, continuing earlier: Int?, known: Set<Int>, _ dryRun: Bool
  ) async throws(OperationError) -> RestorePlan {
    if let earlier {
      let names = try await remaining(of: earlier)
      if !dryRun { try await claim(earlier) }
      return RestorePlan(
        origin: origin, names: names, skipped: [], entry: dryRun ? nil : earlier, isContinuation: true, confirmed: [],
        known: known)
    }
    var draft = RestoreDraft(origin, journal: dryRun ? nil : journal, header(undoing: origin, into: choice.into))
    draft.elsewhere = try await undosElsewhere(origin)
    do throws(OperationError) {
      var position = -1
      while let last = try await takePage(of: origin.number, after: position, choice, &draft) { position = last }
    } catch {
      try await draft.abandon()
      throw error
    }
    return draft.plan(knowing: known)
  }

  private func header(undoing origin: JournalEntry, into queue: QueueName?) -> JournalHeader {
    var intent: JSONObject = ["undoes": .integer(origin.number)]
    intent["into"] = queue.map { .string($0.description) }
    return JournalHeader(
      action: .undo, time: surroundings.now(), acting: acting, key: surroundings.random(), intent: .object(intent),
      undoes: origin.number, keepsContent: false)
  }

  private func remaining(of number: Int) async throws(OperationError) -> FrozenNames {
    var names = FrozenNames()
    for item in try await allItems(of: number, in: [.planned, .sent], journal) { _ = names.insert(item.name) }
    names.freeze()
    return names
  }

  // MARK: Others

  /// Undos that have put back tasks of this entry from another one, or have yet to, by position. When two discards of the same tasks
  /// crash, both may count a task as theirs; it comes back once. A task that was created anew under an old name in
  /// between is another task.
  private func undosElsewhere(_ origin: JournalEntry) async throws(OperationError) -> [Int: Int] {
    // What is imported twice is wanted twice.
    guard origin.header.action.discardsTasks else { return [:] }
    let found = try await journaled { () async throws(JournalError) in
      try await journal.restoredElsewhere(origin.number)
    }
    guard !found.isEmpty else { return [:] }
    let own = try await lives(of: origin.number, at: found.map(\.position))
    var undos: [Int: Int] = [:]
    for (entry, items) in Dictionary(grouping: found, by: \.entry) {
      let others = try await lives(of: entry, at: items.map(\.origin))
      for item in items where own[item.position] == others[item.origin] { undos[item.position] = item.undo }
    }
    return undos
  }

  /// When the tasks were created, by position.
  private func lives(of entry: Int, at positions: [Int]) async throws(OperationError) -> [Int: Timestamp] {
    let contents = try await journaled { () async throws(JournalError) in
      try await journal.contents(of: entry, at: positions)
    }
    return contents.compactMapValues { content in
      // What cannot be read is not put back either, and says so then.
      do { return try CloudTask(content: content).createTime } catch { return nil }
    }
  }

  // MARK: Choosing

  /// The position of the last item that was looked at; nil when there are no more.
  private func takePage(
    of number: Int, after position: Int, _ choice: Choice, _ draft: inout RestoreDraft
  ) async throws(OperationError) -> Int? {
    let page = try await journaled { () async throws(JournalError) in
      try await journal.items(of: number, in: nil, after: position, limit: 1000)
    }
    try await take(page, choice, &draft)
    return page.last?.position
  }

  private func take(
    _ page: [JournalItem], _ choice: Choice, _ draft: inout RestoreDraft
  ) async throws(OperationError) {
    let asked = page.filter { choice.ids?.contains($0.name.id) ?? true }
    let present = try await presence(of: asked.filter { $0.state == .sent && $0.restoredAs == nil })
    var chosen: [JournalItem] = []
    for item in asked {
      if let reason = reason(against: item, choice, isPresent: present[item.position], draft.elsewhere[item.position]) {
        draft.skip(item.name, reason)
      } else {
        chosen.append(item)
      }
    }
    try await draft.take(chosen)
  }

  /// Whether tasks are still in their queues whose deletion was sent and not answered.
  private func presence(of items: [JournalItem]) async throws(OperationError) -> [Int: Bool] {
    let looks = await concurrently(items, limit: 16) { item -> (Int, Result<Bool, APIError>) in
      do throws(APIError) {
        _ = try await service.getTask(item.name, view: .basic)
        return (item.position, .success(true))
      } catch {
        return (item.position, error.status == .notFound ? .success(false) : .failure(error))
      }
    }
    var present: [Int: Bool] = [:]
    for (position, look) in looks {
      do { present[position] = try look.get() } catch { throw .api(error) }
    }
    return present
  }

  private func reason(against item: JournalItem, _ choice: Choice, isPresent: Bool?, _ undo: Int?) -> String? {
    if let name = item.restoredAs { return "it has been put back already, as \(name.id)" }
    if let undo {
      return "entry \(undo) has put it back already or is about to, from another discard of the same task"
    }
    switch item.state {
    case .discarded, .restored: return nil
    case .gone: return choice.includesGone ? nil : "it was gone before: it had finished, or others deleted it"
    case .failed: return "it was not discarded: \(item.error ?? "its deletion failed")"
    case .planned: return "it was not discarded: its turn had not come"
    case .sent: return isPresent == false ? nil : "it is still in its queue"
    }
  }

  private static func noTrash(_ number: Int) -> OperationError.Refusal {
    .init(
      title: "Entry \(number) cannot be undone", reason: "It was made without a trash (--no-undo).",
      remedy: "The names of its tasks are in: taskdeck journal show \(number)")
  }
}

/// An undo in the making.
private struct RestoreDraft {
  private let origin: JournalEntry
  private let journal: (any Journal)?
  private let header: JournalHeader
  /// By position: the undo that has put the task back from another discard.
  var elsewhere: [Int: Int] = [:]
  private var names = FrozenNames()
  private var skipped: [PassedOver] = []
  private var confirmed: [Int] = []
  private var entry: Int?

  init(_ origin: JournalEntry, journal: (any Journal)?, _ header: JournalHeader) {
    (self.origin, self.journal, self.header) = (origin, journal, header)
  }

  mutating func skip(_ name: TaskName, _ reason: String) { skipped.append(PassedOver(name: name, reason: reason)) }

  mutating func take(_ items: [JournalItem]) async throws(OperationError) {
    let fresh = items.filter { names.insert($0.name) }
    confirmed += fresh.filter { $0.state == .sent }.map(\.position)
    guard let journal, !fresh.isEmpty else { return }
    if entry == nil {
      let header = header
      entry = try await journaled { () async throws(JournalError) in try await journal.open(header) }
    }
    guard let entry else { return }
    let planned = fresh.map { PlannedItem(name: $0.name, origin: $0.position) }
    try await journaled { () async throws(JournalError) in try await journal.append(planned, to: entry) }
  }

  func abandon() async throws(OperationError) {
    guard let journal, let entry else { return }
    try await journaled { () async throws(JournalError) in try await journal.abandon(entry) }
  }

  func plan(knowing known: Set<Int>) -> RestorePlan {
    var frozen = names
    frozen.freeze()
    return RestorePlan(
      origin: origin, names: frozen, skipped: skipped, entry: entry, isContinuation: false, confirmed: confirmed,
      known: known)
  }
}
