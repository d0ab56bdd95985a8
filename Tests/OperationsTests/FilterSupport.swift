// What the filter's tests share: resources to filter, chance that repeats, and a second evaluation of the language,
// written separately and slowly, over the JSON of a task.

import CloudModel
import Foundation
import Testing

@testable import Operations

let filterNow = Timestamp("2026-03-01T12:00:00Z")?.date ?? .distantPast

/// Chance that repeats (SplitMix64).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: 0..<elements.count, using: &self)]
  }
}

func filterTask(_ json: JSON) throws -> CloudTask {
  var object = try #require(json.object)
  if object["name"] == nil { object["name"] = "projects/p/locations/us-central1/queues/orders/tasks/abc" }
  return try JSONReader.read(JSON.object(object).data) { reader throws(JSONError) in try CloudTask(&reader) }
}

func filterQueue(_ json: JSON) throws -> Queue {
  try JSONReader.read(json.data) { reader throws(JSONError) in try Queue(&reader) }
}

func filterJob(_ json: JSON) throws -> Job {
  try JSONReader.read(json.data) { reader throws(JSONError) in try Job(&reader) }
}

/// A task whose body is `body`.
func filterTask(body: JSON, headers: JSON = [:]) throws -> CloudTask {
  try filterTask([
    "httpRequest": [
      "url": "https://app.example.com/v2/tasks/SendWelcomeEmail", "headers": headers,
      "body": .string(body.data.base64EncodedString()),
    ]
  ])
}

extension Filter {
  /// Whether a task matches; a filter that can not be read fails the test.
  static func holds(_ text: String, _ task: CloudTask) throws -> Bool {
    try Filter(text, for: .task).matches(task, now: filterNow)
  }
}

// MARK: Random tasks

struct RandomTasks {
  var random: SplitMix

  mutating func task() throws -> CloudTask {
    var object: JSONObject = [:]
    object["name"] = .string(
      "projects/acme/locations/us-central1/queues/\(random.pick(["orders", "mail"]))/tasks/"
        + random.pick(["abc", "ABC", "abd-1", "x_9", "503"]))
    if random.chance(85) { object["httpRequest"] = .object(request()) }
    if random.chance(90) { object["createTime"] = time(-7200...0) }
    if random.chance(90) { object["scheduleTime"] = time(-600...3600) }
    if random.chance(50) { object["dispatchDeadline"] = .string(random.pick(["600s", "15s", "1.500s"])) }
    if random.chance(70) { object["dispatchCount"] = .integer(Int.random(in: 0...8, using: &random)) }
    if random.chance(70) { object["responseCount"] = .integer(Int.random(in: 0...8, using: &random)) }
    if random.chance(60) { object["lastAttempt"] = .object(attempt()) }
    return try filterTask(.object(object))
  }

  private mutating func time(_ range: ClosedRange<Int>) -> JSON {
    .string(Timestamp(filterNow.addingTimeInterval(Double(Int.random(in: range, using: &random)))).description)
  }

  private mutating func request() -> JSONObject {
    let name = random.pick(["SendWelcomeEmail", "sendwelcome", "Sync*All", "Ärger", "Charge", ""])
    var object: JSONObject = ["url": .string("https://app.example.com/\(random.pick(["v1", "v2"]))/\(name)")]
    if random.chance(60) { object["httpMethod"] = .string(random.pick(["POST", "PUT", "GET"])) }
    if random.chance(60) { object["headers"] = ["X-Tenant": .string(random.pick(["acme", "ACME", "other", "7"]))] }
    if random.chance(70) { object["body"] = .string(body().data.base64EncodedString()) }
    return object
  }

  private mutating func body() -> JSON {
    let identifiers: [JSON] = [.integer(5), .number("5.0"), "5", .number("9007199254740993"), nil, true, [1, 2]]
    return [
      "user_id": random.pick(identifiers), "user": ["id": .integer(random.pick([1, 12]))], "items": [["id": "a b"]],
    ]
  }

