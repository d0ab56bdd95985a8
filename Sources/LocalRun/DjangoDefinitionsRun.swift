// What a Django project wants of Cloud Scheduler and Pub/Sub: Django/definitions.py
// reads it, DjangoDefinitions of Operations understands the answer.

import CloudModel
import Foundation
import ReplayModel

extension DjangoRunner {
  /// Reads the definitions of a project; the answer is JSON of our own.
  package func definitions(
    of project: DjangoProject, timeout: Duration = .seconds(120),
    _ receive: @escaping @Sendable (OutputLine) -> Void
  ) async -> DjangoAnswer {
    let script = String(decoding: PackageResources.definitions_py, as: UTF8.self)
    return await run(script, request: [:], in: project, timeout: timeout, receive)
  }
}
