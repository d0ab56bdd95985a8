// The log of requests: what was sent lately, so that "it is slow" and "it says no" can be looked at where they are met.

import Foundation
import Terminal

/// One request that was sent, without anything that may be secret: no query, no header, no body.
package struct SentRequest: Equatable, Sendable {
  package var time: Date
  package var method: String
  package var path: String
  /// 0 when no answer came.
  package var status: Int
  /// Of the answer's body.
  package var bytes: Int
  package var seconds: Double
  /// From 1.
  package var attempt: Int
  /// Why no answer came.
  package var failure: String?

  package init(
    time: Date, method: String, path: String, status: Int, bytes: Int, seconds: Double, attempt: Int,
    failure: String? = nil
  ) {
    (self.time, self.method, self.path, self.status) = (time, sanitised(method), sanitised(path), status)
    (self.bytes, self.seconds, self.attempt, self.failure) = (bytes, seconds, attempt, failure)
  }
}

/// The last requests of the session.
struct RequestLog: Equatable, Sendable {
  /// More than a person scrolls through, less than half a megabyte.
  static let longest = 1000

  private(set) var requests: [SentRequest] = []
  /// How many there were in all; also tells whether a page made from the log is still right.
  private(set) var total = 0

  mutating func add(_ request: SentRequest) {
    total += 1
    requests.append(request)
    // A thousand at a time: taking one from the front moves all the others.
    if requests.count >= 2 * Self.longest { requests.removeFirst(Self.longest) }
  }
}

extension Document {
  /// The page of the log, the newest request first.
  init(_ log: RequestLog, zone: TimeZone) {
    let shown = log.requests.suffix(RequestLog.longest).reversed()
    var lines: [Line] = [.spans([Span("time      status      ms     bytes  try  request", Style(.dim))])]
    lines += shown.map { .spans(Self.spans($0, zone)) }
    if shown.isEmpty { lines = [.note("Nothing has been sent yet.")] }
    self.init(title: "Requests", sections: [Section("Requests: \(Words.count(log.total)) sent", lines: lines)])
  }

  private static func spans(_ request: SentRequest, _ zone: TimeZone) -> [Span] {
    let outcome = request.failure ?? String(request.status)
    let isGood = request.failure == nil && (200..<400).contains(request.status)
    return [
      Span(Words.clock(request.time, in: zone) + "  ", Style(.dim)),
      Span(trailing(outcome, 6), Style(isGood ? .success : .danger)),
      Span(trailing(Words.number((request.seconds * 1000).rounded()), 8), Style()),
      Span(trailing(Words.count(request.bytes), 10), Style()),
      Span(trailing(String(request.attempt), 5), Style(request.attempt > 1 ? .warning : .dim)),
      Span("  \(request.method) ", Style(.accent)), Span(request.path, Style()),
    ]
  }

  private static func trailing(_ text: String, _ columns: Int) -> String {
    String(repeating: " ", count: max(0, columns - TextWidth.of(text))) + text
  }
}
