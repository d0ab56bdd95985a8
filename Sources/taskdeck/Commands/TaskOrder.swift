// `tasks list --sort`.

import ArgumentParser
import CloudModel

/// A field to sort tasks by, `-` before it for the other direction.
struct TaskOrder: ExpressibleByArgument {
  private let field: String
  private let isReversed: Bool

  private static let keys: [String: @Sendable (CloudTask, CloudTask) -> Bool] = [
    "id": { $0.name.id < $1.name.id },
    "class": { ($0.taskClass ?? "") < ($1.taskClass ?? "") },
    "dispatches": { $0.dispatchCount < $1.dispatchCount },
    "responses": { $0.responseCount < $1.responseCount },
    // The oldest is created first.
    "age": { early($1.createTime, $0.createTime) },
    "created": { early($0.createTime, $1.createTime) },
    "eta": { early($0.scheduleTime, $1.scheduleTime) },
  ]
  private static let aliases = [
    "dispatchCount": "dispatches", "responseCount": "responses", "createTime": "created", "scheduleTime": "eta",
    "name": "id",
  ]

  init?(argument: String) {
    isReversed = argument.hasPrefix("-")
    let name = String(argument.drop { $0 == "-" })
    field = Self.aliases[name] ?? name
    if Self.keys[field] == nil { return nil }
  }

  static var allValueStrings: [String] { keys.keys.sorted() }

  /// Stable: what is equal keeps its order.
  func sorted(_ tasks: [CloudTask]) -> [CloudTask] {
    guard let isBefore = Self.keys[field] else { return tasks }
    return tasks.sorted { isReversed ? isBefore($1, $0) : isBefore($0, $1) }
  }

  /// What has no time comes last.
  private static func early(_ left: Timestamp?, _ right: Timestamp?) -> Bool {
    guard let left else { return false }
    return right.map { left < $0 } ?? true
  }
}