  private mutating func attempt() -> JSONObject {
    var object: JSONObject = [:]
    if random.chance(80) { object["dispatchTime"] = time(-60...0) }
    guard random.chance(80) else { return object }
    let answers: [JSON] = [
      ["code": 14, "message": "UNAVAILABLE(14): HTTP status code 503"],
      ["code": 16, "message": "UNAUTHENTICATED(16): HTTP status code 401"], ["code": 4], [:],
    ]
    object["responseStatus"] = random.pick(answers)
    return object
  }
}

// MARK: A second evaluation

/// A filter as it is meant, and how it could be written.
indirect enum Wanted {
  case all([Wanted])
  case any([Wanted])
  case not(Wanted)
  case flag(String)
  case word(String)
  case compare(Field, String, String)

  /// A field by its names, and where its value stands in the resource's JSON.
  struct Field {
    enum Kind { case text, number, time, age, eta, duration, open }
    let names: [String]
    let kind: Kind
    let value: @Sendable (JSON) -> JSON?
  }

  func holds(_ task: JSON) -> Bool {
    switch self {
    case .all(let parts): parts.allSatisfy { $0.holds(task) }
    case .any(let parts): parts.contains { $0.holds(task) }
    case .not(let part): !part.holds(task)
    case .flag(let name): Self.flag(name, task)
    case .word(let word):
      Self.seen(task).contains { $0.lowercased().contains(word.lowercased()) } || word.isEmpty
    case .compare(let field, let sign, let text): Self.compare(field, sign, text, task)
    }
  }

  private static func seen(_ task: JSON) -> [String] {
    let name = (task["name"]?.string ?? "").split(separator: "/")
    return [String(name[7]), String(name[5])]
      + ["class", "url", "status", "code", "message"].compactMap { field in
        fields.first { $0.names[0] == field }?.value(task).map { $0.string ?? $0.compact }
      }
  }

  private static func flag(_ name: String, _ task: JSON) -> Bool {
    let count = task["dispatchCount"]?.int ?? 0
    let answer = task["lastAttempt"]?["responseStatus"]
    let isRunning =
      task["lastAttempt"].map { answer == nil && $0["dispatchTime"] != nil } ?? (count > 0)
    let code = answer.map { $0["code"]?.int ?? 0 }
    switch name {
    case "never": return answer == nil && !isRunning
    case "running": return isRunning
    case "ok": return code == 0
    default: return code == nil ? count > 1 : code != 0
    }
  }

  private static func compare(_ field: Field, _ sign: String, _ text: String, _ task: JSON) -> Bool {
    guard let value = field.value(task) else { return false }
    let written = value.string ?? value.compact
    switch sign {
    case "~": return written.range(of: text, options: .regularExpression) != nil
    case ":" where field.kind == .text || field.kind == .open || text.contains("*"):
      return glob(Array(written.lowercased())[...], Array(text.lowercased())[...])
    case "=" where field.kind == .text: return written == text
    case "=" where field.kind == .open:
      if case .number(let digits) = value, let first = Decimal(string: digits), let second = Decimal(string: text),
        text.allSatisfy({ "0123456789.-".contains($0) })
      {
        return first == second
      }
      return written == text
    default: break
    }
    guard let first = number(value, field.kind), let second = literal(text, field.kind) else { return false }
    switch sign {
    case "<": return first < second
    case "<=": return first <= second
    case ">": return first > second
    case ">=": return first >= second
    default: return first == second
    }
  }

  private static func number(_ value: JSON, _ kind: Field.Kind) -> Double? {
    switch kind {
    case .text: nil
    case .number, .open: value.double
    case .time: value.string.flatMap { Timestamp($0) }?.date.timeIntervalSince1970
    case .age: value.string.flatMap { Timestamp($0) }.map { filterNow.timeIntervalSince($0.date) }
    case .eta: value.string.flatMap { Timestamp($0) }.map { $0.date.timeIntervalSince(filterNow) }
    case .duration: value.string.flatMap { Double($0.dropLast()) }
    }
  }

  /// Durations are written in seconds here, for the sake of simplicity.
  private static func literal(_ text: String, _ kind: Field.Kind) -> Double? {
    switch kind {
    case .time: Timestamp(text)?.date.timeIntervalSince1970
    case .age, .eta, .duration: Double(text.dropLast())
    case .text, .number, .open: Double(text)
    }
  }

  private static func glob(_ text: ArraySlice<Character>, _ pattern: ArraySlice<Character>) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    let rest = pattern.dropFirst()
    switch first {
    case "*": return glob(text, rest) || !text.isEmpty && glob(text.dropFirst(), pattern)
    case "?": return !text.isEmpty && glob(text.dropFirst(), rest)
    case "\\": return text.first == rest.first && glob(text.dropFirst(), rest.dropFirst())
    default: return text.first == first && glob(text.dropFirst(), rest)
    }
  }

  static let fields: [Field] = [
    Field(names: ["class"], kind: .text) { task in
      let parts = task["httpRequest"]?["url"]?.string?.split(separator: "/").dropFirst(2)
      return parts?.last.map { .string(String($0)) }
    },
    Field(names: ["url", "httpRequest.url"], kind: .text) { $0["httpRequest"]?["url"] },
    Field(names: ["id"], kind: .text) { task in
      task["name"]?.string?.split(separator: "/").last.map { .string(String($0)) }
    },
    Field(names: ["method", "httpRequest.httpMethod"], kind: .text) { $0["httpRequest"]?["httpMethod"] },
    Field(names: ["dispatches", "dispatchCount"], kind: .number) { $0["dispatchCount"] ?? 0 },
    Field(names: ["responses", "responseCount"], kind: .number) { $0["responseCount"] ?? 0 },
    Field(names: ["status"], kind: .number) { task in
      let words = task["lastAttempt"]?["responseStatus"]?["message"]?.string?.split(separator: " ")
      return words?.last.map { .number(String($0)) }
    },
    Field(names: ["code", "lastAttempt.responseStatus.code"], kind: .text) { task in
      let names = [0: "OK", 4: "DEADLINE_EXCEEDED", 14: "UNAVAILABLE", 16: "UNAUTHENTICATED"]
      return task["lastAttempt"]?["responseStatus"].flatMap { names[$0["code"]?.int ?? 0] }.map { .string($0) }
    },
    Field(names: ["message"], kind: .text) { task in
      task["lastAttempt"]?["responseStatus"].map { $0["message"] ?? "" }
    },
    Field(names: ["created", "createTime"], kind: .time) { $0["createTime"] },
    Field(names: ["next", "scheduleTime"], kind: .time) { $0["scheduleTime"] },
    Field(names: ["age"], kind: .age) { $0["createTime"] },
    Field(names: ["eta"], kind: .eta) { $0["scheduleTime"] },
    Field(names: ["deadline", "dispatchDeadline"], kind: .duration) { $0["dispatchDeadline"] },
    Field(names: ["header.X-Tenant", "httpRequest.headers.x-tenant"], kind: .open) {
      $0["httpRequest"]?["headers"]?["X-Tenant"]
    },
    Field(names: ["body.user_id", "httpRequest.body.user_id"], kind: .open) { body(of: $0)?["user_id"] },
    Field(names: ["body.user.id", "payload.\"user\".id"], kind: .open) { body(of: $0)?["user"]?["id"] },
    Field(names: ["body.items.0.id"], kind: .open) { body(of: $0)?["items"]?[0]?["id"] },
  ]

  private static func body(of task: JSON) -> JSON? {
    guard let text = task["httpRequest"]?["body"]?.string, let data = Data(base64Encoded: text) else { return nil }
    return try? JSON(parsing: data)
  }
}

