// What the operations need from the world. The consumer owns the port: CloudAPI
// and Store fit these shapes, and one file of the executable joins them.

import CloudModel
import Foundation
import JournalModel

/// How much of a task a call returns (google.cloud.tasks.v2 `Task.View`).
package enum TaskView: String, Sendable {
  /// Everything but the body.
  case basic = "BASIC"
  /// With the body; needs the permission `cloudtasks.tasks.fullView`.
  case full = "FULL"
}

/// One page of a listing. Its tasks are read when they are asked for, so that the next page can be on its way meanwhile.
package struct TaskPage: Sendable {
  /// Nil on the last page.
  package let nextPageToken: String?
  private let read: @Sendable () throws(APIError) -> [CloudTask]

  package init(nextPageToken: String?, read: @escaping @Sendable () throws(APIError) -> [CloudTask]) {
    (self.nextPageToken, self.read) = (nextPageToken, read)
  }

  package init(tasks: [CloudTask], nextPageToken: String?) {
    self.init(nextPageToken: nextPageToken) { () throws(APIError) in tasks }
  }

  package func tasks() throws(APIError) -> [CloudTask] { try read() }
}

/// The calls of Cloud Tasks that change or read tasks. Every error says in `mayHaveBeenDone` whether the service may
/// have acted although it did not say so, in any sending of the call and not only the last.
package protocol TaskService: Sendable {
  /// Why every change will be refused; nil when changes are possible. Asked before anything is journaled.
  var refusalOfChanges: APIError? { get }
  /// One page of the queue's tasks, as large as the service allows.
  func listTasks(in queue: QueueName, view: TaskView, pageToken: String?) async throws(APIError) -> TaskPage
  func getTask(_ name: TaskName, view: TaskView) async throws(APIError) -> CloudTask
  func deleteTask(_ name: TaskName) async throws(APIError)
  /// Starts the deletion of at most 1,000 tasks. Endpoints that do not know the method answer NOT_FOUND, UNIMPLEMENTED
  /// or HTTP 405.
  func startBatchDelete(_ names: [TaskName], in queue: QueueName) async throws(APIError) -> BatchOperation
  func batchOperation(_ name: String) async throws(APIError) -> BatchOperation
  /// Creates the task under the name it carries.
  func createTask(_ task: CloudTask) async throws(APIError)
}

extension TaskService {
  package var refusalOfChanges: APIError? { nil }
}

/// The record of every change. Whatever a method has written when it returns survives a loss of power, `append` excepted,
/// which `seal` makes lasting.
package protocol Journal: ChangeJournal {
  /// Opens an entry that nobody sees until it is sealed; the caller owns it.
  func open(_ header: JournalHeader) async throws(JournalError) -> Int
  /// Adds items at the end of the plan; positions count from 0.
  func append(_ items: [PlannedItem], to entry: Int) async throws(JournalError)
  /// Completes the plan.
  func seal(_ entry: Int, plan: JSON) async throws(JournalError)
  /// Completes the plan of an undo. Throws `.outrun` and seals nothing when an undo of another entry that is none of
  /// `known` has come to hold tasks of the same names meanwhile.
  func seal(undo entry: Int, plan: JSON, knowing known: Set<Int>) async throws(JournalError)
  /// Removes an entry that was never sealed and gives it up.
  func abandon(_ entry: Int) async throws(JournalError)

  /// Takes an entry for one run; throws `.owned` while another run, here or in another process, has it.
  func claim(_ entry: Int) async throws(JournalError)
  func release(_ entry: Int) async
  /// Writes all of the changes or none. In an undo, an item that becomes restored is marked so in its origin as well.
  func change(_ changes: [ItemChange], of entry: Int) async throws(JournalError)
  /// Says that every item has its outcome.
  func close(_ entry: Int, at time: Timestamp) async throws(JournalError)

  /// A sealed entry; throws `.missing` for others.
  func entry(_ number: Int) async throws(JournalError) -> JournalEntry
  /// Sealed entries, the newest first.
  func entries() async throws(JournalError) -> [JournalEntry]
  /// Items after a position, in the order of the plan; `states` are the recorded ones, all of them when nil.
  func items(
    of entry: Int, in states: Set<ItemState>?, after position: Int, limit: Int
  ) async throws(JournalError) -> [JournalItem]
  /// What is kept of the items at these positions; positions without content are left out.
  func contents(of entry: Int, at positions: [Int]) async throws(JournalError) -> [Int: Data]
  /// The items of this task in sealed entries that keep content, the newest entry first.
  func items(ofTask id: String) async throws(JournalError) -> [(entry: Int, item: JournalItem)]
  /// Items of the entry whose tasks, by name, undos of other discards have put back, or have yet to.
  func restoredElsewhere(_ entry: Int) async throws(JournalError) -> [RestoredElsewhere]
}

extension Journal {
  /// Calls `body` with every item of the entry, some hundreds at a time.
  func forEachPage(
    of entry: Int, in states: Set<ItemState>? = nil, _ body: ([JournalItem]) async throws(JournalError) -> Void
  ) async throws(JournalError) {
    var position = -1
    while true {
      let page = try await items(of: entry, in: states, after: position, limit: 1000)
      guard let last = page.last else { return }
      try await body(page)
      position = last.position
    }
  }
}

/// Time and chance, as arguments.
package struct Surroundings: Sendable {
  /// Time of day.
  package var now: @Sendable () -> Timestamp
  /// Time since some fixed moment; never goes back.
  package var uptime: @Sendable () -> Duration
  /// Throws when the calling task is cancelled.
  package var sleep: @Sendable (Duration) async throws -> Void
  package var random: @Sendable () -> UInt64

  package init(
    now: @escaping @Sendable () -> Timestamp, uptime: @escaping @Sendable () -> Duration,
    sleep: @escaping @Sendable (Duration) async throws -> Void, random: @escaping @Sendable () -> UInt64
  ) {
    (self.now, self.uptime, self.sleep, self.random) = (now, uptime, sleep, random)
  }

  /// The machine's own.
  package static var system: Surroundings {
    let clock = ContinuousClock()
    let start = clock.now
    return Surroundings(
      now: { Timestamp(Date()) }, uptime: { clock.now - start }, sleep: { try await clock.sleep(for: $0) },
      random: { UInt64.random(in: 0 ... .max) })
  }

  /// From 0 up to, but not including, 1.
  var fraction: Double { Double(random() >> 11) * 0x1p-53 }
}
