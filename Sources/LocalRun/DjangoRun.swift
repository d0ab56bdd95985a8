// A job in the user's Django project: Django/replay.py does the work.

import CloudModel
import Foundation
import ReplayModel

/// One run of the django handler.
struct DjangoRun: Sendable {
  let job: ReplayJob
  let project: DjangoProject
  let runner: DjangoRunner

  func run(_ receive: @escaping @Sendable (OutputLine) -> Void) async -> RunReport {
    let script = String(decoding: PackageResources.replay_py, as: UTF8.self)
    let answer = await runner.run(
      script, request: request, in: project, timeout: job.timeout, withTerminal: job.debugs, receive)
    var report = answer.report
    report.result = answer.json?["result"]
    report.isDiscarded = answer.json?["discarded"]?.bool ?? false
    return report
  }

  private var request: JSONObject {
    let headers = TaskHeaders.next(of: job).map { ($0.name, JSON.string($0.value)) }
    var request: JSONObject = [
      "metadata": job.metadata.json, "headers": .object(JSONObject(headers)),
      "payload": .string(String(decoding: job.payload.isEmpty ? Data("{}".utf8) : job.payload, as: UTF8.self)),
      "debugs": .bool(job.debugs), "method": "run", "function": nil,
    ]
    request["class"] = job.taskClass.map(JSON.string) ?? .null
    switch job.entryPoint {
    case .run: break
    case .process: request["method"] = "process"
    case .function(let path): request["function"] = .string(path)
    }
    return request
  }
}
