import ArgumentParser
import CloudModel
import Emulator
import Foundation
import Store
import Synchronization

struct EmulatorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "emulator",
    abstract: "Run an emulator of Cloud Tasks, Cloud Scheduler and Pub/Sub on this machine.",
    discussion: """
      Speaks Google's REST on loopback, without credentials. Prints `listening on http://HOST:PORT` once it is ready; \
      SIGTERM or Ctrl-C ends it. Tasks are really sent to their targets.

      PYTHON  tasks_v2.CloudTasksClient(transport="rest", credentials=AnonymousCredentials(),
              client_options={"api_endpoint": "http://127.0.0.1:8123"}); scheduler_v1 and pubsub_v1 alike
      NODE    fetch(), or firebase-admin with CLOUD_TASKS_EMULATOR_HOST=127.0.0.1:8123
      GCLOUD  CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDTASKS, _CLOUDSCHEDULER and _PUBSUB=http://127.0.0.1:8123/
              CLOUDSDK_AUTH_DISABLE_CREDENTIALS=true

      With --data everything is kept in one file (SQLite), which one emulator at a time has. What was answered is there \
      after any end of the process, kill -9 included, and a finished task is never sent again; an attempt that was cut off \
      is made again. Only when the machine itself loses power may the last moments be missing.

      OIDC and OAuth tokens are signed with a key of its own; verify them with /.well-known/openid-configuration (the \
      issuer is the URL). For tests: POST /_emulator/reset, GET /_emulator/state, and POST /_emulator/clock with \
      {"advance":"3600s"}.
      """)

  @OptionGroup var options: GlobalOptions
  @Option(help: "Loopback address to listen on.") var host = "127.0.0.1"
  @Option(help: "Port; 0 picks a free one.") var port = 8123
  @Option(
    help: ArgumentHelp(
      "Keep everything in this file (0600). Without it, all is in memory and gone at the end.", valueName: "file"))
  var data: String?
  @Option(help: ArgumentHelp("A queue that exists from the start; may be given several times.", valueName: "name"))
  var queue: [String] = []
  @Option(
    help: ArgumentHelp(
      "Where App Engine targets are sent; SERVICE=HOST:PORT is for one service only. May be given several times.",
      valueName: "host:port"))
  var appEngineHost: [String] = []

  @Flag(
    name: .customLong("require-https"),
    help: "Refuse tasks that carry a token to an http:// address, as the service does.")
  var requireHTTPS = false

  func validate() throws {
    if !(0...65535).contains(port) { throw ValidationError("--port must be 0 to 65535, not \(port).") }
  }

  func run() async throws {
    var configuration = EmulatorConfiguration()
    (configuration.host, configuration.port, configuration.data) = (host, port, data)
    configuration.requiresHTTPS = requireHTTPS
    for entry in appEngineHost {
      let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
      if parts.count == 2 {
        configuration.appEngineServices[parts[0]] = parts[1]
      } else {
        configuration.appEngineHost = entry
      }
    }
    configuration.queues = try queues()
    let ending = Endings()
    let server = try await Self.start(configuration)
    Output.write("listening on \(server.url)\n")
    let failure = await Self.end(of: server, ending)
    await server.stop()
    if let failure { throw Exit(failure) }
  }

  static func start(_ configuration: EmulatorConfiguration) async throws -> EmulatorServer {
    do { return try await EmulatorServer.start(configuration) } catch let error as EmulatorError {
      throw Exit(error)
    } catch let error as EmulatorDataError {
      throw Exit(error)
    }
  }

  /// Returns when somebody ends the emulator, or with what makes it end by itself.
  private static func end(of server: EmulatorServer, _ ending: Endings) async -> EmulatorDataError? {
    await withTaskGroup(of: EmulatorDataError?.self) { group in
      group.addTask { await server.failure() }
      group.addTask {
        await ending.first()
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
  }

  /// Short IDs are of the project and location that a loopback endpoint has by default.
  private func queues() throws(Exit) -> [QueueName] {
    var names: [QueueName] = []
    do throws(NameError) {
      let parent = try LocationName(
        project: options.project ?? "local", location: options.location.first ?? "us-central1")
      for text in queue {
        names.append(text.contains("/") ? try QueueName(text) : try QueueName(parent: parent, id: text))
      }
    } catch {
      throw Exit(error)
    }
    return names
  }
}

/// SIGTERM, SIGINT and SIGHUP as something to wait for. Where nobody waits, at a question for instance, they end the
/// process.
///
/// There is one set of signal sources for the whole process: a set that is made while an earlier one goes away hears
/// nothing.
final class Endings: Sendable {
  private static let shared = SignalSources()

  /// Signals since this was made, so that none is lost before somebody waits.
  private let signals: AsyncStream<Void>

  init() {
    Self.shared.begin()
    signals = Self.shared.signals()
  }

  /// Returns when the next signal has come, or the calling task is cancelled.
  func first() async {
    for await _ in signals { return }
  }
}

private final class SignalSources: Sendable {
  private struct State {
    // Only held, so that they live as long as the process.
    var sources: [any DispatchSourceSignal] = []
    var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
    var next = 0
  }

  private let state = Mutex(State())

  func begin() {
    state.withLock { state in
      guard state.sources.isEmpty else { return }
      state.sources = [SIGTERM, SIGINT, SIGHUP].map { number in
        // The source hears the signal only when its default action is switched off.
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { @Sendable [self] in tell() }
        source.resume()
        return source
      }
    }
  }

  /// The signals from now on.
  func signals() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    let number = state.withLock { state in
      state.next += 1
      state.listeners[state.next] = continuation
      return state.next
    }
    continuation.onTermination = { [self] _ in state.withLock { $0.listeners[number] = nil } }
    return stream
  }

  private func tell() {
    let listeners = state.withLock { Array($0.listeners.values) }
    if listeners.isEmpty { exit(130) }
    for listener in listeners { listener.yield() }
  }
}

extension Exit {
  init(_ error: EmulatorError) {
    switch error {
    case .cannotListen:
      self = .refused(
        "The emulator cannot listen there", reason: "\(error).",
        remedy: "Choose another --port; 0 picks a free one.")
    case .notLoopback:
      self = .usage(
        "The emulator stays on this machine", reason: "\(error).",
        remedy: "It asks nobody for credentials, so it listens on 127.0.0.1 or ::1 only.")
    case .repeatedQueue:
      self = .usage("A queue is named twice", reason: "\(error).", remedy: "Name each queue once.")
    }
  }
}

extension Exit {
  init(_ error: EmulatorDataError) {
    let (title, remedy) =
      switch error.kind {
      case .foreign: ("That is not a data file of the emulator", "Give another --data; the file was left as it is.")
      case .corrupt:
        ("The data file of the emulator is damaged", "Move it away to begin anew, or put back a copy of it.")
      case .newer: ("The data file is of a newer taskdeck", "Use that taskdeck, or give another --data.")
      case .inUse:
        ("Another emulator has that data file", "Use that emulator, end it first, or give another --data.")
      case .denied: ("The data file cannot be opened for writing", "Check the path and its permissions.")
      case .full: ("There is no room for the data file", "Make room on the disk and start the emulator again.")
      case .failed: ("The data file cannot be used", "Do what the reason says, or give another --data.")
      }
    self = .refused(title, reason: "\(error.path): \(error.reason)", remedy: remedy)
  }
}