// MARK: Random filters

struct RandomFilters {
  var random: SplitMix

  mutating func filter(depth: Int = 3) -> Wanted {
    guard depth > 0, random.chance(65) else { return leaf() }
    switch Int.random(in: 0..<3, using: &random) {
    case 0: return .all(parts(depth - 1))
    case 1: return .any(parts(depth - 1))
    default: return .not(filter(depth: depth - 1))
    }
  }

  private mutating func parts(_ depth: Int) -> [Wanted] {
    (0..<Int.random(in: 2...4, using: &random)).map { _ in filter(depth: depth) }
  }

  private mutating func leaf() -> Wanted {
    if random.chance(15) { return .flag(random.pick(["never", "running", "failing", "ok"])) }
    if random.chance(15) {
      return .word(
        random.pick(["sendwel", "ORDERS", "503", "abc", "unavail", "ärg", "/v2/", "status code 4", "running"]))
    }
    let field = random.pick(Wanted.fields)
    let (sign, text) = comparison(field)
    return .compare(field, sign, text)
  }

  private mutating func comparison(_ field: Wanted.Field) -> (String, String) {
    let orders = [":", "=", "<", "<=", ">", ">="]
    switch field.kind {
    case .text: return text(of: field)
    case .number:
      return field.names[0] == "status"
        ? (random.pick(orders), random.pick(["503", "401", "450"]))
        : random.chance(10) ? (":", "*") : (random.pick(orders), String(Int.random(in: 0...8, using: &random)))
    case .time:
      let time = filterNow.addingTimeInterval(Double(Int.random(in: -7200...3600, using: &random)))
      return (random.pick(orders), Timestamp(time).description)
    case .age: return (random.pick(["<", "<=", ">", ">="]), "\(Int.random(in: 0...7200, using: &random))s")
    case .eta: return (random.pick(["<", "<=", ">", ">="]), "\(Int.random(in: -600...3600, using: &random))s")
    case .duration: return (random.pick(orders), random.pick(["600s", "15s", "1.5s", "2s"]))
    case .open:
      return random.chance(40)
        ? (random.pick(["<", "<=", ">", ">="]), random.pick(["5", "1", "7", "9007199254740992"]))
        : (random.pick([":", "="]), random.pick(["5", "12", "acme", "a b", "*", "null", "[1,2]", "9007199254740992"]))
    }
  }

