// The fields of a job as flags, named after the REST fields (cloudscheduler v1 `Job`).

import ArgumentParser
import CloudModel
import Foundation
import Operations
import Schedules

/// What `jobs create` and `jobs update` can set.
struct JobFlags: ParsableArguments {
  @Option(help: ArgumentHelp("unix-cron, a macro such as @hourly, or English.", valueName: "schedule"))
  var schedule: String?
  @Option(help: ArgumentHelp("Name of the tz database (default: Etc/UTC).", valueName: "zone")) var timeZone: String?
  @Option(help: ArgumentHelp("Words for people.", valueName: "text")) var description: String?
  @Option(help: ArgumentHelp("URL of an HTTP target.", valueName: "url")) var uri: String?
  @Option(help: ArgumentHelp("POST (default), GET, PUT, ...", valueName: "method")) var httpMethod: String?
  @Option(help: ArgumentHelp("NAME:VALUE; an empty value takes the header away. Several times.", valueName: "header"))
  var header: [String] = []
  @Option(help: ArgumentHelp("The body: JSON or text, @FILE, or - for standard input.", valueName: "payload"))
  var payload: String?
  @Option(help: ArgumentHelp("Account of the OIDC token.", valueName: "email")) var serviceAccount: String?
  @Option(help: ArgumentHelp("Audience of the OIDC token (default: the URL).", valueName: "text")) var audience: String?
  @Flag(help: "Send no token.") var noOidc = false
  @Option(help: ArgumentHelp("Topic of a Pub/Sub target; --payload is its data.", valueName: "topic")) var topic:
    String?
  @Option(help: ArgumentHelp("How long an attempt may take: 15s to 30m.", valueName: "span")) var attemptDeadline: Span?
  @Option(help: ArgumentHelp("How often a failed run is tried again, 0 to 5.", valueName: "n")) var retryCount: Int?
  @Option(help: ArgumentHelp("Shortest wait before a retry.", valueName: "span")) var minBackoffDuration: Span?
  @Option(help: ArgumentHelp("Longest wait before a retry.", valueName: "span")) var maxBackoffDuration: Span?
  @Option(help: ArgumentHelp("How often the wait doubles.", valueName: "n")) var maxDoublings: Int?
  @Option(help: ArgumentHelp("How long a run is retried; 0 is without limit.", valueName: "span"))
  var maxRetryDuration: Span?

  func validate() throws {
    if topic != nil, uri != nil { throw ValidationError("A job has one target: --uri or --topic.") }
  }

  /// Puts what was given into the job.
  func apply(to job: inout Job, _ wiring: Wiring) throws {
    if let schedule {
      _ = try ScheduleCommand.schedule(schedule)
      job.schedule = schedule
    }
    if let timeZone {
      _ = try ScheduleCommand.zone(timeZone)
      job.timeZone = timeZone
    }
    if let description { job.details = description }
    if let attemptDeadline { job.attemptDeadline = attemptDeadline.duration }
    applyRetries(to: &job)
    if topic != nil { return job.target = .pubsub(try pubsub(wiring)) }
    switch job.target {
    case .http(var target):
      try apply(to: &target, wiring, isNew: false)
      job.target = .http(target)
    case .pubsub(var target) where uri == nil:
      if let payload { target.encodedData = try PayloadArgument.bytes(payload).base64EncodedString() }
      job.target = .pubsub(target)
    case .appEngine where uri == nil: break
    default:
      guard uri != nil else { return }
      var target = HTTPTarget(url: "")
      target.method = "POST"
      try apply(to: &target, wiring, isNew: true)
      job.target = .http(target)
    }
  }

  private func apply(to target: inout HTTPTarget, _ wiring: Wiring, isNew: Bool) throws {
    let oldURL = target.url
    if let uri { target.url = uri }
    if let httpMethod { target.method = httpMethod.uppercased() }
    for text in header { try apply(header: text, to: &target) }
    if let payload { target.encodedBody = try PayloadArgument.bytes(payload).base64EncodedString() }
    applyToken(to: &target, oldURL, wiring, isNew: isNew)
  }

  private func apply(header text: String, to target: inout HTTPTarget) throws(Exit) {
    guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else {
      throw .usage("That is not a header", reason: "\"\(text)\" has no colon.", remedy: "Write NAME:VALUE.")
    }
    let name = String(text[..<colon])
    let value = text[text.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    target.headers.removeAll { $0.name.lowercased() == name.lowercased() }
    if !value.isEmpty { target.headers.append(Header(name, value)) }
  }

  private func applyToken(to target: inout HTTPTarget, _ oldURL: String, _ wiring: Wiring, isNew: Bool) {
    if noOidc { return target.authorization = nil }
    if case .oidc(let email, let old)? = target.authorization {
      // An audience that was the URL goes with it.
      let kept = old == oldURL ? target.url : old
      target.authorization = .oidc(serviceAccountEmail: serviceAccount ?? email, audience: audience ?? kept)
    } else if let account = serviceAccount ?? (isNew ? wiring.context.serviceAccount?.value : nil) {
      target.authorization = .oidc(serviceAccountEmail: account, audience: audience ?? target.url)
    }
  }

  private func pubsub(_ wiring: Wiring) throws -> PubsubTarget {
    var target = PubsubTarget()
    target.topicName = try wiring.topic(topic ?? "").description
    if let payload { target.encodedData = try PayloadArgument.bytes(payload).base64EncodedString() }
    return target
  }

  private func applyRetries(to job: inout Job) {
    var config = job.retryConfig ?? JobRetryConfig()
    if let retryCount { config.retryCount = retryCount }
    if let minBackoffDuration { config.minBackoffDuration = minBackoffDuration.duration }
    if let maxBackoffDuration { config.maxBackoffDuration = maxBackoffDuration.duration }
    if let maxDoublings { config.maxDoublings = maxDoublings }
    if let maxRetryDuration { config.maxRetryDuration = maxRetryDuration.duration }
    if config != JobRetryConfig() { job.retryConfig = config }
  }
}
