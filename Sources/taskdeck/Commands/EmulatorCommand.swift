import ArgumentParser
import CloudModel
import Emulator
import Foundation

struct EmulatorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "emulator", abstract: "Run an emulator of Cloud Tasks and Cloud Scheduler on this machine.",
    discussion: """
      Speaks Google's REST on loopback, without credentials. Prints `listening on http://HOST:PORT` once it is ready; \
      SIGTERM or Ctrl-C ends it. Google's Python clients reach it with transport="rest", AnonymousCredentials and \
      api_endpoint set to that URL; gcloud with CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDTASKS and _CLOUDSCHEDULER; \
      firebase-admin with CLOUD_TASKS_EMULATOR_HOST=HOST:PORT.

      OIDC and OAuth tokens are signed with a key of this run; verify them with /_emulator/jwks (the issuer is the URL).
      """)

  @OptionGroup var options: GlobalOptions
  @Option(help: "Loopback address to listen on.") var host = "127.0.0.1"
  @Option(help: "Port; 0 picks a free one.") var port = 8123
  @Option(help: ArgumentHelp("A queue that exists from the start; may be given several times.", valueName: "name"))
  var queue: [String] = []
  @Option(
    help: ArgumentHelp(
      "Where App Engine targets are sent; SERVICE=HOST:PORT is for one service only. May be given several times.",
      valueName: "host:port"))
  var appEngineHost: [String] = []

  func validate() throws {
    if !(0...65535).contains(port) { throw ValidationError("--port must be 0 to 65535, not \(port).") }
  }

  func run() async throws {
    var configuration = EmulatorConfiguration()
    (configuration.host, configuration.port) = (host, port)
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
    await ending.first()
    await server.stop()
  }

  static func start(_ configuration: EmulatorConfiguration) async throws -> EmulatorServer {
    do { return try await EmulatorServer.start(configuration) } catch let error as EmulatorError {
      throw Exit(error)
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

/// Waits for the signals that end a server.
final class Endings: Sendable {
  private let stream: AsyncStream<Void>
  // Only held, so that the sources live as long as this does; nothing reads it after init.
  private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

  init() {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    self.stream = stream
    sources = [SIGTERM, SIGINT, SIGHUP].map { number in
      // The source hears the signal only when its default action is switched off.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { @Sendable in continuation.yield() }
      source.resume()
      return source
    }
  }

  /// Returns when the first signal has come.
  func first() async {
    for await _ in stream { return }
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
