// Creating tasks again, each once. The name a task is created under is in the
// journal before it is sent, and is derived from the discard, not drawn: so when
// an answer is lost, sending it again finds ALREADY_EXISTS, which then means done.

import CloudModel
import JournalModel

/// The calls of an undo.
struct RestoreWork: ItemWork {
  let service: any TaskService
  let journal: any Journal
  let surroundings: Surroundings
  /// The discard that is undone.
  let origin: JournalEntry
  /// The queue they are put into; nil for their own.
  let into: QueueName?
  let ownNames: OwnNames

  let window = 256

  /// Every version of Google's documentation has names remembered for at least an hour.
  private static let shortestMemory: Int64 = 3600

  var names: RestoredNames { RestoredNames(number: origin.number, key: origin.header.key, into: into) }

  func unitSize(_ ready: [WorkItem], underWay: Int) -> Int { 1 }

  func prepare(_ items: [WorkItem]) async throws(JournalError) -> [WorkItem] {
    let contents = try await journal.contents(of: origin.number, at: items.compactMap(\.item.origin))
    return items.map { item in
      var item = item
      item.content = item.item.origin.flatMap { contents[$0] }
      item.item.restoredAs = item.item.restoredAs ?? candidate(for: item.item)
      return item
    }
  }

  private func candidate(for item: JournalItem) -> TaskName {
    let own = names.own(item.name)
    let canTryOwn = !RestoredNames.isGenerated(own) && ownNames[own.queue] != .held
    return canTryOwn ? own : names.derived(from: item.name, position: item.origin ?? item.position)
  }

  func perform(_ unit: [WorkItem]) async -> [Verdict] {
    var verdicts: [Verdict] = []
    for item in unit { verdicts.append(await create(item)) }
    return verdicts
  }

  private func create(_ item: WorkItem) async -> Verdict {
    var item = item
    item.attempts += 1
    let position = item.item.position
    guard let content = item.content, let name = item.item.restoredAs else {
      return .settled(ItemChange(position, .failed, error: "its content is not in the trash"))
    }
    let triesOwn = name == names.own(item.item.name)
    if triesOwn, !item.isDoubtful, ownNames[name.queue] == .held { return renamed(item) }
    let task: CloudTask
    do { task = try CloudTask(content: content).recreated(as: name, now: surroundings.now()) } catch {
      return .settled(ItemChange(position, .failed, error: "its content cannot be read: \(error)"))
    }
    do throws(APIError) {
      try await service.createTask(task)
    } catch {
      return await verdict(item, under: name, error)
    }
    if triesOwn { ownNames[name.queue] = .free }
    return restored(item, name)
  }

  private func restored(_ item: WorkItem, _ name: TaskName) -> Verdict {
    .settled(ItemChange(item.item.position, .restored, restoredAs: name))
  }

  private func verdict(_ item: WorkItem, under name: TaskName, _ error: APIError) async -> Verdict {
    let isDoubtful = item.isDoubtful || error.mayHaveBeenDone
    if error.status == .alreadyExists {
      // Nobody else derives this name.
      guard name == names.own(item.item.name) else { return restored(item, name) }
      return isDoubtful ? await resolve(item, name) : underNewName(item)
    }
    if let verdict = CallVerdict.verdict(item, error, mostTries: 6, fraction: surroundings.fraction) {
      return verdict
    }
    guard isDoubtful else { return .settled(ItemChange(item.item.position, .failed, error: error.line)) }
    return await exists(name) == true
      ? restored(item, name) : .settled(ItemChange(item.item.position, .sent, error: error.line, restoredAs: name))
  }

  /// The own name is refused although nothing of ours can have taken it.
  private func underNewName(_ item: WorkItem) -> Verdict {
    ownNames[names.own(item.item.name).queue] = .held
    return renamed(item)
  }

  private func renamed(_ item: WorkItem) -> Verdict {
    var item = item
    item.item.restoredAs = names.derived(from: item.item.name, position: item.item.origin ?? item.item.position)
    item.isDoubtful = false
    item.isMarked = false
    return .again(item, after: .zero)
  }

  /// The own name is refused, and an earlier sending may have taken it.
  private func resolve(_ item: WorkItem, _ name: TaskName) async -> Verdict {
    if await exists(name) == true { return restored(item, name) }
    switch ownNames[name.queue] {
    case .free: return restored(item, name)
    case .held: return renamed(item)
    case nil: break
    }
    if surroundings.now().seconds - origin.header.time.seconds < Self.shortestMemory { return renamed(item) }
    return .settled(
      ItemChange(
        item.item.position, .failed,
        error: "it may have been re-created under its own name, and have finished since; it is not created twice"))
  }

  /// Nil when it cannot be found out.
  private func exists(_ name: TaskName) async -> Bool? {
    do throws(APIError) {
      _ = try await service.getTask(name, view: .basic)
      return true
    } catch {
      return error.status == .notFound ? false : nil
    }
  }
}
