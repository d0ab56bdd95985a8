// Where each request is told of: standard error with --verbose, a file with --trace, and the console's log while one is
// open. Never a query, a header or a body: those may hold secrets, and logs are passed on.

import CloudModel
import CloudREST
import Console
import Foundation
import Synchronization

/// Tells of requests and of calls that are put off.
final class RequestReport: Sendable {
  /// What the console wants to hear.
  struct Listener: Sendable {
    let sent: @Sendable (SentRequest) -> Void
    let warn: @Sendable (String) -> Void
  }

  private let isVerbose: Bool
  private let trace: TraceFile?
  private let listener = Mutex<Listener?>(nil)

  init(isVerbose: Bool, trace: TraceFile?) {
    (self.isVerbose, self.trace) = (isVerbose, trace)
  }

  /// From now on the listener hears everything and standard error nothing: the console's screen is there.
  func tell(_ listener: Listener) {
    self.listener.withLock { $0 = listener }
  }

  /// One sending has ended.
  func sent(_ exchange: RESTExchange, at endpoint: String) {
    let listener = listener.withLock { $0 }
    if let problem = trace?.write(exchange, endpoint) { warn(problem, listener) }
    if let listener { return listener.sent(SentRequest(exchange)) }
    if isVerbose { Output.say(Self.line(exchange)) }
  }

  /// A call has to wait for its budget.
  func putOff(_ event: PutOff) {
    let seconds = Int((event.wait / .seconds(1)).rounded(.up))
    let text =
      "\(event.limit) \(event.quota) were made within a minute, which is the limit; the next waits \(seconds) s."
    let listener = listener.withLock { $0 }
    if let listener { return listener.warn(text) }
    if isVerbose { Output.say(text) }
  }

  private func warn(_ text: String, _ listener: Listener?) {
    if let listener { listener.warn(text) } else { Output.say("taskdeck: \(text)") }
  }

  private static func line(_ exchange: RESTExchange) -> String {
    let outcome = exchange.failure ?? String(exchange.status)
    let milliseconds = String(format: "%.1f ms", exchange.seconds * 1000)
    return "\(exchange.method) \(exchange.path) \(outcome) \(exchange.bytes) bytes \(milliseconds) attempt"
      + " \(exchange.attempt)"
  }
}

extension SentRequest {
  init(_ exchange: RESTExchange) {
    self.init(
      time: exchange.time, method: exchange.method, path: exchange.path, status: exchange.status,
      bytes: exchange.bytes, seconds: exchange.seconds, attempt: exchange.attempt, failure: exchange.failure)
  }
}

/// `--trace FILE`: a JSON object a line for each request.
final class TraceFile: Sendable {
  private let path: String
  private let file: Int32
  private let hasFailed = Mutex(false)

  /// Opens the file for appending. A new one may be read by its owner alone, because resource names tell much of a
  /// project; one that is there keeps its permissions.
  ///
  /// - Throws: `Exit` when it cannot be opened.
  init(_ path: String) throws(Exit) {
    self.path = path
    file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    if file < 0 {
      throw .usage(
        "The trace file cannot be written", reason: "--trace \(path): \(String(cString: strerror(errno)))",
        remedy: "Name a file in a folder you may write to.")
    }
  }

  deinit { close(file) }

  /// Appends a line. Returns the words for the first failure, nil for every later one: a full disk is told of once.
  func write(_ exchange: RESTExchange, _ endpoint: String) -> String? {
    let line = Self.json(exchange, endpoint).data + Data([0x0A])
    // One write for a whole line: with O_APPEND, lines of two processes do not mix.
    let written = line.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
    if written == line.count { return nil }
    let reason = written < 0 ? String(cString: strerror(errno)) : "no room is left"
    let isFirst = hasFailed.withLock { hasFailed in
      defer { hasFailed = true }
      return !hasFailed
    }
    return isFirst ? "The trace is incomplete: \(path): \(reason)" : nil
  }

  static func json(_ exchange: RESTExchange, _ endpoint: String) -> JSON {
    var object: JSONObject = [
      "time": .string(Timestamp(exchange.time).description), "method": .string(exchange.method),
      "endpoint": .string(endpoint), "path": .string(exchange.path), "status": .integer(exchange.status),
      "bytes": .integer(exchange.bytes), "seconds": .number(String(format: "%.6f", exchange.seconds)),
      "attempt": .integer(exchange.attempt),
    ]
    object["failure"] = exchange.failure.map(JSON.string)
    return .object(object)
  }
}
