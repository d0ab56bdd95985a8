// What a key costs in the console: from the key to the drawn frame, without a terminal, at many rows. What the console
// has done aside is done aside here too, on another thread, while keys go on. Prints one JSON object a number of rows;
// Tests/Benchmarks/run puts the budgets beside it, in a release build.

import CloudModel
import Console
import Foundation
import Terminal

let noon = Date(timeIntervalSince1970: 1_795_262_400)

@main
enum ConsoleBenchmark {
  static func main() {
    let counts = CommandLine.arguments.dropFirst().compactMap { Int($0) }
    for count in counts.isEmpty ? [100_000, 1_000_000] : counts { measure(count) }
  }

  private static func measure(_ count: Int) {
    var bench = Bench()
    let before = Memory.now
    bench.load(count)
    let held = Memory.now
    var results: [String] = []
    for part in parts { results.append(json(part.name, bench.run(part.keys))) }
    bench.beginRefresh(count)
    let twice = Memory.now
    results.append(json("keys during a refresh", bench.finishRefresh()))
    func bytes(_ later: Memory, _ kind: KeyPath<Memory, Int>) -> Int {
      (later[keyPath: kind] - before[keyPath: kind]) / count
    }
    print(
      "{\"rows\": \(count), \"bytes\": {\"allocated\": \(bytes(held, \.allocated)), \"resident\": "
        + "\(bytes(held, \.resident)), \"during a refresh\": \(bytes(twice, \.allocated))}, \"parts\": {"
        + results.joined(separator: ", ") + "}}")
  }

  private static let parts: [(name: String, keys: [Key])] = [
    ("cursor", Array(repeating: .character("j"), count: 300)),
    ("page", Array(repeating: .pageDown, count: 150) + Array(repeating: .pageUp, count: 150)),
    ("first and last", (0..<100).map { .character($0 % 2 == 0 ? "G" : "g") }),
    ("sort", Array(repeating: .character(">"), count: 14) + Array(repeating: .character("="), count: 4)),
    ("mark all", (0..<10).flatMap { _ in [.character("*"), .control("\\")] }),
    ("first letter", (0..<10).flatMap { _ in [.character("/"), .character("s"), .escape] }),
    ("more letters", typed("/sendwelcome 503") + [.escape]),
    ("letters of an ID", typed("/123456789") + [.escape]),
    ("expression", typed("/class:Sync* dispatches>=5 age>1h") + [.escape]),
    ("discard sheet", [.character("D")] + typed("5432") + [.escape]),
  ]

  private static func typed(_ text: String) -> [Key] { text.map { .character($0) } }

  private static func json(_ name: String, _ times: Times) -> String {
    let all = times.keys.sorted()
    func at(_ share: Double) -> String { ms(all[min(all.count - 1, Int(Double(all.count) * share))]) }
    return
      "\"\(name)\": {\"keys\": \(all.count), \"p50\": \(at(0.5)), \"p99\": \(at(0.99)), \"most\": \(ms(all.last ?? 0)), "
      + "\"answers\": \(ms(times.answers.max() ?? 0)), \"step\": \(ms(times.steps.max() ?? 0))}"
  }

  private static func ms(_ seconds: Double) -> String { String(format: "%.2f", seconds * 1000) }
}
