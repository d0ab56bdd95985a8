// Deleting: one by one, or up to a thousand in a batch where the endpoint knows
// how. DESIGN.md, "Lost answers": a 404 that answers the only sending means the
// task was gone; after a lost answer, a time-out or a crash it means we did it.

import CloudModel
import JournalModel

/// The calls of a discard.
struct DiscardWork: ItemWork {
  let service: any TaskService
  let surroundings: Surroundings
  let batches: BatchSupport

  /// The most names that `tasks:batchDelete` takes.
  private static let batchSize = 1000
  /// Fewer are faster one by one, and not worth finding out.
  private static let smallestBatch = 100
  private static let mostBatches = 4
  private static let batchLimit = Duration.seconds(120)

  var window: Int { batches.answer == .unsupported ? 256 : Self.batchSize }

  func unitSize(_ ready: [WorkItem], underWay: Int) -> Int {
    let answer = batches.answer
    guard answer != .unsupported, let next = ready.last else { return 1 }
    let size = ready.reversed().prefix(Self.batchSize).prefix { item in
      item.attempts == 0 && !item.isDoubtful && item.item.name.queue == next.item.name.queue
    }.count
    guard size >= Self.smallestBatch else { return 1 }
    return underWay >= (answer == .unknown ? 1 : Self.mostBatches) ? 0 : size
  }

  func prepare(_ items: [WorkItem]) async throws(JournalError) -> [WorkItem] { items }

  func perform(_ unit: [WorkItem]) async -> [Verdict] {
    var unit = unit
    for index in unit.indices { unit[index].attempts += 1 }
    return unit.count == 1 ? [await delete(unit[0])] : await deleteBatch(unit)
  }

  // MARK: One

  private func delete(_ item: WorkItem) async -> Verdict {
    do throws(APIError) {
      try await service.deleteTask(item.item.name)
      return .settled(ItemChange(item.item.position, .discarded))
    } catch {
      return await verdict(item, error)
    }
  }

  private func verdict(_ item: WorkItem, _ error: APIError) async -> Verdict {
    let isDoubtful = item.isDoubtful || error.mayHaveBeenDone
    if error.status == .notFound {
      return .settled(ItemChange(item.item.position, isDoubtful ? .discarded : .gone))
    }
    if let verdict = CallVerdict.verdict(item, error, mostTries: 2, fraction: surroundings.fraction) {
      return verdict
    }
    guard isDoubtful else { return .settled(ItemChange(item.item.position, .failed, error: error.line)) }
    return await lookUp(item, error)
  }

  /// Deleting it is refused, or answers nothing definite; whether an earlier sending did it, only a look tells.
  private func lookUp(_ item: WorkItem, _ error: APIError) async -> Verdict {
    let position = item.item.position
    do throws(APIError) {
      _ = try await service.getTask(item.item.name, view: .basic)
      return .settled(ItemChange(position, .failed, error: error.line))
    } catch {
      if error.status == .notFound { return .settled(ItemChange(position, .discarded)) }
    }
    return .settled(ItemChange(position, .sent, error: error.line))
  }

  // MARK: Many

  private func deleteBatch(_ unit: [WorkItem]) async -> [Verdict] {
    let operation: BatchOperation
    do throws(APIError) {
      operation = try await service.startBatchDelete(unit.map(\.item.name), in: unit[0].item.name.queue)
    } catch {
      return notStarted(unit, error)
    }
    batches.answer = .supported
    do throws(APIError) {
      let end = try await awaitEnd(of: operation)
      return await concurrently(Array(unit.enumerated()), limit: 8) { index, item in await judge(item, index, end) }
    } catch {
      return unit.map(oneByOneInDoubt)
    }
  }

  private func notStarted(_ unit: [WorkItem], _ error: APIError) -> [Verdict] {
    let isUnknown = [.notFound, .unimplemented].contains(error.status) || error.httpStatus == 405
    if isUnknown, batches.answer == .unknown { batches.answer = .unsupported }
    if error.mayHaveBeenDone { return unit.map(oneByOneInDoubt) }
    if error.status == .resourceExhausted {
      // One refusal of one call: the first item carries the wait, all of them try again.
      return unit.map { .throttled($0, asked: error.retryDelay) }
    }
    // Whatever it is, single deletes either work or say what is wrong with each task.
    return unit.map { item in
      var item = item
      item.attempts = 0
      return batches.answer == .unsupported ? .again(item, after: .zero) : oneByOne(item)
    }
  }

  /// Sends the item again on its own; the attempt keeps it out of batches.
  private func oneByOne(_ item: WorkItem) -> Verdict {
    var item = item
    item.attempts = 1
    return .again(item, after: .zero)
  }

  private func oneByOneInDoubt(_ item: WorkItem) -> Verdict {
    var item = item
    item.isDoubtful = true
    return oneByOne(item)
  }

  private func awaitEnd(of operation: BatchOperation) async throws(APIError) -> BatchOperation {
    var operation = operation
    var (wait, waited) = (Duration.milliseconds(3), Duration.zero)
    while !operation.isDone {
      do { try await surroundings.sleep(wait) } catch { throw unfinished(operation, "called off") }
      waited += wait
      guard waited < Self.batchLimit else { throw unfinished(operation, "not done after \(waited)") }
      wait = min(wait * 1.5, .seconds(2))
      operation = try await service.batchOperation(operation.name)
    }
    return operation
  }

  private func unfinished(_ operation: BatchOperation, _ reason: String) -> APIError {
    APIError(
      kind: .cancelled, status: .deadlineExceeded, message: "the batch operation was \(reason)",
      resource: operation.name, endpoint: "", mayHaveBeenDone: true)
  }

  private func judge(_ item: WorkItem, _ index: Int, _ end: BatchOperation) async -> Verdict {
    if let failure = end.failures[index] { return await verdict(item, apiError(failure, item)) }
    return end.error == nil ? .settled(ItemChange(item.item.position, .discarded)) : oneByOneInDoubt(item)
  }

  private func apiError(_ status: RPCStatus, _ item: WorkItem) -> APIError {
    APIError(
      kind: .refused, status: status.status, httpStatus: status.status.httpStatus, message: status.message,
      resource: item.item.name.description, endpoint: "", details: status.details)
  }
}