  private mutating func text(of field: Wanted.Field) -> (String, String) {
    if field.names[0] == "code" {
      return (random.pick([":", "="]), random.pick(["UNAVAILABLE", "OK", "UNAUTHENTICATED"]))
    }
    let globs = ["*", "send*", "*ABC*", "Ä*", "sync\\**", "ab?", "?*-1", "https://*/v2/*", "post", "*email", ""]
    let patterns = ["^ab", "v[12]/S", "(Send|Sync)", "e{2,}", "\\d{3}$", "Ä", "l+c?o", "^$", "\\bapp\\b", "a|b"]
    let exact = ["abc", "ABC", "POST", "Ärger", "Charge", "", "Sync*All"]
    return random.pick([(":", random.pick(globs)), ("~", random.pick(patterns)), ("=", random.pick(exact))])
  }

  /// The filter as somebody could write it.
  mutating func written(_ filter: Wanted, inside: Bool = false) -> String {
    switch filter {
    case .all(let parts): return grouped(parts.map { written($0, inside: true) }.joined(separator: blank()), inside)
    case .any(let parts):
      return grouped(
        parts.map { written($0, inside: true) }.joined(separator: random.pick(["|", " | ", "  |"])), inside)
    case .not(.compare(let field, let sign, let text)) where "=:~".contains(sign) && random.chance(50):
      return written(field, "!" + sign, text)
    case .not(let part): return "!" + written(part, inside: true)
    case .flag(let name): return random.chance(20) ? "(\(name))" : name
    case .word(let word): return quoted(word)
    case .compare(let field, let sign, let text): return written(field, sign, text)
    }
  }

  private mutating func blank() -> String { random.pick([" ", "  ", "\t", " \n"]) }

  private mutating func grouped(_ text: String, _ inside: Bool) -> String {
    inside || random.chance(20) ? "(\(random.pick(["", " "]))\(text)\(random.pick(["", " "])))" : text
  }

  private mutating func written(_ field: Wanted.Field, _ sign: String, _ text: String) -> String {
    let needsQuotes = text.isEmpty || text.contains { " ()|\"".contains($0) }
    let isPattern = sign.hasSuffix("~") || sign.hasSuffix(":")
    let value = needsQuotes || random.chance(20) ? (isPattern ? "\"\(text)\"" : quoted(text)) : text
    return random.pick(field.names) + sign + value
  }

  private func quoted(_ text: String) -> String {
    "\"" + text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"") + "\""
  }
}
