// The fields a filter can name, resolved once to an enum so that a million rows are filtered without looking at a name.

import CloudModel

/// What a filter is about.
package enum ResourceKind: String, CaseIterable, Sendable {
  case task, queue, job

  /// The noun in the plural, for sentences.
  var plural: String { rawValue + "s" }

  /// What `age` counts from. Queues do not tell when they were created, jobs neither: what a person asks for is how old
  /// the oldest task is, and how long ago the job ran.
  var birth: FilterField {
    switch self {
    case .task: .created
    case .queue: .oldest
    case .job: .lastRun
    }
  }
}

/// A field of a resource. One field has one name and one type whatever the resource, so that a filter can be read before
/// it is known what it is for.
package enum FilterField: Hashable, Sendable {
  /// The last segment of the resource name.
  case id
  /// The full resource name when the value holds a slash, else the ID.
  case name
  case queue, location, project
  /// Last path segment of the URL (DESIGN.md, Words).
  case taskClass
  /// The HTTP URL; of an App Engine target the relative URI.
  case url
  case method, account
  /// HTTP status of the last attempt, where the service tells it.
  case status
  /// Canonical code of the last attempt, by name.
  case code
  case message
  case dispatches, responses
  case created, scheduled, dispatched, answered, firstDispatched
  /// Time since `ResourceKind.birth`, and time until `scheduled`: computed, never asked of a row.
  case age, eta
  case deadline
  case state
  case rate, burst, concurrent, maxAttempts, retryDuration, minBackoff, maxBackoff, doublings
  case purged, tasks, oldest, executed, dispatching, effectiveRate
  case description, schedule, zone, topic, lastRun, updated, retries
  /// A path into the decoded JSON body; empty is the body's text.
  case body([String])
  /// A header of the stored request, by its name in lower case (RFC 9110 section 5.1: names are case-insensitive).
  case header(String)
  /// An attribute of a Pub/Sub message.
  case attribute(String)
  /// Any other field, by its path in the REST resource.
  case resource([String])
}

/// A bare word that asks for a condition instead of a text.
package enum FilterFlag: String, CaseIterable, Sendable {
  case never, running, failing, ok, paused, disabled, enabled

  /// The flags that mean something for a kind; for other kinds the same word is a text to search for.
  package static func known(for kind: ResourceKind) -> [FilterFlag] { allCases.filter { $0.isKnown(for: kind) } }

  func isKnown(for kind: ResourceKind) -> Bool {
    switch self {
    case .never, .ok: kind == .task
    case .running: kind != .job
    case .failing: kind != .queue
    case .paused: kind != .task
    case .disabled: kind == .queue
    case .enabled: kind == .job
    }
  }

  /// The flag's name as a text to search for.
  var needle: FilterNeedle { Self.needles[self] ?? FilterNeedle(rawValue) }

  private static let needles = Dictionary(uniqueKeysWithValues: allCases.map { ($0, FilterNeedle($0.rawValue)) })

  /// What the flag asks for.
  package var help: String {
    switch self {
    case .never: "never dispatched"
    case .running: "being dispatched now; a queue that runs"
    case .failing: "the last attempt failed"
    case .ok: "the last attempt succeeded"
    case .paused: "paused"
    case .disabled: "disabled"
    case .enabled: "enabled"
    }
  }
}

/// How values of a field are written and compared.
enum FilterType: Sendable {
  case text, number
  /// A number that can also be written `5xx`.
  case status
  /// A canonical code, by name or number.
  case code
  case time, duration
  /// JSON, or a text that may hold a number: the literal decides.
  case open

  /// What to write after the operator, for error messages.
  var example: String {
    switch self {
    case .text: "a text"
    case .number: "a number such as 5"
    case .status: "an HTTP status such as 503 or 5xx"
    case .code: "a status code such as UNAVAILABLE or 14"
    case .time: "a time such as 2026-01-02T03:04:05Z or a day such as 2026-01-02"
    case .duration: "a duration such as 90s, 30m or 1h30m"
    case .open: "a number, a time or a duration"
    }
  }
}

extension FilterField {
  var isBody: Bool {
    guard case .body = self else { return false }
    return true
  }

  /// The kinds of resource that can have the field.
  var kinds: Set<ResourceKind> {
    switch self {
    case .body, .header: [.task, .job]
    case .attribute: [.job]
    default: FilterFieldTable.entry(of: self)?.kinds ?? []
    }
  }

  var type: FilterType {
    switch self {
    case .body(let path): path.isEmpty ? .text : .open
    case .header, .attribute, .resource: .open
    default: FilterFieldTable.entry(of: self)?.type ?? .open
    }
  }

  /// The canonical spelling.
  package var spelling: String {
    switch self {
    case .body(let path): (["body"] + path.map(Self.spelled)).joined(separator: ".")
    case .header(let name): "header." + Self.spelled(name)
    case .attribute(let name): "attribute." + Self.spelled(name)
    case .resource(let path): path.joined(separator: ".")
    default: FilterFieldTable.entry(of: self)?.names[0] ?? ""
    }
  }

  private static func spelled(_ segment: String) -> String {
    let isPlain = segment.unicodeScalars.allSatisfy {
      $0 == "_" || $0 == "-" || $0.properties.isAlphabetic || isDigit($0)
    }
    return isPlain && !segment.isEmpty ? segment : FilterPrinter.quoted(segment)
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}
