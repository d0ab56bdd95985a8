// What goes over the wire when a task or a job is dispatched: headers as captured
// from production (google-apis.md sections 2.1 and 2.2).

import CloudModel
import Foundation
import Transport

/// What to do with an order.
enum Dispatch: Sendable {
  case send(HTTPRequest)
  /// Likewise, with a token in its `Authorization` header.
  case sign(HTTPRequest, TokenWish)
  /// It cannot be sent; it ends like this.
  case end(Outcome)
}

extension EmulatorState {
  /// The request of an order; nil when its task or job is gone.
  func dispatch(_ order: Order) -> Dispatch? {
    switch order {
    case .task(let order):
      guard let queue = queue(order.queue), queue.incarnation == order.incarnation, let task = queue.task(for: order)
      else { return nil }
      return taskDispatch(task, in: queue)
    case .job(let order):
      guard let job = job(order.job), job.incarnation == order.incarnation else { return nil }
      return jobDispatch(job, order)
    case .push(let order):
      guard let (subscription, _) = pubsub.target(of: order), let request = pubsub.request(of: order) else {
        return nil
      }
      return signed(request, subscription.settings.resource["pushConfig"]?.object ?? [:])
    }
  }

  // MARK: Tasks

  private func taskDispatch(_ task: StoredTask, in queue: QueueState) -> Dispatch {
    let members = task.members()
    let injected = Self.taskHeaders(task, queue.name)
    switch task.kind {
    case .http: return httpDispatch(task, members, injected, queue.settings.httpTarget)
    case .appEngine:
      guard let host = appEngineHost(queue.settings.appEngineRouting ?? members["appEngineRouting"]?.object) else {
        return .end(.unanswered("no App Engine host was configured"))
      }
      // "Task dispatches also do not follow redirects."
      return .send(
        HTTPRequest(
          method: task.methodName, url: sendable(url: "http://\(host)\(members["relativeUri"]?.string ?? "/")"),
          headers: headers(members["headers"]?.object ?? [:], injected),
          body: task.body.isEmpty ? nil : Data(task.body), timeout: task.deadline ?? .seconds(600),
          connectTimeout: task.deadline ?? .seconds(600), followRedirects: 0))
    }
  }

  private func httpDispatch(
    _ task: StoredTask, _ members: JSONObject, _ injected: [(String, String)], _ target: QueueTarget?
  ) -> Dispatch {
    let own = members["url"]?.string ?? ""
    let url = sendable(url: target?.url(over: own) ?? own)
    let stored = members["headers"]?.object ?? [:]
    let method = target?.method ?? task.methodName
    let hasBody = !task.body.isEmpty && ["POST", "PUT", "PATCH"].contains(method)
    // "The Location header response from a redirect response may be followed. The redirect is not counted as a
    // separate attempt".
    let request = HTTPRequest(
      method: method, url: url, headers: headers(target?.headers(over: stored) ?? stored, injected),
      body: hasBody ? Data(task.body) : nil, timeout: task.deadline ?? .seconds(600),
      connectTimeout: task.deadline ?? .seconds(600), followRedirects: 5)
    let authorization = target?.authorization ?? [:]
    return signed(request, authorization.isEmpty ? members : authorization)
  }

  private func signed(_ request: HTTPRequest, _ target: JSONObject) -> Dispatch {
    TokenWish(target, url: request.url).map { .sign(request, $0) } ?? .send(request)
  }

  /// Where a service of App Engine listens.
  private func appEngineHost(_ routing: JSONObject?) -> String? {
    appEngineServices[routing?["service"]?.string ?? ""] ?? appEngineHost
  }

  private static func taskHeaders(_ task: StoredTask, _ queue: QueueName) -> [(String, String)] {
    let prefix = task.kind == .http ? "X-CloudTasks-" : "X-AppEngine-"
    let attempts = task.attempts
    let earlier = (attempts?.dispatchCount ?? 1) - 1
    var headers = [
      (prefix + "QueueName", queue.id), (prefix + "TaskName", task.id.description),
      (prefix + "TaskRetryCount", String(earlier)),
      (prefix + "TaskExecutionCount", String(attempts?.executionCount ?? 0)),
      (prefix + "TaskETA", eta(task.schedule)),
    ]
    if task.kind == .http { headers.append(("User-Agent", "Google-Cloud-Tasks")) }
    if earlier > 0, let (response, reason) = attempts?.previous {
      headers += [(prefix + "TaskPreviousResponse", String(response)), (prefix + "TaskRetryReason", reason)]
    }
    return headers
  }

