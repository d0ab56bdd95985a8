// A crash, in process: from one moment on nothing that is done has an effect any
// more, neither on the journal nor on the service. What is left is what a SIGKILL
// at that moment would have left.

import CloudModel
import Foundation
import JournalModel
import Operations
import Synchronization

/// Counts the steps of a run and stops it at one of them.
final class Crash: Sendable {
  /// When, within its step.
  enum Moment: Sendable, CaseIterable { case before, after }

  private let count = Mutex(0)
  private let step: Int
  private let moment: Moment

  /// `step` 0 never comes.
  init(at step: Int, _ moment: Moment) { (self.step, self.moment) = (step, moment) }

  var steps: Int { count.withLock { $0 } }
  var hasHappened: Bool { step > 0 && steps >= step }

  /// Whether this step still has its effect, and whether anyone learns of it.
  fileprivate func pass() -> (acts: Bool, answers: Bool) {
    let now = count.withLock { count in
      count += 1
      return count
    }
    if step == 0 || now < step { return (true, true) }
    return (now == step && moment == .after, false)
  }
}

struct CrashingJournal: Journal {
  let base: any Journal
  let crash: Crash

  private static let dead = JournalError(.failed, reason: "crashed")

  private func step<Value>(_ body: () async throws(JournalError) -> Value) async throws(JournalError) -> Value {
    let (acts, answers) = crash.pass()
    guard acts else { throw Self.dead }
    let value = try await body()
    guard answers else { throw Self.dead }
    return value
  }

  func open(_ header: JournalHeader) async throws(JournalError) -> Int {
    try await step { () async throws(JournalError) in try await base.open(header) }
  }
  func append(_ items: [PlannedItem], to entry: Int) async throws(JournalError) {
    try await step { () async throws(JournalError) in try await base.append(items, to: entry) }
  }
  func append(_ changes: [JournaledChange], to entry: Int) async throws(JournalError) {
    try await step { () async throws(JournalError) in try await base.append(changes, to: entry) }
  }
  func settle(_ outcomes: [ChangeOutcome], of entry: Int) async throws(JournalError) {
    try await step { () async throws(JournalError) in try await base.settle(outcomes, of: entry) }
  }
  func changes(of entry: Int) async throws(JournalError) -> [JournaledChange] {
    try await step { () async throws(JournalError) in try await base.changes(of: entry) }
  }
  func seal(_ entry: Int, plan: JSON) async throws(JournalError) {
    try await step { () async throws(JournalError) in try await base.seal(entry, plan: plan) }
  }
  func seal(undo entry: Int, plan: JSON, knowing known: Set<Int>) async throws(JournalError) {
    try await step { () async throws(JournalError) in try await base.seal(undo: entry, plan: plan, knowing: known) }
  }
  func abandon(_ entry: Int) async throws(JournalError) {
    try await step { () async throws(JournalError) in try await base.abandon(entry) }
  }
  func claim(_ entry: Int) async throws(JournalError) {
    try await step { () async throws(JournalError) in try await base.claim(entry) }
  }
  /// The kernel gives up a dead process's locks.
  func release(_ entry: Int) async { await base.release(entry) }
  func change(_ changes: [ItemChange], of entry: Int) async throws(JournalError) {
    try await step { () async throws(JournalError) in try await base.change(changes, of: entry) }
  }
  func close(_ entry: Int, at time: Timestamp) async throws(JournalError) {
    try await step { () async throws(JournalError) in try await base.close(entry, at: time) }
  }
  func entry(_ number: Int) async throws(JournalError) -> JournalEntry {
    try await step { () async throws(JournalError) in try await base.entry(number) }
  }
  func entries() async throws(JournalError) -> [JournalEntry] {
    try await step { () async throws(JournalError) in try await base.entries() }
  }
  func items(
    of entry: Int, in states: Set<ItemState>?, after position: Int, limit: Int
  ) async throws(JournalError) -> [JournalItem] {
    try await step { () async throws(JournalError) in
      try await base.items(of: entry, in: states, after: position, limit: limit)
    }
  }
  func contents(of entry: Int, at positions: [Int]) async throws(JournalError) -> [Int: Data] {
    try await step { () async throws(JournalError) in try await base.contents(of: entry, at: positions) }
  }
  func items(ofTask id: String) async throws(JournalError) -> [(entry: Int, item: JournalItem)] {
    try await step { () async throws(JournalError) in try await base.items(ofTask: id) }
  }
  func restoredElsewhere(_ entry: Int) async throws(JournalError) -> [RestoredElsewhere] {
    try await step { () async throws(JournalError) in try await base.restoredElsewhere(entry) }
  }
}

struct CrashingService: TaskService {
  let base: FakeTaskService
  let crash: Crash

  private func step<Value>(_ body: () async throws(APIError) -> Value) async throws(APIError) -> Value {
    let (acts, answers) = crash.pass()
    let value = acts ? try await body() : nil
    guard answers, let value else { throw lostConnection }
    return value
  }

  func listTasks(in queue: QueueName, view: TaskView, pageToken: String?) async throws(APIError) -> TaskPage {
    try await step { () async throws(APIError) in
      try await base.listTasks(in: queue, view: view, pageToken: pageToken)
    }
  }
  func getTask(_ name: TaskName, view: TaskView) async throws(APIError) -> CloudTask {
    try await step { () async throws(APIError) in try await base.getTask(name, view: view) }
  }
  func deleteTask(_ name: TaskName) async throws(APIError) {
    try await step { () async throws(APIError) in try await base.deleteTask(name) }
  }
  func startBatchDelete(_ names: [TaskName], in queue: QueueName) async throws(APIError) -> BatchOperation {
    try await step { () async throws(APIError) in try await base.startBatchDelete(names, in: queue) }
  }
  func batchOperation(_ name: String) async throws(APIError) -> BatchOperation {
    try await step { () async throws(APIError) in try await base.batchOperation(name) }
  }
  func createTask(_ task: CloudTask) async throws(APIError) {
    try await step { () async throws(APIError) in try await base.createTask(task) }
  }
}
