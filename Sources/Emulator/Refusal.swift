// Every error the emulator answers with, in the words of the service.
//
// The messages are captures from production (google-apis.md section 1.6) unless a
// comment says that they are ours.

import CloudModel
import Foundation

/// An error answer: google.rpc.Status, which decides the HTTP status as well.
struct Refusal: Error, Equatable {
  let status: Status
  let message: String
  var details: [JSON] = []

  /// `{"error":{"code":404,"message":"...","status":"NOT_FOUND","details":[...]}}`
  var json: JSON {
    var error: JSONObject = [
      "code": .integer(status.httpStatus), "message": .string(message), "status": .string(status.rawValue),
    ]
    if !details.isEmpty { error["details"] = .array(details) }
    return ["error": .object(error)]
  }

  static func invalid(_ message: String, details: [JSON] = []) -> Refusal {
    Refusal(status: .invalidArgument, message: message, details: details)
  }

  fileprivate static func help(_ description: String, _ url: String) -> JSON {
    [
      "@type": "type.googleapis.com/google.rpc.Help",
      "links": [["description": .string(description), "url": .string(url)]],
    ]
  }

  private static let reference = "https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues"
}

// MARK: Requests

extension Refusal {
  /// One thing wrong with a request, as google.rpc.BadRequest lists them.
  struct Violation: Equatable {
    /// The field in snake case, or empty for the whole request.
    let field: String
    let description: String
  }

  static func badRequest(_ violations: [Violation]) -> Refusal {
    let list = violations.map { violation -> JSON in
      var object = JSONObject()
      if !violation.field.isEmpty { object["field"] = .string(violation.field) }
      object["description"] = .string(violation.description)
      return .object(object)
    }
    return .invalid(
      violations.map(\.description).joined(separator: "\n"),
      details: [["@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": .array(list)]])
  }

  /// Our words after the first sentence.
  static func unreadable(_ error: JSONError) -> Refusal {
    badRequest([Violation(field: "", description: "Invalid JSON payload received. Unexpected token: \(error).")])
  }

  static let invalidArgument = invalid("Request contains an invalid argument.")
  static let invalidResource = invalid("Invalid resource field value in the request.")

  static func permissionDenied(project: String, service: String) -> Refusal {
    let message = "Permission denied on resource project \(project)."
    let consumer = "projects/\(project)"
    return Refusal(
      status: .permissionDenied, message: message,
      details: [
        [
          "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "CONSUMER_INVALID",
          "domain": "googleapis.com",
          "metadata": [
            "consumer": .string(consumer), "containerInfo": .string(project), "service": .string(service),
          ],
        ],
        ["@type": "type.googleapis.com/google.rpc.LocalizedMessage", "locale": "en-US", "message": .string(message)],
        help("Google developers console", "https://console.developers.google.com"),
      ])
  }

  /// Our words.
  static func badLocation(_ location: String) -> Refusal {
    invalid("Location '\(location)' is not a valid location. Use ListLocations to list valid locations.")
  }

  /// Our words.
  static let badPageToken = invalid("The page token is invalid or has expired.")
  /// Our words.
  static let badPageSize = invalid("The page size cannot be negative.")
}

// MARK: Cloud Tasks

extension Refusal {
  static let queueAbsent = Refusal(
    status: .notFound,
    message:
      "Queue does not exist. If you just created the queue, wait at least a minute for the queue to initialize.")
  static let entityAbsent = Refusal(status: .notFound, message: "Requested entity was not found.")
  static let queueExists = Refusal(status: .alreadyExists, message: "Queue already exists")
  static let queueTooRecent = Refusal(
    status: .failedPrecondition,
    message: "The queue cannot be created because a queue with this name existed too recently.")
  static let queueName = invalid(
    #"Queue name must be formatted: "projects/<PROJECT_ID>/locations/<LOCATION_ID>/queues/<QUEUE_ID>"."#,
    details: [help("Definition of queue name", reference + "#Queue.FIELDS.name")])

  static func queueOutside(parent: String, name: String) -> Refusal { invalid("\(name) must begin with \(parent).") }

  static let taskExists = Refusal(status: .alreadyExists, message: "Requested entity already exists")
  static let taskGone = Refusal(
    status: .notFound,
    message: "The task no longer exists, though a task with this name existed recently. "
      + "The task either successfully completed or was deleted.")

  static func taskID(_ id: String) -> Refusal {
    invalid(
      #"Task ID "\#(id)" can contain only letters ([A-Za-z]), numbers ([0-9]), hyphens (-), or underscores (_). "#
        + "Task ID must between 1 and 500 characters.",
      details: [help("Definition of task ID", reference + ".tasks#Task.FIELDS.name")])
  }

  static let taskName = invalid(
    #"Task name must be formatted: "projects/<PROJECT_ID>/locations/<LOCATION_ID>/queues/<QUEUE_ID>/tasks/<TASK_ID>""#)

  static func taskInOtherQueue(parent: String, queue: String) -> Refusal {
    invalid(
      "The queue name from request ('\(parent)') must be the same as the queue name in the named task ('\(queue)').")
  }

  static let noPayload = invalid("Task.payload_type is not set.")
  static let noURL = invalid("HttpRequest.url is required.")
  static let badURL = invalid("HttpTarget.url must start with 'http://' or 'https://'.")
  static let insecureURL = invalid(
    "HttpRequest.url must start with 'https://' for request with HttpRequest.authorization_header")

  static func distantDeadline(_ time: String) -> Refusal {
    invalid("The request deadline is \(time). The deadline cannot be more than 30s in the future.")
  }

  static let httpDeadline = invalid("Task.dispatchDeadline must be between [15s, 30m].")
  static let appEngineDeadline = invalid("Task.dispatchDeadline must be between [15s, 24h15s].")
  static let tooLarge = invalid("Task size too large")

  static func tooFar(_ time: String) -> Refusal {
    invalid(
      "The Task.scheduleTime, \(time), is too far in the future. "
        + "Schedule time must be no more than 720h in the future.")
  }

  // The rest of this part are our words for rules of the discovery document.
  static let longURL = invalid("HttpRequest.url must be no longer than 2083 characters.")
  static let bodyNotAllowed = invalid("A request body is allowed only if the HTTP method is POST, PUT or PATCH.")
  static let badRelativeURI = invalid("AppEngineHttpRequest.relativeUri must begin with '/' and hold no spaces.")
  static let longHeaders = invalid("The size of the headers must be less than 80KB.")
  static let pullQueue = Refusal(
    status: .unimplemented,
    message: "Pull queues are not available here: this emulator dispatches to HTTP targets only.")
  static func badMask(_ path: String) -> Refusal { invalid("Invalid field mask: there is no field \"\(path)\".") }
  static func outOfRange(_ field: String, _ range: String) -> Refusal {
    invalid("\(field) must be between [\(range)].")
  }
}

// MARK: Cloud Scheduler

extension Refusal {
  static let schedule = invalid("Schedule or time zone is invalid.")
  static let jobAbsent = Refusal(status: .notFound, message: "Job not found.")
  static let jobName = invalid(
    #"Job name must be formatted: "projects/<PROJECT_ID>/locations/<LOCATION_ID>/jobs/<JOB_ID>"."#)

  static func jobExists(_ name: JobName) -> Refusal {
    Refusal(status: .alreadyExists, message: "Job \(name) already exists.")
  }

  // Our words for rules of the discovery document.
  static let jobNotEnabled = Refusal(status: .failedPrecondition, message: "The job must be ENABLED to be paused.")
  static let jobNotPaused = Refusal(status: .failedPrecondition, message: "The job must be PAUSED to be resumed.")
}
