// The forms about queues and tasks: their lines, what is read from them, and the plan that is shown.

import CloudModel
import Foundation
import Terminal

/// One limit of a queue, as a person writes it.
private struct Limit {
  let path: String
  let hint: String
  let text: @Sendable (Queue) -> String
  /// Puts a text into the queue; false when it can not be read.
  let set: @Sendable (inout Queue, String) -> Bool

  static let all: [Limit] = [
    number(
      "rateLimits.maxDispatchesPerSecond", "Dispatches a second, at most 500.", \.rateLimits.maxDispatchesPerSecond),
    whole("rateLimits.maxConcurrentDispatches", "Dispatches under way at once.", \.rateLimits.maxConcurrentDispatches),
    whole("retryConfig.maxAttempts", "Attempts of a task; -1 is without limit.", \.retryConfig.maxAttempts),
    span("retryConfig.minBackoff", "Shortest wait between attempts: 0.1s, 30s.", \.retryConfig.minBackoff),
    span("retryConfig.maxBackoff", "Longest wait between attempts: 1h.", \.retryConfig.maxBackoff),
    whole("retryConfig.maxDoublings", "How often the wait doubles.", \.retryConfig.maxDoublings),
    span(
      "retryConfig.maxRetryDuration", "How long a task is tried; 0 is without limit.", \.retryConfig.maxRetryDuration),
  ]

  private typealias Path<Value> = WritableKeyPath<Queue, Value?> & Sendable

  private static func number(_ path: String, _ hint: String, _ field: Path<Double>) -> Limit {
    Limit(path: path, hint: hint, text: { $0[keyPath: field].map(Words.number) ?? "" }) { queue, text in
      guard let value = Double(text), value.isFinite, value >= 0 else { return false }
      queue[keyPath: field] = value
      return true
    }
  }

  private static func whole(_ path: String, _ hint: String, _ field: Path<Int>) -> Limit {
    Limit(path: path, hint: hint, text: { $0[keyPath: field].map(String.init) ?? "" }) { queue, text in
      guard let value = Int(text), value >= -1 else { return false }
      queue[keyPath: field] = value
      return true
    }
  }

  private static func span(_ path: String, _ hint: String, _ field: Path<Duration>) -> Limit {
    Limit(path: path, hint: hint, text: { $0[keyPath: field].map { "\(Words.number($0.inSeconds))s" } ?? "" }) {
      queue, text in
      guard let value = Duration(span: text.replacing(",", with: "")) else { return false }
      queue[keyPath: field] = value
      return true
    }
  }

  var label: String { path.split(separator: ".").last.map(String.init) ?? path }
}

extension Form {
  static func creating(in place: LocationName, id: String) -> Form {
    Form(
      title: "New queue in \(place.location)", subject: .create(place),
      fields: [FormField("ID", id, hint: "Letters, numbers and hyphens, 100 at most.")]
        + Limit.all.map { FormField($0.label, hint: "\($0.hint) Empty is the service's default.") })
  }

  static func editing(_ queue: Queue) -> Form {
    Form(
      title: "Limits of \(queue.name.id)", subject: .edit(queue),
      fields: Limit.all.map { FormField($0.label, $0.text(queue), hint: $0.hint) })
  }

  static func pushing(to queue: QueueName, url: String) -> Form {
    Form(
      title: "New task in \(queue.id)", subject: .push(queue),
      fields: [
        FormField("URL", url, .long, hint: "Where the task is sent to: http:// or https://."),
        FormField("Body", "", .payload, hint: "JSON, or any text; empty is no body."),
        FormField("In", hint: "Dispatch after this long: 90s, 30m, 2h. Empty is as soon as the queue allows."),
      ])
  }

