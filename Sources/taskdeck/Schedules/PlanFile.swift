// A plan on disk: what was looked at is what is applied, perhaps by somebody else.

import CloudModel
import Foundation
import Operations

/// The file that `schedule diff --out` writes and `schedule apply` reads.
struct PlanFile {
  private static let kind = "taskdeck schedule plan"
  private static let version = 1

  let endpoint: String
  let parent: String
  let source: String
  let domain: String?
  let app: String?
  let changes: [ResourceChange]
  /// Names as the library prints them, by resource name.
  let labels: [String: String]
  let unchanged: [String]
  let isPruning: Bool

  init(_ plan: SchedulePlan, endpoint: String) {
    self.endpoint = endpoint
    parent = plan.scope.parent.description
    source = plan.source
    domain = plan.scope.ownership.endpoint
    app = plan.scope.ownership.app
    changes = plan.changes
    labels = plan.labels
    unchanged = plan.unchanged.map(\.name.id)
    isPruning = plan.isPruning
  }

  /// 0600, because headers may hold secrets.
  func write(to path: String) throws(Exit) {
    let json: JSON = [
      "kind": .string(Self.kind), "version": .integer(Self.version), "endpoint": .string(endpoint),
      "parent": .string(parent), "source": .string(source), "domain": domain.map(JSON.string) ?? .null,
      "app": app.map(JSON.string) ?? .null,
      "prune": .bool(isPruning), "unchanged": .array(unchanged.map(JSON.string)),
      "changes": .array(
        changes.map { change in
          [
            "name": .string(change.name), "label": .string(labels[change.name] ?? change.id),
            "before": change.before ?? .null, "after": change.after ?? .null,
          ]
        }),
    ]
    let data = Data((json.pretty + "\n").utf8)
    // A name of its own first: a reader never sees half of it, and nobody else may read it in between.
    guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
      throw .refused("The plan cannot be written", reason: "\(path) cannot be created.", remedy: "Choose another path.")
    }
    do {
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      try handle.truncate(atOffset: 0)
      try handle.write(contentsOf: data)
      try handle.close()
    } catch {
      throw .refused(
        "The plan cannot be written", reason: "\(path): \(error.localizedDescription)", remedy: "Choose another path.")
    }
  }

  /// Reads a plan and checks that it is one.
  init(path: String) throws(Exit) {
    let bad = { (reason: String) in
      Exit.usage(
        "That is not a plan", reason: "\(path): \(reason)", remedy: "Make one: taskdeck schedule diff --out \(path)")
    }
    let json: JSON
    do { json = try JSON(parsing: try Data(contentsOf: URL(fileURLWithPath: path))) } catch let error as JSONError {
      throw bad(error.description)
    } catch {
      throw bad(error.localizedDescription)
    }
    guard json["kind"]?.string == Self.kind else { throw bad("it was not written by schedule diff.") }
    guard json["version"]?.int == Self.version else { throw bad("it is of another version of taskdeck.") }
    guard let endpoint = json["endpoint"]?.string, let parent = json["parent"]?.string,
      let entries = json["changes"]?.array
    else { throw bad("it is damaged.") }
    var changes: [ResourceChange] = []
    var labels: [String: String] = [:]
    for entry in entries {
      guard let name = entry["name"]?.string, let change = Self.change(entry, name) else { throw bad("it is damaged.") }
      changes.append(change)
      labels[name] = entry["label"]?.string
    }
    (self.endpoint, self.parent, self.changes, self.labels) = (endpoint, parent, changes, labels)
    source = json["source"]?.string ?? path
    domain = json["domain"]?.string
    app = json["app"]?.string
    unchanged = json["unchanged"]?.array?.compactMap(\.string) ?? []
    isPruning = json["prune"]?.bool ?? false
  }

  private static func change(_ entry: JSON, _ name: String) -> ResourceChange? {
    // Compared as JSON: `nil` is also a way to write JSON's null.
    let before = entry["before"].flatMap(\.object).map(JSON.object)
    let after = entry["after"].flatMap(\.object).map(JSON.object)
    // A job that is not the one it is filed under would be shown under one name and changed under another.
    for job in [before, after].compactMap(\.self) where Job(json: job)?.name.description != name { return nil }
    return before == nil && after == nil ? nil : ResourceChange(name: name, before: before, after: after)
  }

  /// Refuses a plan that was made elsewhere.
  func check(_ wiring: Wiring) throws(Exit) {
    let project = "projects/\(wiring.context.project.value)/"
    guard endpoint == wiring.scheduler.endpoint, wiring.parents.contains(where: { $0.description == parent }),
      changes.allSatisfy({ $0.name.hasPrefix(project) })
    else {
      throw .usage(
        "The plan is of another place", reason: "It was made for \(parent) at \(endpoint).",
        remedy: "Give that project, location and endpoint, or make a new plan.")
    }
  }
}

extension SchedulePlan {
  /// Names as the library prints them (class names), by resource name.
  var labels: [String: String] {
    var labels: [String: String] = [:]
    for addition in added { labels[addition.job.name.description] = addition.definition }
    for update in updated { labels[update.before.name.description] = update.definition }
    for job in deleted { labels[job.name.description] = scope.ownership.name(in: job.name.id) ?? job.name.id }
    return labels
  }
}
