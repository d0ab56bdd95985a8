// A job in the person's editor: JSON of the fields that can be changed.

import CloudModel
import Foundation
import Operations

enum JobEditing {
  private static let outputOnly = ["name", "userUpdateTime", "state", "status", "scheduleTime", "lastAttemptTime"]

  /// The job after it was edited. Broken JSON opens again with the reason on top of it.
  static func edited(_ job: Job) throws -> Job {
    var text = shown(job)
    while true {
      text = try TextEditor.edit(text, name: "\(job.name.id).json")
      switch read(text, over: job) {
      case .success(let edited): return edited
      case .failure(let fault):
        Output.say("taskdeck: \(fault.reason). Press Enter to edit it again, or Ctrl-C.")
        guard readLine() != nil else {
          throw Exit.usage("That is not a job", reason: "\(fault.reason).", remedy: "Mend it and try again.")
        }
      }
    }
  }

  struct Fault: Error {
    let reason: String
  }

  static func shown(_ job: Job) -> String {
    var object = job.json.object ?? [:]
    for key in outputOnly { object[key] = nil }
    return JSON.object(object).pretty + "\n"
  }

  static func read(_ text: String, over job: Job) -> Result<Job, Fault> {
    var object: JSONObject
    do throws(JSONError) {
      guard let read = try JSON(parsing: text).object else { return .failure(Fault(reason: "It is not a JSON object")) }
      object = read
    } catch {
      return .failure(Fault(reason: error.description))
    }
    object["name"] = .string(job.name.description)
    object["state"] = job.state.map { .string($0.rawValue) }
    do throws(JSONError) {
      let data = JSON.object(object).data
      return .success(try JSONReader.read(data) { reader throws(JSONError) in try Job(&reader) })
    } catch {
      return .failure(Fault(reason: error.reason))
    }
  }
}
