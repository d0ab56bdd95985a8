// The filter language of taskdeck: what the console's `/`, `--filter` and saved filters speak (DESIGN.md section 5).
//
//   class:SendWelcome* dispatches>=5 status:503 age>1h url~/v2/ body.user_id=123 header.X-Tenant:acme !paused "free words"
//
// Blank is and, `|` is or, `( )` groups, `!` is not. `:` compares without case, `*` standing for any text and `?` for
// one character; `=` compares exactly; `~` looks for a regular expression (case counts; `(?i)` lets it not);
// `< <= > >=` compare numbers, times (RFC 3339, or a day in UTC) and durations (`90s`, `1h30m`, `7d`); `!=`, `!:` and
// `!~` are the negations. On numbers, times and durations `:` is `=`.
//
// A field that the resource does not have makes a comparison false, and its negation true: `status:503` and
// `!status:503` part all tasks in two, those never answered in the second part.

import CloudModel
import Foundation

/// A condition on tasks, queues or jobs.
package struct Filter: Equatable, Sendable, CustomStringConvertible {
  /// As written.
  let root: FilterNode
  /// The same, cheap tests first.
  private let plan: FilterNode
  private let source: FilterSource
  private let mentions: [FilterMention]

  /// Reads a filter whose fields may be those of any resource.
  package init(_ text: String) throws(FilterError) { try self.init(text, kind: nil) }

  /// Reads a filter for one kind of resource; a field of another kind is an error.
  package init(_ text: String, for kind: ResourceKind) throws(FilterError) { try self.init(text, kind: kind) }

  private init(_ text: String, kind: ResourceKind?) throws(FilterError) {
    source = FilterSource(text)
    var parser = FilterParser(source, kind: kind)
    root = try parser.parse()
    mentions = parser.mentions
    plan = root.ordered
  }

  private init() {
    (root, plan, source, mentions) = (.all([]), .all([]), FilterSource(""), [])
  }

  /// Holds for everything.
  package static let everything = Filter()

  /// Two filters are equal when they ask the same in the same order, whatever the spelling.
  package static func == (left: Filter, right: Filter) -> Bool { left.root == right.root }

  /// Whether nothing is asked.
  package var isEmpty: Bool { root == .all([]) }

  /// Whether a body is looked at, so that tasks are needed in FULL view.
  package var needsBody: Bool { root.tests.contains { $0.field.isBody } }

  /// One spelling of the filter; it reads back as an equal filter.
  package var description: String { FilterPrinter.text(of: root) }

  /// Refuses fields that a kind of resource does not have.
  package func validate(for kind: ResourceKind) throws(FilterError) {
    for mention in mentions where !mention.field.kinds.contains(kind) {
      throw FilterFieldReader.foreign(
        mention.field, source.text(of: mention.range), to: kind, source, mention.range)
    }
  }

  package func matches(_ task: CloudTask, now: Date) -> Bool { matches(TaskFields(task), now: now) }
  package func matches(_ queue: Queue, now: Date) -> Bool { matches(QueueFields(queue), now: now) }
  package func matches(_ job: Job, now: Date) -> Bool { matches(JobFields(job), now: now) }

  /// For rows of a table.
  package func matches(_ fields: some Filterable, now: Date) -> Bool { plan.holds(fields, now: now) }

  /// Names of fields the filter asks for that rows of a type do not know: with any, `matches` says less than the truth.
  package func fields<Row: Filterable>(unknownTo row: Row.Type) -> [String] {
    var names: [String] = []
    for test in root.tests where !Row.holds(test.needed(for: Row.kind)) {
      let name = test.field.spelling
      if !names.contains(name) { names.append(name) }
    }
    return names
  }
}

extension FilterTest {
  /// The field that a row is asked for.
  fileprivate func needed(for kind: ResourceKind) -> FilterField {
    switch read {
    case .age: kind.birth
    case .eta: .scheduled
    default: read
    }
  }
}
