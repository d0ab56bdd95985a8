// The words of every failure a person meets: title, reason, remedy, and the
// exit status, in one place. The errors themselves carry only facts.

import CloudModel
import Console
import Curses
import Emulator
import Foundation
import JournalModel
import Operations
import Settings

/// An error that commands may simply throw: its words are known here.
protocol HasWords: Error {
  var exit: Exit { get }
}

extension Exit: HasWords {
  var exit: Exit { self }
}

extension APIError: HasWords {
  var exit: Exit { Exit(self) }
}

extension OperationError: HasWords {
  var exit: Exit { Exit(self) }
}

extension JournalError: HasWords {
  var exit: Exit { Exit(self) }
}

/// Ends a command: the words, and the status of DESIGN.md section 5.
struct Exit: Error {
  var failure: Failure
  /// 1 the world refused; 64 what the person wrote is wrong.
  let status: Int32
  /// The canonical code, for `-o json`.
  var code: Status?
  /// Lines between reason and remedy, such as what was written with carets below the fault.
  var excerpt: [String] = []
  /// What was not given and is nowhere to be found.
  var missing: SettingsError.Missing?

  /// What the person wrote is wrong.
  static func usage(_ title: String, reason: String, excerpt: [String] = [], remedy: String) -> Exit {
    var exit = Exit(
      failure: Failure(title: title, reason: reason, remedy: remedy), status: 64, code: .invalidArgument)
    exit.excerpt = excerpt
    return exit
  }

  /// The world refused.
  static func refused(_ title: String, reason: String, remedy: String) -> Exit {
    Exit(failure: Failure(title: title, reason: reason, remedy: remedy), status: 1, code: .failedPrecondition)
  }

  init(failure: Failure, status: Int32, code: Status? = nil) {
    (self.failure, self.status, self.code) = (failure, status, code)
  }

  init(_ error: APIError) { self.init(failure: Failure(error), status: 1, code: error.status) }

  init(_ error: NameError) {
    self = .usage(
      "That is not a resource name", reason: "\(error.description).",
      remedy: "Give a short ID, or the full resource name as `list -o json` prints it.")
  }

  init(_ error: SettingsError) {
    self = .usage("The context cannot be worked out", reason: "\(error.source): \(error.reason)", remedy: error.remedy)
    missing = error.missing
  }

  init(_ error: ConfigurationError) {
    switch error {
    case .faults(let faults): self.init(faults)
    case .unreadable(let error):
      self = .usage(
        "The configuration cannot be read", reason: "\(error.source): \(error.reason)", remedy: error.remedy)
    case .exposed(let program, let exposure):
      self = .usage(
        "The configuration is not safe to use",
        reason: "\(program) names a program to run, and \(exposure.path) \(exposure.reason).", remedy: exposure.remedy)
    }
  }

  init(_ faults: FileFaults) {
    self = .usage("The configuration cannot be used", reason: "\(printable(faults.reason)).", remedy: faults.remedy)
  }

  init(_ error: StartError) {
    self = .refused(error.title, reason: error.reason, remedy: error.remedy)
  }

  /// Three lines for people, one JSON document for programs.
  func print(asJSON: Bool) {
    guard asJSON else {
      let lines = ["taskdeck: \(failure.title)", "  \(failure.reason)"] + shownExcerpt + ["  \(failure.remedy)"]
      return Output.say(lines.joined(separator: "\n"))
    }
    let words: JSONObject = [
      "title": .string(failure.title), "reason": .string(([failure.reason] + shownExcerpt).joined(separator: "\n")),
      "remedy": .string(failure.remedy),
      "status": .string((code ?? .unknown).rawValue),
    ]
    Output.say(JSON.object(["error": .object(words)]).compact)
  }

  private var shownExcerpt: [String] { excerpt.map { "    \(printable($0))" } }
}

extension Failure {
  /// A failed remote call in words. The resource and the endpoint are always named.
  init(_ error: APIError) {
    let subject = Subject(error.resource)
    switch error.kind {
    case .unreachable: self = .unreachable(error, subject)
    case .garbled:
      self.init(
        title: "\(error.endpoint) did not answer as a Google API does", reason: "\(subject.text): \(error.message)",
        remedy: "Check that the endpoint is Cloud Tasks, Cloud Scheduler or an emulator, and not a proxy's page.")
    case .unauthorised:
      self.init(
        title: "There are no usable credentials for \(error.endpoint)", reason: "\(subject.text): \(error.message)",
        remedy: "Mend or replace the credentials the reason names, or log in: gcloud auth application-default login.")
    case .cancelled:
      self.init(title: "Called off", reason: "\(subject.text) at \(error.endpoint)", remedy: "Run it again.")
    case .refused: self = .refused(error, subject)
    }
  }

