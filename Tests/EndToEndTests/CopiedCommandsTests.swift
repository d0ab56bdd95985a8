// What `c` copies is run: by a shell, against the emulator, with names and payloads that a shell would misunderstand.

import CloudModel
import Console
import Emulator
import Foundation
import Testing

@Suite(.serialized) struct CopiedCommandsTests {
  private static let place = "projects/proj-1/locations/us-central1"

  /// An emulator, and a folder in which `taskdeck` is a command.
  private struct Bench {
    let emulator: EmulatorServer
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "taskdeck it's $HOME \(UUID().uuidString)")
    var name: String?

    init() async throws {
      var configuration = EmulatorConfiguration()
      configuration.queues = try ["orders", "-rf"].map { try QueueName("\(CopiedCommandsTests.place)/queues/\($0)") }
      emulator = try await EmulatorServer.start(configuration)
      let programs = folder.appendingPathComponent("bin")
      try FileManager.default.createDirectory(at: programs, withIntermediateDirectories: true)
      let link = programs.appendingPathComponent("taskdeck")
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: URL(fileURLWithPath: Binary.path))
      for queue in ["orders", "-rf"] {
        try await taskdeck(["queues", "pause", "--yes", "\(CopiedCommandsTests.place)/queues/\(queue)"])
      }
    }

    func end() async throws {
      try FileManager.default.removeItem(at: folder)
      await emulator.stop()
    }

    var commands: EquivalentCommands {
      let host = emulator.url.replacing("http://", with: "")
      return EquivalentCommands(
        context: ContextBadge(
          project: "proj-1", locations: ["us-central1"], endpoint: host, name: name, isEmulator: true))
    }

    var environment: [String: String] {
      Binary.environment(["XDG_STATE_HOME": folder.path, "XDG_CONFIG_HOME": folder.path, "HOME": folder.path]).merging([
        "PATH": folder.path + "/bin:" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
      ]) { $1 }
    }

    @discardableResult
    func taskdeck(_ arguments: [String]) async throws -> String {
      let words = arguments + ["--project=proj-1", "--location=us-central1", "--endpoint=\(emulator.url)"]
      let result = try await Binary.run(Binary.path, words, environment)
      #expect(result.status == 0, "\(arguments): \(result.errors)")
      return result.output
    }

    /// As a person pastes it.
    func sh(_ line: String) async throws -> String {
      let result = try await Binary.run("/bin/sh", ["-c", line], environment)
      #expect(result.status == 0, "\(line)\n\(result.output)\n\(result.errors)")
      return result.output
    }

    /// A task whose body is exactly these bytes.
    func task(_ id: String, in queue: String = "orders", body: Data, headers: [String] = []) async throws -> CloudTask {
      let file = folder.appendingPathComponent("payload")
      try body.write(to: file)
      let full = "\(CopiedCommandsTests.place)/queues/\(queue)"
      let made = try await taskdeck(
        [
          "tasks", "push", full, "--url=https://a.example/Sync?x=1&y='2'", "--name=\(id)", "--payload=@\(file.path)",
          "-o", "json",
        ]
          + headers.map { "--header=\($0)" })
      let name = try #require(try JSON(parsing: made)["name"]?.string)
      return try await whole(name)
    }

    /// Whole, as the emulator has it.
    func whole(_ name: String) async throws -> CloudTask {
      let text = try await sh("curl -sS '\(emulator.url)/v2/\(name)?responseView=FULL'")
      return try JSONReader.read(Data(text.utf8)) { reader throws(JSONError) in try CloudTask(&reader) }
    }
  }

  private func copy(_ title: String, _ copies: [Copy]) throws -> String {
    try #require(copies.first { $0.title == title }, "no copy is called \(title)").text
  }

  /// The words that a shell makes of a line, by Python's reading of POSIX.
  private func words(_ line: String) async throws -> [String] {
    let script = "import json, shlex, sys; print(json.dumps(shlex.split(sys.argv[1])))"
    let result = try await Binary.run(
      "/usr/bin/env", ["python3", "-c", script, line], ProcessInfo.processInfo.environment)
    return try JSON(parsing: result.output).array?.compactMap(\.string) ?? []
  }

  private static let payloads: [Data] = [
    Data(#"{"a":"it's $HOME `id` \"x\" \\ ü漢 ! %s","b":[1.50,null]}"#.utf8), Data("-leading dash $(touch owned)".utf8),
    Data("several\nlines 'quoted' \"too\"\n\n".utf8), Data("!bang *glob* ~ #no & | ; < >".utf8), Data("@file".utf8),
    Data([0, 255, 39, 10, 36, 0xC3]), Data("e\u{301}\u{202E}\u{1B}[2J".utf8),
  ]

  @Test(arguments: payloads) func `a pushed task is the same task again`(_ body: Data) async throws {
    let bench = try await Bench()
    let task = try await bench.task(
      "_one", body: body, headers: ["X-Note: it's $5, \"ok\"; ü", "Authorization: Bearer s3cr3t"])
    let copies = bench.commands.push(task)
    for title in ["push (taskdeck)", "push (curl)"] {
      let line = try copy(title, copies)
      #expect(!line.contains("s3cr3t"))
      let printed = try await bench.sh(line + (title.contains("taskdeck") ? " -o json" : ""))
      let name = try #require(try JSON(parsing: printed)["name"]?.string)
      let again = try await bench.whole(name)
      guard case .http(let first) = task.target, case .http(let second) = again.target else {
        Issue.record("no HTTP task")
        continue
      }
      #expect(second.body == body && first.url == second.url && first.method == second.method)
      #expect(second.headers.first { $0.name == "X-Note" }?.value == "it's $5, \"ok\"; ü")
    }
    #expect(!FileManager.default.fileExists(atPath: bench.folder.appendingPathComponent("owned").path))
    try await bench.end()
  }

  @Test func `gcloud's words say the same`() async throws {
    let bench = try await Bench()
    let body = Data(#"{"a":"it's $HOME"}"#.utf8)
    let task = try await bench.task("-dash", in: "-rf", body: body, headers: ["X-Note: it's $5"])
    let found = try await words(try copy("push (gcloud)", bench.commands.push(task)))
    #expect(found.contains("CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDTASKS=\(bench.emulator.url)/"))
    #expect(found.drop { $0.hasPrefix("CLOUDSDK") }.prefix(3) == ["gcloud", "tasks", "create-http-task"])
    for word in [
      "--queue=-rf", "--url=https://a.example/Sync?x=1&y='2'", "--header=X-Note: it's $5",
      #"--body-content={"a":"it's $HOME"}"#, "--project=proj-1", "--location=us-central1",
    ] { #expect(found.contains(word), "\(word) in \(found)") }
    // gcloud takes a header's commas for its own, and a body only as an argument: then there is no such copy.
    let comma = try await bench.task("comma", body: body, headers: ["X-List: a, b"])
    #expect(!bench.commands.push(comma).contains { $0.title == "push (gcloud)" })
    let bytes = try await bench.task("bytes", body: Data([0, 255]))
    #expect(!bench.commands.push(bytes).contains { $0.title == "push (gcloud)" })
    try await bench.end()
  }

  @Test func `what shows a queue, a task, a job, a topic and a subscription shows that one`() async throws {
    var bench = try await Bench()
    _ = try await bench.task("-rf_1", in: "-rf", body: Data("{}".utf8))
    try await bench.taskdeck([
      "jobs", "create", "\(Self.place)/jobs/-j_1", "--schedule=@hourly", "--uri=https://a.example/x",
    ])
    let (topic, subscription) = ("projects/proj-1/topics/a~t+%25._-", "projects/proj-1/subscriptions/s~u+%25._-")
    _ = try await bench.sh("curl -sS -X PUT '\(bench.emulator.url)/v1/projects/proj-1/topics/a~t+%2525._-' -d '{}'")
    _ = try await bench.sh(
      "curl -sS -X PUT '\(bench.emulator.url)/v1/projects/proj-1/subscriptions/s~u+%2525._-' -d '{\"topic\":\"\(topic)\"}'"
    )
    let queue = try QueueName("\(Self.place)/queues/-rf")
    let shown: [(String, [Copy])] = [
      (queue.description, bench.commands.queue(queue)),
      ("\(queue)/tasks/-rf_1", bench.commands.task(try TaskName("\(queue)/tasks/-rf_1"))),
      ("\(Self.place)/jobs/-j_1", bench.commands.job(try JobName("\(Self.place)/jobs/-j_1"))),
      (topic, bench.commands.topic(try TopicName(topic))),
      (subscription, bench.commands.subscription(try SubscriptionName(subscription))),
    ]
    for (name, copies) in shown {
      let byCurl = try await bench.sh(try copy("curl", copies))
      #expect(try JSON(parsing: byCurl)["name"]?.string == name)
      let byTaskdeck = try await bench.sh(try copy("taskdeck", copies) + " -o json")
      #expect(try JSON(parsing: byTaskdeck)["name"]?.string == name)
      #expect(try await words(try copy("gcloud", copies)).contains("gcloud"))
    }
    // A context's name is whatever a person wrote.
    let wild = #"it's "prod" $HOME ü"#
    let yaml =
      "contexts:\n  '\(wild.replacing("'", with: "''"))': {emulator: \"\(bench.emulator.url)\", project: proj-1}\n"
    let config = bench.folder.appendingPathComponent("taskdeck.yaml")
    try Data(yaml.utf8).write(to: config)
    bench.name = wild
    let line = try copy("taskdeck", bench.commands.queue(queue))
    let folder = bench.folder.path.replacing("'", with: "'\\''")
    let byName = try await bench.sh("cd '\(folder)' && \(line) -o json")
    #expect(try JSON(parsing: byName)["name"]?.string == queue.description)
    try await bench.end()
  }

  @Test func `gcloud itself shows the queue and the task`() async throws {
    let isThere =
      try await Binary.run(
        "/bin/sh", ["-c", "command -v gcloud"], ProcessInfo.processInfo.environment
      ).status == 0
    guard isThere else { return }
    let bench = try await Bench()
    let task = try await bench.task("one", body: Data("{}".utf8))
    let settings = "CLOUDSDK_CORE_CHECK_GCE_METADATA=false CLOUDSDK_CORE_DISABLE_PROMPTS=true"
    for (name, copies) in [
      (task.name.description, bench.commands.task(task.name)),
      (task.name.queue.description, bench.commands.queue(task.name.queue)),
    ] {
      let printed = try await bench.sh("\(settings) \(try copy("gcloud", copies)) --format=json")
      #expect(try JSON(parsing: printed)["name"]?.string == name)
    }
    let pushed = try await bench.sh("\(settings) \(try copy("push (gcloud)", bench.commands.push(task))) --format=json")
    #expect(try JSON(parsing: pushed)["name"]?.string?.hasPrefix(task.name.queue.description) == true)
    try await bench.end()
  }

  @Test func `each service is asked where it is, with a token where one is wanted`() async throws {
    var services = ContextBadge.Services()
    services.scheduler = .init("http://10.0.0.5:9000", isAnonymous: true)
    services.pubsub = .init("https://pubsub.example.com/base/", isAnonymous: false)
    let commands = EquivalentCommands(
      context: ContextBadge(project: "proj-1", locations: ["us-central1"], endpoint: "x", services: services))
    let job = commands.job(try JobName("\(Self.place)/jobs/j"))
    #expect(try await words(try copy("curl", job)) == ["curl", "-sS", "http://10.0.0.5:9000/v1/\(Self.place)/jobs/j"])
    #expect(try copy("taskdeck", job).hasSuffix("--endpoint=http://10.0.0.5:9000"))
    let topic = commands.topic(try TopicName("projects/proj-1/topics/abc"))
    #expect(try copy("curl", topic).contains("print-access-token"))
    #expect(
      try await words(try copy("curl", topic)).last == "https://pubsub.example.com/base/v1/projects/proj-1/topics/abc")
    #expect(
      try copy("gcloud", topic).hasPrefix(
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB=https://pubsub.example.com/base/ gcloud pubsub topics describe abc"))
    #expect(!(try copy("taskdeck", topic).contains("--endpoint")))
  }

  @Test func `towards Google the token is asked for when the command runs, and never written`() async throws {
    let badge = ContextBadge(project: "proj-1", locations: ["us-central1"], endpoint: "cloudtasks.googleapis.com")
    let commands = EquivalentCommands(context: badge)
    let line = try copy("curl", commands.queue(try QueueName("\(Self.place)/queues/orders")))
    #expect(line.contains("-H \"Authorization: Bearer $(gcloud auth print-access-token)\""))
    #expect(try await words(line).contains("https://cloudtasks.googleapis.com/v2/\(Self.place)/queues/orders"))
  }
}
