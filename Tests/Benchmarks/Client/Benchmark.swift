// The client side of the benchmarks: what has no command of its own. Prints one JSON object.

import CloudAPI
import CloudModel
import CloudREST
import Foundation
import Transport

/// How a run is called: `Benchmark create|delete|get|decode URL QUEUE [COUNT] [CONCURRENCY]`.
struct Arguments {
  let mode: String
  let url: String
  let queue: QueueName
  let count: Int
  let concurrency: Int

  init(_ words: [String]) throws {
    mode = words[1]
    url = words[2]
    queue = try QueueName("projects/local/locations/us-central1/queues/\(words[3])")
    count = words.count > 4 ? Int(words[4]) ?? 0 : 0
    concurrency = words.count > 5 ? Int(words[5]) ?? 64 : 64
  }
}

@main struct Benchmark {
  static func main() async throws {
    let arguments = try Arguments(CommandLine.arguments)
    let client = TasksClient(
      RESTClient(
        endpoint: try Endpoint(arguments.url), credentials: AnonymousCredentials(), sender: HTTPClient(),
        identity: RESTClient.Identity(version: "0")))
    switch arguments.mode {
    case "create": try await create(client, arguments)
    case "delete": try await delete(client, arguments)
    case "get": try await get(client, arguments)
    default: try await decode(client, arguments)
    }
  }

  private static func create(_ client: TasksClient, _ arguments: Arguments) async throws {
    let queue = try await client.update(Queue(name: arguments.queue), mask: ["rateLimits.maxDispatchesPerSecond"])
    _ = try await client.pause(queue.name)
    var target = HTTPTarget(url: "http://127.0.0.1:9/api/tasks/SendWelcomeEmail")
    target.headers = [Header("X-CloudTasks-Projectname", "local"), Header("traceparent", traceParent)]
    target.encodedBody = Data(#"{"user_id": 123}"#.utf8).base64EncodedString()
    target.authorization = .oidc(serviceAccountEmail: "worker@local.iam.gserviceaccount.com", audience: target.url)
    let later = Timestamp(Date(timeIntervalSinceNow: 20 * 86400))
    let task = NewTask(queue: queue.name, target: .http(target), scheduleTime: later)
    let seconds = try await repeated(arguments.count, arguments.concurrency) { _ in
      _ = try await client.create(task, view: .basic)
    }
    report(["count": .integer(arguments.count), "seconds": .double(seconds)])
  }

  private static func delete(_ client: TasksClient, _ arguments: Arguments) async throws {
    let names = try await client.taskPages(in: arguments.queue).all().map(\.name)
    let seconds = try await repeated(names.count, arguments.concurrency) { try await client.delete(names[$0]) }
    report(["count": .integer(names.count), "seconds": .double(seconds)])
  }

  /// Many requests; what the process holds is taken after the first hundredth, when pools are full, and at the end.
  private static func get(_ client: TasksClient, _ arguments: Arguments) async throws {
    func some(_ count: Int) async throws -> Double {
      try await repeated(count, arguments.concurrency) { _ in _ = try await client.queue(arguments.queue) }
    }
    _ = try await some(arguments.count / 100)
    let before = try holdings()
    let seconds = try await some(arguments.count)
    report([
      "count": .integer(arguments.count), "seconds": .double(seconds), "before": before, "after": try holdings(),
    ])
  }

  /// One page of a thousand, decoded many times.
  private static func decode(_ client: TasksClient, _ arguments: Arguments) async throws {
    let url = "\(arguments.url)/v2/\(arguments.queue)/tasks?pageSize=1000"
    let page = try await HTTPClient().send(HTTPRequest(url: url)).body
    var tasks = 0
    // Processor time: what the rest of the machine does is no matter here.
    let start = clock()
    for _ in 0..<100 {
      try JSONReader.read(page) { reader throws(JSONError) in
        try reader.fields { key, reader throws(JSONError) in
          guard key == "tasks" else { return try reader.skip() }
          try reader.elements { reader throws(JSONError) in tasks += try CloudTask(&reader).dispatchCount + 1 }
        }
      }
    }
    let seconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)
    report([
      "bytes": .integer(page.count), "tasks": .integer(tasks / 100), "milliseconds": .double(seconds * 10),
    ])
  }

  /// Seconds that `count` calls take, so many at a time.
  private static func repeated(
    _ count: Int, _ concurrency: Int, _ body: @escaping @Sendable (Int) async throws -> Void
  ) async throws -> Double {
    let start = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for first in 0..<concurrency {
        group.addTask { for number in stride(from: first, to: count, by: concurrency) { try await body(number) } }
      }
      try await group.waitForAll()
    }
    return (ContinuousClock.now - start).inSeconds
  }

  /// Memory, threads and open files of this process.
  private static func holdings() throws -> JSON {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    func value(_ name: String) -> Int {
      let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") } ?? ""
      return Int(line.filter(\.isNumber)) ?? 0
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    return ["rssKB": .integer(value("VmRSS")), "threads": .integer(value("Threads")), "files": .integer(files)]
  }

  private static func report(_ object: JSON) { print(object.compact) }
}

private let traceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