  private static func unreachable(_ error: APIError, _ subject: Subject) -> Failure {
    let remedy =
      isLoopbackURL(error.endpoint)
      ? "Start one with `taskdeck emulator`, or give the right --endpoint."
      : "Check the network, the proxy (HTTPS_PROXY) and the endpoint, then try again."
    return Failure(
      .unreachable, title: "No answer from \(error.endpoint)", reason: "\(subject.text): \(error.message)",
      remedy: remedy)
  }

  private static func refused(_ error: APIError, _ subject: Subject) -> Failure {
    let answer = error.message.isEmpty ? "HTTP status \(error.httpStatus)" : error.message
    let reason = "\(answer) (\(error.status), HTTP \(error.httpStatus), \(error.resource) at \(error.endpoint))"
    switch error.status {
    case .notFound:
      return Failure(.gone, title: "\(subject.text) does not exist", reason: reason, remedy: subject.lookUp)
    case .permissionDenied: return .denied(error, reason, title: subject.text, role: subject.role)
    case .unauthenticated:
      return Failure(
        title: "\(subject.text): the credentials were not accepted", reason: reason,
        remedy: "Renew the credentials in use. None are sent to --endpoint and to emulator variables; use"
          + " CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDTASKS to send them elsewhere.")
    case .resourceExhausted:
      return Failure(
        .slowedDown, title: "\(subject.text): too many calls", reason: reason,
        remedy: "Wait a minute: the quota of list calls is shared by the whole project.")
    case .alreadyExists:
      return Failure(
        title: "\(subject.text) exists already", reason: reason,
        remedy: "Choose another ID; the ID of a finished or deleted task stays taken for a while.")
    case .invalidArgument, .failedPrecondition, .outOfRange:
      return Failure(
        title: "\(subject.text): the service does not accept this", reason: reason,
        remedy: "Change what the reason names and try again.")
    default:
      return Failure(
        title: "\(subject.text): the service failed", reason: reason,
        remedy: "Try again; if it stays so, look at https://status.cloud.google.com.")
    }
  }
}

/// What a resource name is about, for people.
private struct Subject {
  let text: String
  /// Where to find the right name.
  let lookUp: String
  /// The smallest predefined role that reads it.
  let role: String

  init(_ resource: String) {
    let part = resource.split(separator: "/").map(String.init)
    let named = stride(from: 0, to: part.count - part.count % 2, by: 2).reduce(into: [String: String]()) {
      $0[part[$1]] = part[$1 + 1]
    }
    let place = named["locations"].map { " in \(named["projects"] ?? "?")/\($0)" } ?? ""
    if let task = named["tasks"] {
      text = "Task \(task) of queue \(named["queues"] ?? "?")"
      lookUp =
        "It may have finished or been deleted; `taskdeck tasks list \(named["queues"] ?? "QUEUE")` shows the rest."
      role = "roles/cloudtasks.viewer"
    } else if let queue = named["queues"] {
      text = "Queue \(queue)"
      lookUp = "`taskdeck queues list` shows the queues\(place)."
      role = "roles/cloudtasks.viewer"
    } else if let job = named["jobs"] {
      text = "Job \(job)"
      lookUp = "`taskdeck jobs list` shows the jobs\(place)."
      role = "roles/cloudscheduler.viewer"
    } else if let topic = named["topics"] {
      text = "Topic \(topic)"
      lookUp = "`taskdeck topics list` shows the topics."
      role = "roles/pubsub.viewer"
    } else if let subscription = named["subscriptions"] {
      text = "Subscription \(subscription)"
      lookUp = "`taskdeck subscriptions list` shows the subscriptions."
      role = "roles/pubsub.viewer"
    } else if let location = named["locations"] {
      text = "Location \(location) of project \(named["projects"] ?? "?")"
      lookUp = "Check --project, --location and --endpoint; the answer may not be one of Google's."
      role = "roles/cloudtasks.viewer"
    } else {
      text = resource
      lookUp = "Check the project, the location and the endpoint."
      role = "roles/cloudtasks.viewer"
    }
  }
}
