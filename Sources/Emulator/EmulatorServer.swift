// The emulator as others see it: a configuration, a running server with a URL,
// an end.

import CloudModel
import Foundation
import NIOCore
import NIOPosix
import Store
import Transport

/// Why the emulator could not start.
package enum EmulatorError: Error, Equatable, CustomStringConvertible {
  /// Nothing here asks for credentials, so nobody but this machine may reach it.
  case notLoopback(String)
  /// The address could not be bound: in use, or not this machine's.
  case cannotListen(host: String, port: Int, reason: String)
  case repeatedQueue(QueueName)

  package var description: String {
    switch self {
    case .notLoopback(let host): "\"\(host)\" is not a loopback address (127.0.0.1, ::1 or localhost)"
    case .cannotListen(let host, let port, let reason): "cannot listen on \(host) port \(port): \(reason)"
    case .repeatedQueue(let name): "the queue \(name) is named twice"
    }
  }
}

/// How to run an emulator.
package struct EmulatorConfiguration: Sendable {
  /// Loopback only; anything else is refused.
  package var host = "127.0.0.1"
  /// Zero picks a free port.
  package var port = 0
  /// A file that keeps everything beyond the process; nil for memory only.
  package var data: String?
  /// In place of a file, for tests.
  var storage: (any EmulatorStorage)?
  /// Queues that exist from the start, with the service's defaults. Those that the data file has are left as they are.
  package var queues: [QueueName] = []
  /// `HOST:PORT` that App Engine targets are sent to; without one their attempts fail as UNAVAILABLE.
  package var appEngineHost: String?
  /// Likewise, for the services of App Engine that listen somewhere else.
  package var appEngineServices: [String: String] = [:]
  /// Whether a task with a token must have an https address, as with the service. Handlers on a developer's machine are
  /// rarely behind TLS.
  package var requiresHTTPS = false
  /// The time; a test that moves it calls `EmulatorServer.timeMoved()`.
  package var now: @Sendable () -> Timestamp = { Timestamp(Date()) }
  /// Of the generated task and job IDs.
  package var seed = UInt64.random(in: .min ... .max)
  /// What dispatches go through; nil makes a client of its own with room for 5,000 concurrent ones, the most that a
  /// queue may have, and shuts it down at the end.
  package var sender: (any HTTPSender)?

  package init() {}
}

/// A running emulator of Cloud Tasks v2 and v2beta3, Cloud Scheduler v1 and Pub/Sub v1 over REST.
package final class EmulatorServer: Sendable {
  /// Base URL, such as `http://127.0.0.1:8123`.
  package let url: String
  package let port: Int
  /// The same emulator without the socket.
  package let inProcess: InProcessSender
  private let core: EmulatorCore
  private let lifetime: Lifetime
  private let failures: AsyncStream<EmulatorDataError>

  private init(
    port: Int, host: String, core: EmulatorCore, loop: any EventLoop, lifetime: Lifetime,
    failures: AsyncStream<EmulatorDataError>
  ) {
    (url, self.port) = (baseURL(host, port), port)
    (self.core, self.lifetime, self.failures) = (core, lifetime, failures)
    inProcess = InProcessSender(core: core, loop: loop)
  }

  /// Starts to listen, once the data file has been read. Throws `EmulatorError` and `EmulatorDataError`.
  package static func start(_ configuration: EmulatorConfiguration = EmulatorConfiguration()) async throws
    -> EmulatorServer
  {
    let host = try loopback(configuration.host)
    if let name = configuration.queues.first(where: { name in configuration.queues.count { $0 == name } > 1 }) {
      throw EmulatorError.repeatedQueue(name)
    }
    let storage = try configuration.storage ?? configuration.data.map { try EmulatorFile(path: $0) }
    let (failures, failure) = AsyncStream.makeStream(of: EmulatorDataError.self)
    let ownClient = configuration.sender == nil ? dispatchClient() : nil
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loop = group.next()
    do {
      let sender = configuration.sender ?? ownClient ?? dispatchClient()
      // On the event loop, to which what is restored belongs.
      let core = try await loop.submit {
        try EmulatorCore(configuration, storage: storage, sender: sender, loop: loop) { failure.yield($0) }
      }.get()
      let server = try await listen(host: host, port: configuration.port, on: loop) { core.reply($0) }
      core.mint.issue(as: baseURL(host, server.port))
      let lifetime = Lifetime {
        await server.stop()
        await core.stop()
        ownClient?.shutdown()
        await end(group)
        storage?.close()
      }
      await core.begin()
      return EmulatorServer(
        port: server.port, host: host, core: core, loop: loop, lifetime: lifetime, failures: failures)
    } catch {
      ownClient?.shutdown()
      await end(group)
      storage?.close()
      throw error
    }
  }

  /// Waits until the data file cannot be written any more, which makes the emulator useless; nil when the task is
  /// cancelled. To be called once.
  package func failure() async -> EmulatorDataError? {
    for await failure in failures { return failure }
    return nil
  }

  /// Stops accepting, closes connections, cancels dispatches and gives back the threads. A second call waits for the
  /// first one's end.
  package func stop() async { await lifetime.end() }

  /// How many queues there are now, answered or not yet.
  func queueCount() async -> Int { await core.queueCount }

  /// Lets what has become due happen, after the injected clock was moved.
  package func timeMoved() async { await core.timeMoved() }

  private static func dispatchClient() -> HTTPClient {
    HTTPClient(configuration: HTTPClient.Configuration(maxConnectionsPerHost: 5000, userAgent: "Google-Cloud-Tasks"))
  }
}

// MARK: Shared with the sample worker

/// Something that is ended once, by whoever comes first; others wait for that.
actor Lifetime {
  private let body: @Sendable () async -> Void
  private var ending: Task<Void, Never>?

  init(_ body: @escaping @Sendable () async -> Void) { self.body = body }

  func end() async {
    let task = ending ?? Task { await body() }
    ending = task
    await task.value
  }
}

/// The numeric form of a loopback address.
func loopback(_ host: String) throws(EmulatorError) -> String {
  if host == "localhost" { return "127.0.0.1" }
  let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
  // All of 127.0.0.0/8 (RFC 1122 section 3.2.1.3), as numbers only: a name such as 127.0.0.1.example.com may be anybody's.
  let parts = bare.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
  guard bare == "::1" || parts.count == 4 && parts[0] == 127 && !parts.contains(nil) else { throw .notLoopback(host) }
  return bare
}

func baseURL(_ host: String, _ port: Int) -> String {
  "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
}

func listen(
  host: String, port: Int, on loop: any EventLoop, handler: @escaping HTTPServer.Handler
) async throws(EmulatorError) -> HTTPServer {
  do { return try await HTTPServer.start(host: host, port: port, on: loop, handler: handler) } catch {
    throw .cannotListen(host: host, port: port, reason: "\(error)")
  }
}

/// NIO's threads end; an error could only say that they had ended before.
func end(_ group: MultiThreadedEventLoopGroup) async {
  await withCheckedContinuation { done in group.shutdownGracefully { _ in done.resume() } }
}
