// Plans a discard: reads the queue to its end first, and only then is anything
// proposed. Deleting while listing skips tasks (consoles.md 3.1, sidekiq#866).
// Content goes to the journal's staging page by page, so memory holds one page.

import CloudModel
import Foundation
import JournalModel

/// Makes plans to discard. Reads only: the service is not changed, and a staged entry is invisible until it is sealed.
package struct DiscardPlanner: Sendable {
  private let service: any TaskService
  private let journal: any Journal
  private let surroundings: Surroundings

  package init(service: any TaskService, journal: any Journal, surroundings: Surroundings) {
    (self.service, self.journal, self.surroundings) = (service, journal, surroundings)
  }

  /// Plans. A dry run stages nothing. The caller applies the plan with `DiscardExecutor` or gives it up with `abandon`.
  /// `onProgress` is told how many tasks were looked at.
  package func plan(
    _ intent: DiscardIntent, acting: Acting, dryRun: Bool = false,
    onProgress: @Sendable (_ seen: Int) -> Void = { _ in }
  ) async throws(OperationError) -> DiscardPlan {
    var draft = PlanDraft(intent, acting: acting, journal: dryRun ? nil : journal, surroundings)
    do throws(OperationError) {
      switch intent.choice {
      case .matching(let queues): for queue in queues { try await collect(queue, into: &draft, onProgress) }
      case .named(let names), .marked(let names): try await collect(names, into: &draft, onProgress)
      }
      try await look(atRelatedQueuesOf: &draft)
      try await draft.settle()
      if intent.action == .deleteQueue { try await draft.openEntry() }
    } catch {
      try await draft.abandon()
      throw error
    }
    return draft.plan()
  }

  /// Gives up a plan that is not going to be applied.
  package func abandon(_ plan: DiscardPlan) async throws(OperationError) {
    guard let entry = plan.entry else { return }
    try await journaled { () async throws(JournalError) in try await journal.abandon(entry) }
  }

  // MARK: By criteria

  private func collect(
    _ queue: QueueName, into draft: inout PlanDraft, _ onProgress: (Int) -> Void
  ) async throws(OperationError) {
    var token: String?
    var arrived = await list(queue, draft.view, nil)
    while true {
      let page = try await page(arrived, of: queue, token, &draft)
      token = page.nextPageToken
      // The next page is on its way while this one is read: both take their time.
      async let next = following(page, of: queue, draft.view)
      let tasks = try read(page)
      try await draft.take(tasks.filter { draft.intent.admits($0) })
      draft.seen += tasks.count
      onProgress(draft.seen)
      if Task.isCancelled { throw .cancelled }
      guard let following = await next else { return }
      arrived = following
    }
  }

  private func read(_ page: TaskPage) throws(OperationError) -> [CloudTask] {
    do { return try page.tasks() } catch { throw .api(error) }
  }

  private func following(
    _ page: TaskPage, of queue: QueueName, _ view: TaskView
  ) async -> Result<TaskPage, APIError>? {
    guard let token = page.nextPageToken else { return nil }
    return await list(queue, view, token)
  }

  private func list(_ queue: QueueName, _ view: TaskView, _ token: String?) async -> Result<TaskPage, APIError> {
    do throws(APIError) {
      return .success(try await service.listTasks(in: queue, view: view, pageToken: token))
    } catch {
      return .failure(error)
    }
  }

  /// The page that arrived; without the permission for FULL, the draft turns to BASIC and says so.
  private func page(
    _ arrived: Result<TaskPage, APIError>, of queue: QueueName, _ token: String?, _ draft: inout PlanDraft
  ) async throws(OperationError) -> TaskPage {
    do { return try arrived.get() } catch {
      guard draft.mayDoWithoutBodies(after: error) else { throw .api(error) }
      try await draft.dropContent(error)
    }
    do { return try await list(queue, draft.view, token).get() } catch { throw .api(error) }
  }

  // MARK: By name

  private func collect(
    _ names: [TaskName], into draft: inout PlanDraft, _ onProgress: (Int) -> Void
  ) async throws(OperationError) {
    var rest = names[...]
    while !rest.isEmpty {
      let chunk = Array(rest.prefix(256))
      for (name, result) in try await read(chunk, &draft) { try await place(name, result, &draft) }
      rest = rest.dropFirst(chunk.count)
      draft.seen += chunk.count
      onProgress(draft.seen)
      if Task.isCancelled { throw .cancelled }
    }
  }

  private func place(
    _ name: TaskName, _ result: Result<CloudTask, APIError>, _ draft: inout PlanDraft
  ) async throws(OperationError) {
    switch result {
    case .success(let task):
      if let objection = draft.intent.objection(to: task) {
        draft.passOver(name, objection)
      } else {
        try await draft.take([task])
      }
    case .failure(let error) where error.status == .notFound:
      draft.passOver(
        name, "there is no such task; it finished, was deleted, or never was in the queue \(name.queue.id)")
    case .failure(let error): throw .api(error)
    }
  }

  private func read(
    _ names: [TaskName], _ draft: inout PlanDraft
  ) async throws(OperationError) -> [(TaskName, Result<CloudTask, APIError>)] {
    let results = await get(names, view: draft.view)
    let errors = results.compactMap { result -> APIError? in
      guard case .failure(let error) = result.1 else { return nil }
      return error
    }
    guard let refusal = errors.first(where: draft.mayDoWithoutBodies) else { return results }
    try await draft.dropContent(refusal)
    return await get(names, view: draft.view)
  }

  private func get(_ names: [TaskName], view: TaskView) async -> [(TaskName, Result<CloudTask, APIError>)] {
    await concurrently(names, limit: 16) { name in
      do throws(APIError) { return (name, .success(try await service.getTask(name, view: view))) } catch {
        return (name, .failure(error))
      }
    }
  }

  // MARK: Elsewhere

  /// List calls are a budget that production shares, so the look at other queues is a short one.
  private static let relatedPages = 12
  /// A queue larger than that is named with "at least".
  private static let relatedPagesOfOne = 5

  private func look(atRelatedQueuesOf draft: inout PlanDraft) async throws(OperationError) {
    let classes = Set(draft.summary.byClass.keys.compactMap { $0 })
    let acted = Set(draft.intent.queues)
    guard !classes.isEmpty else { return }
    if let refusal = draft.intent.relatedQueuesRefusal { draft.warnings.append(.unlisted(refusal)) }
    var left = Self.relatedPages
    var queues = draft.intent.relatedQueues.filter { !acted.contains($0) }[...]
    while left > 0, let queue = queues.popFirst() {
      if let warning = await warning(of: classes, in: queue, &left) { draft.warnings.append(warning) }
      if Task.isCancelled { throw .cancelled }
    }
    if !queues.isEmpty { draft.warnings.append(.notLookedInto(queues.count)) }
  }

  private func warning(of classes: Set<String>, in queue: QueueName, _ left: inout Int) async -> PlanWarning? {
    var (count, pages) = (0, 0)
    var token: String?
    do throws(APIError) {
      repeat {
        (pages, left) = (pages + 1, left - 1)
        let page = try await service.listTasks(in: queue, view: .basic, pageToken: token)
        count += try page.tasks().count { $0.taskClass.map(classes.contains) ?? false }
        token = page.nextPageToken
      } while token != nil && pages < Self.relatedPagesOfOne && left > 0
    } catch {
      return error.status == .notFound ? nil : .unseen(queue: queue, error)
    }
    return count == 0 ? nil : .sameClass(queue: queue, count: count, atLeast: token != nil)
  }
}

/// Runs `body` for every element, at most `limit` at a time; the results are in the order of the elements.
func concurrently<Element: Sendable, Value: Sendable>(
  _ elements: [Element], limit: Int, _ body: @Sendable @escaping (Element) async -> Value
) async -> [Value] {
  await withTaskGroup(of: (Int, Value).self) { group in
    var next = 0
    var values: [Value?] = Array(repeating: nil, count: elements.count)
    func start() {
      guard next < elements.count else { return }
      let (index, element) = (next, elements[next])
      next += 1
      group.addTask { (index, await body(element)) }
    }
    for _ in 0..<limit { start() }
    while let (index, value) = await group.next() {
      values[index] = value
      start()
    }
    return values.compactMap { $0 }
  }
}
