// Two ways to the same emulator: in process, and over a socket with the real
// transport. A test that passes one and fails the other has found a fault of the
// HTTP layers.

import CloudAPI
import CloudModel
import CloudREST
import Emulator
import Foundation
import TestSupport
import Transport

enum Access: String, CaseIterable, Sendable {
  case inProcess, socket
}

/// An emulator and clients of it.
struct Side: Sendable {
  let server: EmulatorServer
  let tasks: TasksClient
  let scheduler: SchedulerClient
  let parent: LocationName

  /// Runs the body against a fresh emulator and ends it.
  static func with(_ access: Access, _ body: (Side) async throws -> Void) async throws {
    let server = try await EmulatorServer.start()
    let client = HTTPClient()
    let side = try Side(server, access == .socket ? client : server.inProcess)
    do { try await body(side) } catch {
      await server.stop()
      client.shutdown()
      throw error
    }
    await server.stop()
    client.shutdown()
  }

  private init(_ server: EmulatorServer, _ sender: any HTTPSender) throws {
    self.server = server
    let rest = RESTClient(
      endpoint: try Endpoint(server.url), credentials: AnonymousCredentials(), sender: sender,
      identity: .init(version: "test"))
    (tasks, scheduler) = (TasksClient(rest), SchedulerClient(rest))
    parent = try LocationName(project: "local", location: "us-central1")
  }

  func queue(_ id: String) throws -> QueueName { try QueueName(parent: parent, id: id) }

  /// A queue that dispatches nothing.
  func pausedQueue(_ id: String) async throws -> QueueName {
    let name = try queue(id)
    _ = try await tasks.create(Queue(name: name))
    _ = try await tasks.pause(name)
    return name
  }
}
