// Short IDs where a context has several locations: whichever of them has it.

import CloudModel
import Foundation

extension Wiring {
  /// The queue that a short ID or a full name means. With several locations each is asked.
  ///
  /// - Throws: `Exit` with 64 when several have it, or the name is malformed.
  func locate(queue text: String) async throws -> QueueName {
    let first = try queue(text)
    guard parents.count > 1, !text.contains("/") else { return first }
    return try await only(first, text, parents.map { try QueueName(parent: $0, id: first.id) }) { name in
      _ = try await tasks.queue(name)
    }
  }

  /// The job that a short ID or a full name means. With several locations each is asked.
  func locate(job text: String) async throws -> JobName {
    let first = try job(text)
    guard parents.count > 1, !text.contains("/") else { return first }
    return try await only(first, text, parents.map { try JobName(parent: $0, id: first.id) }) { name in
      _ = try await scheduler.job(name)
    }
  }

  /// The one of `names` that is there; the first when none is, so that the failure is told of a real name.
  private func only<Name: CustomStringConvertible>(
    _ first: Name, _ text: String, _ names: [Name], _ ask: (Name) async throws -> Void
  ) async throws -> Name {
    var found: [Name] = []
    for name in names {
      do {
        try await ask(name)
        found.append(name)
      } catch Status.notFound {
        continue
      }
    }
    guard found.count > 1 else { return found.first ?? first }
    throw Exit.usage(
      "\(text) is in several locations", reason: found.map(\.description).joined(separator: ", "),
      remedy: "Give the full name, or one --location.")
  }
}
