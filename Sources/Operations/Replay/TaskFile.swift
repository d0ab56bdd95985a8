// Tasks from a file: what `tasks show`, `tasks list --full`, `tasks export` and
// `journal export` print, as one object, one array, or JSON lines.

import CloudModel
import Foundation

/// Reads tasks that were written down.
package struct TaskFile: Sendable {
  /// What cannot be read, in words for a person.
  package struct Fault: Error, Equatable {
    package let reason: String
  }

  package let tasks: [CloudTask]

  package init(_ data: Data) throws(Fault) {
    var tasks: [CloudTask] = []
    for (place, value) in try Self.values(data) {
      if let task = try Self.task(value, place) { tasks.append(task) }
    }
    guard !tasks.isEmpty else { throw Fault(reason: "there is no task in it") }
    self.tasks = tasks
  }

  private static func values(_ data: Data) throws(Fault) -> [(place: String, JSON)] {
    let whole: JSONError
    do {
      let value = try JSON(parsing: data)
      guard let elements = value.array else { return [("", value)] }
      return elements.enumerated().map { ("element \($0.offset + 1): ", $0.element) }
    } catch { whole = error }
    let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    var values: [(place: String, JSON)] = []
    for (index, line) in lines.enumerated() where line.contains(where: { ![0x20, 0x09, 0x0D].contains($0) }) {
      do { values.append(("line \(index + 1): ", try JSON(parsing: Data(line)))) } catch {
        // A document over several lines is no list of lines: its own fault says more.
        let isList = !values.isEmpty
        throw Fault(reason: isList ? "line \(index + 1), column \(error.column): \(error.reason)" : whole.description)
      }
    }
    return values
  }

  /// nil for the head of a journal export.
  private static func task(_ value: JSON, _ place: String) throws(Fault) -> CloudTask? {
    guard var object = value.object else { throw Fault(reason: "\(place)it is not a JSON object") }
    if object["journal"] != nil {
      guard object["name"] != nil else { return nil }
      guard let kept = object["task"]?.object else {
        throw Fault(reason: "\(place)the journal kept no content of this task")
      }
      object = kept
    }
    let payload = object["payload"]
    // What `tasks list` and `tasks show` add to the resource.
    (object["class"], object["payload"]) = (nil, nil)
    if object["name"] == nil { object["name"] = "projects/local/locations/us-central1/queues/file/tasks/0" }
    var task: CloudTask
    do {
      task = try JSONReader.read(JSON.object(object).data) { reader throws(JSONError) in try CloudTask(&reader) }
    } catch { throw Fault(reason: "\(place)it is not a task: \(error.reason)") }
    if task.body == nil, let payload { task.setBody(payload.string.map { Data($0.utf8) } ?? payload.data) }
    if case .other = task.target { throw Fault(reason: "\(place)it has no httpRequest") }
    if task.view == "BASIC", task.body == nil {
      throw Fault(reason: "\(place)it was listed without its body; list it with --full, or export it")
    }
    return task
  }
}

extension CloudTask {
  /// The same task with another body.
  package mutating func setBody(_ body: Data) {
    let encoded = body.isEmpty ? nil : body.base64EncodedString()
    switch target {
    case .http(var http):
      http.encodedBody = encoded
      target = .http(http)
    case .appEngine(var appEngine):
      appEngine.encodedBody = encoded
      target = .appEngine(appEngine)
    case .other: break
    }
  }

  /// Without the headers that say how the old body was encoded.
  package mutating func setEditedBody(_ body: Data) {
    setBody(body)
    func isKept(_ header: Header) -> Bool {
      let name = header.name.lowercased()
      return name != "content-encoding" && name != "content-length"
    }
    if case .http(var http) = target {
      http.headers = http.headers.filter(isKept).map(Self.inUTF8)
      target = .http(http)
    }
  }

  private static func inUTF8(_ header: Header) -> Header {
    guard header.name.lowercased() == "content-type", let start = header.value.range(of: ";") else { return header }
    return Header(header.name, header.value[..<start.lowerBound] + "; charset=utf-8")
  }
}
