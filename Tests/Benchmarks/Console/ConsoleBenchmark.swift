// What a key costs in the console: from the key to the drawn frame, without a terminal, at many rows. Prints one JSON
// object. Run by Tests/Benchmarks/run, in a release build.

import CloudModel
import Console
import Foundation
import Terminal

private let noon = Date(timeIntervalSince1970: 1_795_262_400)

@main
enum ConsoleBenchmark {
  static func main() {
    let counts = CommandLine.arguments.dropFirst().compactMap { Int($0) }
    for count in counts.isEmpty ? [100_000, 1_000_000] : counts { measure(count) }
  }

  private static func measure(_ count: Int) {
    let before = resident()
    var bench = Bench()
    let rows = made(count)
    let held = resident() - before
    let load = bench.load(rows)
    let keys = [
      ("move", Array(repeating: Key.character("j"), count: 200)),
      ("page", Array(repeating: Key.pageDown, count: 100)),
      ("end", [.character("G"), .character("g"), .character("G"), .character("g")]),
      ("sort", Array(repeating: Key.character(">"), count: 7)),
      ("filter, first letter", [.character("/"), .character("s")]),
      ("filter, more letters", Array("endwelcome").map { Key.character($0) }),
      ("filter taken off", [.escape]),
    ]
    var report = "\"rows\": \(count), \"bytesPerRow\": \(held / max(1, count)), \"listFinished\": \(text(load))"
    for (name, keys) in keys {
      let times = keys.map { bench.press($0) }.sorted()
      let (half, most) = (times[times.count / 2], times[min(times.count - 1, times.count * 99 / 100)])
      report += ", \"\(name)\": {\"p50\": \(text(half)), \"p99\": \(text(most))}"
    }
    print("{\(report)}")
  }

  /// In milliseconds.
  private static func text(_ seconds: Double) -> String { String(format: "%.2f", seconds * 1000) }

  private static func made(_ count: Int) -> [TaskRow] {
    let classes = ["SendWelcome", "SyncOrder", "SyncWarehouse", "GenerateReport", "ResizeImage"]
    var maker = TaskRowMaker()
    var rows: [TaskRow] = []
    rows.reserveCapacity(count)
    for place in 0..<count {
      guard let name = taskName(String(9_000_000_000 + place * 7919 % 1_000_000_007)) else { continue }
      var task = CloudTask(name: name)
      task.target = .http(HTTPTarget(url: "https://app.example.com/tasks/\(classes[place % classes.count])"))
      task.createTime = Timestamp(noon.addingTimeInterval(-Double(place * 31 % 86_400)))
      task.scheduleTime = Timestamp(noon.addingTimeInterval(Double(place * 17 % 3600)))
      task.dispatchCount = place % 9
      rows.append(maker.row(of: task))
    }
    return rows
  }

  private static func taskName(_ id: String) -> TaskName? {
    do {
      let place = try LocationName(project: "local", location: "us-central1")
      return try TaskName(queue: QueueName(parent: place, id: "orders"), id: id)
    } catch {
      return nil
    }
  }

  /// Resident memory in bytes (proc(5), statm).
  private static func resident() -> Int {
    guard
      let text = FileManager.default.contents(atPath: "/proc/self/statm").map({ String(decoding: $0, as: UTF8.self) })
    else { return 0 }
    return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * Int(getpagesize())
  }
}

/// A console with one open queue.
private struct Bench {
  private var state: ConsoleState
  private var effects: [Effect] = []

  init() {
    state = ConsoleState(
      context: ContextBadge(project: "local", locations: ["us-central1"], endpoint: "127.0.0.1"), themes: [.plain],
      refresh: RefreshPolicy(callsPerMinute: nil), now: noon, size: Size(columns: 120, rows: 36))
    send(.tick(noon))
  }

  private mutating func send(_ message: Message) { effects = update(&state, message) }

  private func drawn() -> Frame {
    var frame = Frame(size: state.size)
    render(state, into: &frame)
    return frame
  }

  /// Opens the queue with these rows, page by page as they come; returns what the last answer took.
  mutating func load(_ rows: [TaskRow]) -> Double {
    send(.key(.character(":")))
    for character in "tasks orders" { send(.key(.character(character))) }
    send(.key(.enter))
    for case .loadTasks(_, let generation) in effects {
      var counter = QueueSurvey.Counter(at: noon)
      counter.add(rows)
      for start in stride(from: 0, to: rows.count, by: 1000) {
        send(.tasks(generation, .page(Array(rows[start..<min(rows.count, start + 1000)]))))
      }
      let survey = counter.survey(isComplete: true)
      return timed { $0.send(.tasks(generation, .finished(calls: rows.count / 1000, survey: survey))) }
    }
    return 0
  }

  mutating func press(_ key: Key) -> Double { timed { $0.send(.key(key)) } }

  private mutating func timed(_ body: (inout Bench) -> Void) -> Double {
    let start = ContinuousClock.now
    body(&self)
    withExtendedLifetime(drawn()) {}
    let took = ContinuousClock.now - start
    return Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18
  }
}
