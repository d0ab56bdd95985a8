// What keystrokes in the filter of the tasks table cost: milliseconds of processor time from key to frame, the median
// and the worst over the characters of each filter. `FilterBenchmark [ROWS]`.

import CloudModel
import Console
import Foundation
import Operations
import Terminal

private let filters = [
  "s", "sync", "sync 503", "zzz", "class:Sync*", "class=SyncWarehouse", "class~^Sync", "dispatches>=5", "status:503",
  "code:UNAVAILABLE", "age>1h", "eta<10m", "failing", "!never", "url~/v2/", "id:9*", "\"sync\" | 429",
  "class:Sync* dispatches>=5 status:503 age>1h", "(class:Sync* | class:Send*) !status:503", "é",
]

@main struct FilterBenchmark {
  static func main() {
    let count = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 100_000 : 100_000
    let now = Date()
    var state = opened(makeRows(count, now), now)
    var all: [Double] = []
    for text in filters {
      var times: [Double] = []
      press(&state, "/")
      for character in text { times.append(milliseconds { press(&state, .character(character)) }) }
      press(&state, "Esc")
      all += times
      let (median, worst) = summary(times)
      print("\(text.padding(toLength: 46, withPad: " ", startingAt: 0)) \(median) ms \(worst) ms")
    }
    let (median, worst) = summary(all)
    print(
      "\("all keystrokes at \(count) rows".padding(toLength: 46, withPad: " ", startingAt: 0)) \(median) ms \(worst) ms"
    )
  }

  /// The tasks table with its rows.
  private static func opened(_ rows: [TaskRow], _ now: Date) -> ConsoleState {
    let badge = ContextBadge(project: "acme", locations: ["us-central1"], endpoint: "127.0.0.1:8123")
    var state = ConsoleState(context: badge, themes: [.plain], now: now, size: Size(columns: 120, rows: 36))
    var generation = Generation(0)
    for effect in update(&state, .tick(now)) {
      if case .loadQueues(let wanted) = effect { generation = wanted }
    }
    _ = update(&state, .queues(generation, .success(Listing(rows: [QueueRow(Queue(name: queue))], calls: 1))))
    for effect in update(&state, .key("Enter")) {
      if case .loadTasks(_, let wanted) = effect { generation = wanted }
    }
    _ = update(&state, .tasks(generation, .page(rows)))
    let end = milliseconds { _ = update(&state, .tasks(generation, .finished(calls: 1))) }
    print("the end of the list: \(String(format: "%.1f", end)) ms")
    return state
  }

  private static func press(_ state: inout ConsoleState, _ key: Key) {
    _ = update(&state, .key(key))
    var frame = Frame(size: state.size)
    render(state, into: &frame)
  }

  private static func milliseconds(_ body: () -> Void) -> Double {
    let start = clock()
    body()
    return Double(clock() - start) / Double(CLOCKS_PER_SEC) * 1000
  }

  private static func summary(_ times: [Double]) -> (String, String) {
    let sorted = times.sorted()
    return (String(format: "%7.1f", sorted[sorted.count / 2]), String(format: "%7.1f", sorted[sorted.count - 1]))
  }

  private static let queue: QueueName = {
    guard let name = try? QueueName("projects/acme/locations/us-central1/queues/orders") else {
      preconditionFailure("this is a queue's name")
    }
    return name
  }()

  private static func makeRows(_ count: Int, _ now: Date) -> [TaskRow] {
    let classes = ["SyncWarehouse", "SendWelcomeEmail", "SyncOrders", "ChargeCard", "ResizeImage", "Reindex", "Notify"]
    var maker = TaskRowMaker()
    return (0..<count).map { index in maker.row(of: task(index, classes[index * 7919 % classes.count], now)) }
  }

  private static func task(_ index: Int, _ taskClass: String, _ now: Date) -> CloudTask {
    guard let name = try? TaskName(queue: queue, id: String(UInt64(index) &* 6_364_136_223_846_793_005 &+ 1)) else {
      preconditionFailure("this is a task's name")
    }
    var task = CloudTask(name: name)
    task.target = .http(HTTPTarget(url: "https://app.example.com/v\(index % 3)/tasks/\(taskClass)"))
    task.dispatchCount = index % 11
    task.responseCount = index % 11
    task.createTime = Timestamp(now.addingTimeInterval(-Double(index % 10_000)))
    task.scheduleTime = Timestamp(now.addingTimeInterval(Double(index % 2000)))
    if task.dispatchCount > 0 {
      var attempt = Attempt()
      (attempt.dispatchTime, attempt.responseTime) = (task.createTime, task.createTime)
      let code = [503, 429, 500, 404][index % 4]
      attempt.responseStatus = RPCStatus(code: 14, message: "UNAVAILABLE(14): HTTP status code \(code)")
      task.lastAttempt = attempt
    }
    return task
  }
}