  /// Unix seconds with microseconds: `1718377200.123456`.
  private static func eta(_ moment: Moment) -> String {
    let fraction = String(moment.timestamp.nanoseconds / 1000)
    return "\(moment.timestamp.seconds)." + String(repeating: "0", count: 6 - fraction.count) + fraction
  }

  // MARK: Jobs

  private func jobDispatch(_ job: JobState, _ order: JobOrder) -> Dispatch {
    let resource = job.settings.resource
    var injected = [("X-CloudScheduler", "true"), ("X-CloudScheduler-JobName", job.name.id)]
    // "For Cloud Scheduler jobs specified in the unix-cron format ... Remains constant across retries."
    if job.settings.schedule.kind != .english {
      injected.append(("X-CloudScheduler-ScheduleTime", order.scheduledFor.text(in: job.settings.zone)))
    }
    switch job.settings.target {
    case .http:
      injected.append(("User-Agent", "Google-Cloud-Scheduler"))
      let target = resource["httpTarget"]?.object ?? [:]
      return signed(request(target, url: target["uri"]?.string ?? "", job, injected, redirects: 5), target)
    case .appEngine:
      let target = resource["appEngineHttpTarget"]?.object ?? [:]
      guard let host = appEngineHost(target["appEngineRouting"]?.object) else {
        return .end(.unanswered("no App Engine host was configured"))
      }
      let url = "http://\(host)\(target["relativeUri"]?.string ?? "/")"
      return .send(request(target, url: url, job, injected, redirects: 0))
    case .pubsub:
      return .end(pubsub.publish(resource["pubsubTarget"]?.object ?? [:], at: job.lastAttempt ?? order.scheduledFor))
    }
  }

  private func request(
    _ target: JSONObject, url: String, _ job: JobState, _ injected: [(String, String)], redirects: Int
  ) -> HTTPRequest {
    let body = target["body"]?.string.flatMap(decodeBase64) ?? Data()
    return HTTPRequest(
      method: target["httpMethod"]?.string ?? "POST", url: sendable(url: url),
      headers: headers(target["headers"]?.object ?? [:], injected), body: body.isEmpty ? nil : body,
      timeout: job.settings.attemptDeadline, connectTimeout: job.settings.attemptDeadline, followRedirects: redirects)
  }
}

/// The headers of the stored request, without those that "will be ignored or replaced", and the service's own.
private func headers(_ stored: JSONObject, _ injected: [(String, String)]) -> HTTPHeaders {
  let taken = Set(injected.map { $0.0.lowercased() }).union(["host", "content-length"])
  var headers = HTTPHeaders()
  for (name, value) in stored {
    let key = name.lowercased()
    guard !taken.contains(key), !key.hasPrefix("x-google-"), !key.hasPrefix("x-appengine-") else { continue }
    headers.append(name, value.string ?? "")
  }
  for (name, value) in injected { headers.append(name, value) }
  return headers
}

/// "Cloud Tasks will encode some characters for safety and compatibility": what RFC 3986 does not allow in a URL.
/// Percent signs are left alone, so that what was encoded is not encoded twice.
private func sendable(url: String) -> String {
  guard url.utf8.contains(where: { !isAllowed($0) }) else { return url }
  return url.utf8.reduce(into: "") { text, byte in
    if isAllowed(byte) {
      text.unicodeScalars.append(Unicode.Scalar(byte))
    } else {
      text += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
    }
  }
}

private func isAllowed(_ byte: UInt8) -> Bool {
  switch byte {
  case 0x21, 0x23...0x3B, 0x3D, 0x3F...0x5B, 0x5D, 0x5F, 0x61...0x7A, 0x7E: true
  default: false
  }
}
