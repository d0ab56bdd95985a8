// A journal in memory: what the contract means, in the fewest words.

import CloudModel
import Foundation
import JournalModel
import Operations
import Store
import Synchronization

extension SQLiteJournal: Journal {}

final class MemoryJournal: Journal {
  private struct Record {
    var header: JournalHeader
    var plan: JSON?
    var isClosed = false
    var items: [JournalItem] = []
    var contents: [Int: Data] = [:]
    var changes: [JournaledChange] = []
  }

  private struct State {
    var records: [Int: Record] = [:]
    var last = 0
    var owned: Set<Int> = []
  }

  private let state = Mutex(State())

  func open(_ header: JournalHeader) async throws(JournalError) -> Int {
    state.withLock { state in
      state.last += 1
      state.records[state.last] = Record(header: header)
      state.owned.insert(state.last)
      return state.last
    }
  }

  func append(_ items: [PlannedItem], to entry: Int) async throws(JournalError) {
    try update(entry) { record throws(JournalError) in
      for item in items {
        let position = record.items.count
        record.items.append(JournalItem(position: position, name: item.name, origin: item.origin))
        record.contents[position] = item.content
      }
    }
  }

  func append(_ changes: [JournaledChange], to entry: Int) async throws(JournalError) {
    try update(entry) { record throws(JournalError) in record.changes += changes }
  }

  func settle(_ outcomes: [ChangeOutcome], of entry: Int) async throws(JournalError) {
    try update(entry) { record throws(JournalError) in
      for outcome in outcomes {
        record.changes[outcome.position].state = outcome.state
        record.changes[outcome.position].error = outcome.error
      }
    }
  }

  func changes(of entry: Int) async throws(JournalError) -> [JournaledChange] {
    state.withLock { $0.records[entry]?.changes ?? [] }
  }

  func seal(_ entry: Int, plan: JSON) async throws(JournalError) {
    try update(entry) { record throws(JournalError) in
      guard record.plan == nil else { throw missing(entry) }
      record.plan = plan
    }
  }

  func seal(undo entry: Int, plan: JSON, knowing known: Set<Int>) async throws(JournalError) {
    let other = state.withLock { state -> Int? in
      guard let own = state.records[entry] else { return nil }
      let names = Set(own.items.map(\.name))
      return state.records.first { number, record in
        record.plan != nil && record.header.undoes != nil && record.header.undoes != own.header.undoes
          && !known.contains(number) && record.items.contains { names.contains($0.name) }
      }?.key
    }
    if let other { throw JournalError(.outrun, reason: "entry \(other)") }
    try await seal(entry, plan: plan)
  }

  func abandon(_ entry: Int) async throws(JournalError) {
    state.withLock { state in
      guard let record = state.records[entry] else { return }
      if record.plan == nil { state.records[entry] = nil }
      state.owned.remove(entry)
    }
  }

  func claim(_ entry: Int) async throws(JournalError) {
    _ = try await self.entry(entry)
    let isNew = state.withLock { $0.owned.insert(entry).inserted }
    guard isNew else { throw JournalError(.owned, reason: "entry \(entry)") }
  }

  func release(_ entry: Int) async { state.withLock { _ = $0.owned.remove(entry) } }

  func change(_ changes: [ItemChange], of entry: Int) async throws(JournalError) {
    try update(entry) { record throws(JournalError) in
      for change in changes {
        guard record.items.indices.contains(change.position) else { throw missing(entry) }
        record.items[change.position].state = change.state
        record.items[change.position].error = change.error
        record.items[change.position].restoredAs = change.restoredAs
      }
    }
    state.withLock { state in
      guard let record = state.records[entry], let undoes = record.header.undoes else { return }
      for change in changes where change.state == .restored {
        guard let origin = record.items[change.position].origin else { continue }
        state.records[undoes]?.items[origin].restoredAs = change.restoredAs
      }
    }
  }

  func close(_ entry: Int, at time: Timestamp) async throws(JournalError) {
    try update(entry) { record throws(JournalError) in record.isClosed = true }
  }

