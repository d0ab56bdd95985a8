// Resource names, parsed where they enter. Past this file a name is known to
// be well formed. Rules: google-apis.md section 1.5, discovery documents.

import Foundation

/// A resource name that is not one.
package struct NameError: Error, Equatable, Sendable, CustomStringConvertible {
  package let text: String
  /// What a right one looks like.
  package let expected: String

  package init(text: String, expected: String) { (self.text, self.expected) = (text, expected) }

  package var description: String { "\"\(text)\" is not \(expected)" }
}

/// A project's location: where queues and jobs live.
package struct LocationName: Hashable, Sendable, CustomStringConvertible {
  package let project: String
  package let location: String

  /// Throws when a part is empty or holds what no project or location ID can hold.
  package init(project: String, location: String) throws(NameError) {
    guard isName(project, extra: "-_.:") else {
      throw NameError(text: project, expected: "a project ID (letters, digits, '-', '.' and ':')")
    }
    guard isName(location, extra: "-_") else {
      throw NameError(text: location, expected: "a location such as us-central1")
    }
    (self.project, self.location) = (project, location)
  }

  /// Parses `projects/P/locations/L`.
  package init(_ text: String) throws(NameError) {
    let part = segments(text)
    guard part.count == 4, part[0] == "projects", part[2] == "locations" else {
      throw NameError(text: text, expected: "projects/PROJECT/locations/LOCATION")
    }
    try self.init(project: part[1], location: part[3])
  }

  /// For a stand-in only.
  init(uncheckedProject project: String, location: String) { (self.project, self.location) = (project, location) }

  package var description: String { "projects/\(project)/locations/\(location)" }
}

/// The name of a Cloud Tasks queue.
package struct QueueName: Hashable, Sendable, CustomStringConvertible {
  package let parent: LocationName
  package let id: String

  /// Throws unless `id` is 1 to 100 letters, digits and hyphens.
  package init(parent: LocationName, id: String) throws(NameError) {
    guard id.utf8.count <= 100, isName(id, extra: "-") else {
      throw NameError(text: id, expected: "a queue ID (1 to 100 letters, digits and hyphens)")
    }
    (self.parent, self.id) = (parent, id)
  }

  /// Parses `projects/P/locations/L/queues/Q`.
  package init(_ text: String) throws(NameError) {
    let (parent, id) = try child(text, of: "queues", expected: "projects/PROJECT/locations/LOCATION/queues/QUEUE")
    try self.init(parent: parent, id: id)
  }

  /// For a stand-in only.
  init(unchecked parent: LocationName, id: String) { (self.parent, self.id) = (parent, id) }

  package var description: String { "\(parent)/queues/\(id)" }

  /// The ID in the full name of a task, where that is one of this queue. Compared in place: a page has a thousand names.
  fileprivate func task(named text: String) -> String? {
    var rest = text.utf8[...]
    for part in ["projects/", parent.project, "/locations/", parent.location, "/queues/", id, "/tasks/"] {
      guard rest.starts(with: part.utf8) else { return nil }
      rest = rest.dropFirst(part.utf8.count)
    }
    return String(Substring(rest))
  }
}

/// The name of a task in its queue.
package struct TaskName: Hashable, Sendable, CustomStringConvertible {
  package let queue: QueueName
  package let id: String

  /// Throws unless `id` is 1 to 500 letters, digits, hyphens and underscores.
  package init(queue: QueueName, id: String) throws(NameError) {
    guard id.utf8.count <= 500, isName(id, extra: "-_") else {
      throw NameError(text: id, expected: "a task ID (1 to 500 letters, digits, hyphens and underscores)")
    }
    (self.queue, self.id) = (queue, id)
  }

  /// Parses `projects/P/locations/L/queues/Q/tasks/T`.
  package init(_ text: String) throws(NameError) {
    let expected = "projects/PROJECT/locations/LOCATION/queues/QUEUE/tasks/TASK"
    let part = segments(text)
    guard part.count == 8, part[6] == "tasks", part[0] == "projects", part[2] == "locations", part[4] == "queues"
    else { throw NameError(text: text, expected: expected) }
    let queue: QueueName
    do throws(NameError) {
      queue = try QueueName(parent: LocationName(project: part[1], location: part[3]), id: part[5])
    } catch {
      throw NameError(text: text, expected: expected)
    }
    try self.init(queue: queue, id: part[7])
  }

  /// Parses the name of a task that is most likely one of `queue`.
  init(_ text: String, expecting queue: QueueName?) throws(NameError) {
    guard let queue, let id = queue.task(named: text) else {
      self = try TaskName(text)
      return
    }
    try self.init(queue: queue, id: id)
  }

  /// For a stand-in only.
  init(unchecked queue: QueueName, id: String) { (self.queue, self.id) = (queue, id) }

  package var description: String { "\(queue)/tasks/\(id)" }
}

/// The name of a Cloud Scheduler job.
package struct JobName: Hashable, Sendable, CustomStringConvertible {
  package let parent: LocationName
  package let id: String

  /// Throws unless `id` is 1 to 500 letters, digits, hyphens and underscores.
  package init(parent: LocationName, id: String) throws(NameError) {
    guard id.utf8.count <= 500, isName(id, extra: "-_") else {
      throw NameError(text: id, expected: "a job ID (1 to 500 letters, digits, hyphens and underscores)")
    }
    (self.parent, self.id) = (parent, id)
  }

  /// Parses `projects/P/locations/L/jobs/J`.
  package init(_ text: String) throws(NameError) {
    let (parent, id) = try child(text, of: "jobs", expected: "projects/PROJECT/locations/LOCATION/jobs/JOB")
    try self.init(parent: parent, id: id)
  }

  /// For a stand-in only.
  init(unchecked parent: LocationName, id: String) { (self.parent, self.id) = (parent, id) }

  package var description: String { "\(parent)/jobs/\(id)" }
}

private func child(_ text: String, of collection: String, expected: String) throws(NameError) -> (LocationName, String)
{
  let part = segments(text)
  guard part.count == 6, part[0] == "projects", part[2] == "locations", part[4] == collection else {
    throw NameError(text: text, expected: expected)
  }
  return (try LocationName(project: part[1], location: part[3]), part[5])
}

/// What stands between the slashes; by bytes, because a page has a thousand names.
private func segments(_ text: String) -> [String] {
  text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { String(Substring($0)) }
}

private func isName(_ text: String, extra: StaticString) -> Bool {
  let extra = UnsafeBufferPointer(start: extra.utf8Start, count: extra.utf8CodeUnitCount)
  return !text.isEmpty
    && text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: extra.contains(byte)
      }
    }
}

extension JSONReader {
  /// A resource name, read with its own parser.
  package mutating func name<Name>(_ parse: (String) throws(NameError) -> Name) throws(JSONError) -> Name {
    let text = try string()
    do { return try parse(text) } catch { throw failure(error.description) }
  }
}