  /// Puts the limits that were changed into a queue, and returns their paths.
  fileprivate func apply(to queue: inout Queue) throws(FormProblem) -> [String] {
    var mask: [String] = []
    for limit in Limit.all {
      let text = value(limit.label)
      if text.isEmpty || text == limit.text(queue) { continue }
      guard limit.set(&queue, text) else {
        throw FormProblem(field: place(limit.label), reason: "\"\(text)\" is not taken. \(limit.hint)")
      }
      mask.append(limit.path)
    }
    return mask
  }
}

extension ConsoleState {
  mutating func confirmCreation(_ form: Form, in place: LocationName) throws(FormProblem) {
    let id = form.value("ID")
    let name: QueueName
    do { name = try QueueName(parent: place, id: id) } catch {
      throw FormProblem(field: 0, reason: id.isEmpty ? "A queue needs an ID." : error.description)
    }
    if queueRow(name) != nil { throw FormProblem(field: 0, reason: "There is a queue \(id) already.") }
    var queue = Queue(name: name)
    let mask = try form.apply(to: &queue)
    let lines = Limit.all.map { limit -> Document.Line in
      .field(limit.label, mask.contains(limit.path) ? limit.text(queue) : "the service's default")
    }
    confirm("Create the queue \(id)", [.field("name", name.description)] + lines, name: id, .create(queue))
  }

  mutating func confirmUpdate(_ form: Form, of queue: Queue) throws(FormProblem) {
    var after = queue
    let mask = try form.apply(to: &after)
    guard !mask.isEmpty else { throw FormProblem(field: form.cursor, reason: "Nothing is different.") }
    let lines = Limit.all.filter { mask.contains($0.path) }.map { limit -> Document.Line in
      let before = limit.text(queue)
      return .spans([
        Span("~ \(limit.path)  ", Style(.warning)), Span(before.isEmpty ? "(default)" : before, Style(.dim)),
        Span(" -> ", Style(.dim)), Span(limit.text(after), Style(.accent)),
      ])
    }
    confirm("Change the queue \(queue.name.id)", lines, name: queue.name.id, .update(after, mask: mask))
  }

  mutating func confirmTask(_ form: Form, in queue: QueueName) throws(FormProblem) {
    let (url, body, span) = (form.value("URL"), form.exactValue("Body") ?? "", form.value("In"))
    if let reason = Form.objection(toURL: url) { throw FormProblem(field: form.place("URL"), reason: reason) }
    if let reason = Form.objection(toPayload: body) { throw FormProblem(field: form.place("Body"), reason: reason) }
    let delay = span.isEmpty ? nil : Duration(span: span)
    // "Schedule time must be no more than 720h in the future" (Cloud Tasks).
    if !span.isEmpty, delay.map({ $0.inSeconds > 720 * 3600 }) ?? true {
      throw FormProblem(field: form.place("In"), reason: "\(span) is no span of at most 720h: 90s, 30m, 2h.")
    }
    let request = TaskRequest(queue: queue, url: url, body: body, delay: delay, serviceAccount: context.serviceAccount)
    confirm(
      "Create a task in \(queue.id)",
      [
        .field("request", "POST \(sanitised(url))"), .field("OIDC token", request.serviceAccount ?? "none"),
        .field("dispatched", delay.map { "in \(Words.longSpan($0.inSeconds))" } ?? "as soon as the queue allows"),
        .field("body", body.isEmpty ? "none" : Words.bytes(body.utf8.count)),
      ] + Form.bodyLines(body), name: queue.id, .push(request))
  }
}

extension Form {
  /// What is going to be sent, cut where a plan has no room for it.
  static func bodyLines(_ body: String) -> [Document.Line] {
    let lines = body.split(separator: "\n", omittingEmptySubsequences: false)
    guard !body.isEmpty else { return [] }
    let shown: [Document.Line] = lines.prefix(8).map {
      .spans([Span("  " + sanitised(String($0.prefix(400))), Style(.string))])
    }
    let isCut = lines.count > 8 || lines.prefix(8).contains { $0.count > 400 }
    return shown + (isCut ? [.note("  ... the rest is sent as well")] : [])
  }
}