  func entry(_ number: Int) async throws(JournalError) -> JournalEntry {
    guard let entry = state.withLock({ entry(number, $0) }) else { throw missing(number) }
    return entry
  }

  func entries() async throws(JournalError) -> [JournalEntry] {
    state.withLock { state in state.records.keys.sorted(by: >).compactMap { entry($0, state) } }
  }

  func items(
    of entry: Int, in states: Set<ItemState>?, after position: Int, limit: Int
  ) async throws(JournalError) -> [JournalItem] {
    state.withLock { state in
      let all = state.records[entry]?.items ?? []
      return Array(all.filter { $0.position > position && states?.contains($0.state) ?? true }.prefix(limit))
    }
  }

  func contents(of entry: Int, at positions: [Int]) async throws(JournalError) -> [Int: Data] {
    state.withLock { state in
      (state.records[entry]?.contents ?? [:]).filter { positions.contains($0.key) }
    }
  }

  func items(ofTask id: String) async throws(JournalError) -> [(entry: Int, item: JournalItem)] {
    state.withLock { state in
      state.records.keys.sorted(by: >).flatMap { number -> [(entry: Int, item: JournalItem)] in
        guard let record = state.records[number], record.plan != nil, record.header.keepsContent else { return [] }
        return record.items.filter { $0.name.id == id }.map { (number, $0) }
      }
    }
  }

  func restoredElsewhere(_ entry: Int) async throws(JournalError) -> [RestoredElsewhere] {
    state.withLock { state in
      let own = (state.records[entry]?.items ?? []).filter { $0.restoredAs == nil }
      return state.records.flatMap { number, record -> [RestoredElsewhere] in
        guard number > entry, let undoes = record.header.undoes, undoes != entry,
          state.records[undoes]?.header.action != .importTasks
        else { return [] }
        let isOpen = record.plan != nil && !record.isClosed
        let back = record.items.filter {
          $0.restoredAs != nil && [.sent, .restored].contains($0.state) || isOpen && $0.state == .planned
        }
        return own.flatMap { item in
          back.filter { $0.name == item.name }.map { other in
            RestoredElsewhere(
              position: item.position, undo: number, entry: undoes, origin: other.origin ?? other.position)
          }
        }
      }
    }
  }

  private func entry(_ number: Int, _ state: borrowing State) -> JournalEntry? {
    guard let record = state.records[number], let plan = record.plan else { return nil }
    let progress: JournalEntry.Progress =
      record.isClosed ? .complete : state.owned.contains(number) ? .running : .interrupted
    return JournalEntry(
      number: number, header: record.header, plan: plan, progress: progress, counts: counts(record.items))
  }

  private func counts(_ items: [JournalItem]) -> JournalCounts {
    var counts = JournalCounts()
    counts.planned = items.count
    counts.waiting = items.count { $0.state == .planned }
    counts.sent = items.count { $0.state == .sent }
    counts.discarded = items.count { $0.state == .discarded }
    counts.gone = items.count { $0.state == .gone }
    counts.failed = items.count { $0.state == .failed }
    counts.restored = items.count { $0.shownState == .restored }
    return counts
  }

  private func update(_ entry: Int, _ body: (inout Record) throws(JournalError) -> Void) throws(JournalError) {
    var failure: JournalError?
    state.withLock { state in
      guard var record = state.records[entry] else { return failure = missing(entry) }
      do throws(JournalError) { try body(&record) } catch { failure = error }
      if failure == nil { state.records[entry] = record }
    }
    if let failure { throw failure }
  }
}

private func missing(_ entry: Int) -> JournalError { JournalError(.missing, reason: "entry \(entry)") }

/// The journals that must behave alike.
enum JournalKind: String, CaseIterable, Sendable {
  case memory, sqlite

  func make(at path: String = temporaryPath()) throws -> any Journal {
    switch self {
    case .memory: MemoryJournal()
    case .sqlite: try SQLiteJournal(path: path)
    }
  }
}

func temporaryPath() -> String {
  NSTemporaryDirectory() + "taskdeck-tests/" + UUID().uuidString + "/journal.db"
}
