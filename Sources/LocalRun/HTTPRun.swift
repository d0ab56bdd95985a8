// A job as the HTTP request that Cloud Tasks would send, to a server of the
// person's own.

import CloudModel
import Foundation
import ReplayModel
import Transport

/// One run of an http handler.
package struct HTTPRun: Sendable {
  let job: ReplayJob
  let handler: HTTPHandler
  let sender: any HTTPSender

  /// A worker that answers with more is not read to its end.
  private static let largestAnswer = 16 << 20

  func run(_ receive: @escaping @Sendable (OutputLine) -> Void) async -> RunReport {
    let start = ContinuousClock.now
    func seconds() -> Double { (ContinuousClock.now - start) / .seconds(1) }
    guard let url = Self.url(base: handler.base, task: job.url) else {
      return RunReport(.neverRan, seconds: 0, fault: .notSendable("\(handler.base) is no base URL for \(job.url)"))
    }
    do throws(TransportError) {
      receive(OutputLine(.note, seconds: 0, text: "\(job.method) \(url)"))
      let answer = try await sender.send(request(to: url))
      for line in Self.lines(of: answer) { receive(OutputLine(line.source, seconds: seconds(), text: line.text)) }
      return Self.report(answer, seconds: seconds())
    } catch {
      return report(error, url, seconds: seconds())
    }
  }

  /// Path and query of the task's URL on the handler's base, as they are written.
  package static func url(base: String, task: String) -> String? {
    guard HTTPAddress(base) != nil else { return nil }
    let stem = base.hasSuffix("/") ? String(base.dropLast()) : base
    // A relative URI, as tasks for App Engine have.
    if task.hasPrefix("/") { return stem + task }
    guard let scheme = task.range(of: "://") else { return nil }
    let rest = task[scheme.upperBound...]
    let withoutFragment = rest.prefix { $0 != "#" }
    guard let place = withoutFragment.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return stem + "/" }
    let tail = withoutFragment[place...]
    return stem + (tail.hasPrefix("?") ? "/" : "") + tail
  }

  private func request(to url: String) -> HTTPRequest {
    var headers = HTTPHeaders()
    for header in TaskHeaders.next(of: job)
    where job.authorization == nil || header.name.lowercased() != "authorization" {
      headers.append(header.name, header.value)
    }
    if let authorization = job.authorization { headers.append("Authorization", authorization) }
    for header in handler.headers { headers[header.name] = header.value }
    let takesBody = ["POST", "PUT", "PATCH"].contains(job.method)
    // "The Location header response from a redirect response may be followed."
    return HTTPRequest(
      method: job.method, url: url, headers: headers, body: takesBody && !job.body.isEmpty ? job.body : nil,
      timeout: job.timeout, connectTimeout: min(job.timeout, .seconds(10)), followRedirects: 5,
      maximumResponseBytes: Self.largestAnswer)
  }

  private static func lines(of answer: HTTPResponse) -> [(source: OutputLine.Source, text: String)] {
    var filter = LineFilter()
    func cleaned(_ text: String) -> String {
      var filter = LineFilter()
      return (filter.take(Array(text.utf8)[...]) + filter.finish()).joined(separator: " ")
    }
    let head = ["HTTP/\(answer.version.rawValue) \(answer.status)"] + answer.headers.map { "\($0.name): \($0.value)" }
    let body = filter.take(Array(answer.body)[...]) + filter.finish()
    return head.map { (.note, cleaned($0)) } + body.map { (.output, $0) }
  }

  private static func report(_ answer: HTTPResponse, seconds: Double) -> RunReport {
    var report = RunReport(.answered(answer.status), seconds: seconds)
    let json: JSON?
    do { json = try JSON(parsing: answer.body) } catch { json = nil }
    // The worker of django-google-cloud-tasks wraps what the task returned.
    let status = json?["status"]?.string
    let isWrapped = json?.object?.keys.contains("result") == true && (status == "executed" || status == "discarded")
    report.result = isWrapped ? json?["result"] : json
    report.isDiscarded = (200..<300).contains(answer.status) && status == "discarded"
    return report
  }

  private func report(_ error: TransportError, _ url: String, seconds: Double) -> RunReport {
    switch error.kind {
    case .cancelled: RunReport(.cancelled, seconds: seconds)
    case .timedOut: RunReport(.timedOut, seconds: seconds)
    case .refused: RunReport(.neverRan, seconds: seconds, fault: .notListening(handler.base))
    case .badRequest, .badURL: RunReport(.neverRan, seconds: seconds, fault: .notSendable("\(url): \(error.detail)"))
    default: RunReport(.neverRan, seconds: seconds, fault: .unanswered(error.url, reason: error.detail))
    }
  }
}
