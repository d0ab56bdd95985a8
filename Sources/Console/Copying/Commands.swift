// The same thing as a command: for taskdeck, for gcloud and for curl. Nothing secret is in them; curl asks gcloud for a
// token when it is run.

import CloudModel
import Foundation

/// Writes commands that show a resource.
struct EquivalentCommands {
  let context: ContextBadge

  private var isAnonymous: Bool { context.isEmulator }

  func queue(_ name: QueueName) -> [Copy] {
    [
      Copy(title: "taskdeck", text: taskdeck("queues show", name.id, at: name.parent)),
      Copy(title: "gcloud", text: gcloud("tasks queues describe", name.id, at: name.parent)),
      Copy(title: "curl", text: curl("v2/\(name)")),
    ]
  }

  func task(_ name: TaskName) -> [Copy] {
    let queue = Self.quoted(name.queue.id)
    let place = name.queue.parent
    return [
      Copy(title: "taskdeck", text: taskdeck("tasks show \(queue)", name.id, at: place)),
      Copy(
        title: "gcloud",
        text: gcloud("tasks describe", name.id, at: place) + " --queue \(queue) --response-view full"),
      Copy(title: "curl", text: curl("v2/\(name)?responseView=FULL")),
    ]
  }

  func job(_ name: JobName) -> [Copy] {
    [
      Copy(title: "taskdeck", text: taskdeck("jobs show", name.id, at: name.parent)),
      Copy(title: "gcloud", text: gcloud("scheduler jobs describe", name.id, at: name.parent)),
      Copy(title: "curl", text: curl("v1/\(name)")),
    ]
  }

  private func taskdeck(_ command: String, _ id: String, at place: LocationName) -> String {
    let words = "taskdeck \(command) \(Self.quoted(id))"
    if let name = context.name { return "\(words) --context \(Self.quoted(name))" }
    let endpoint = isAnonymous ? " --endpoint http://\(context.endpoint)" : ""
    return "\(words) --project \(Self.quoted(place.project)) --location \(Self.quoted(place.location))\(endpoint)"
  }

  private func gcloud(_ command: String, _ id: String, at place: LocationName) -> String {
    "gcloud \(command) \(Self.quoted(id)) --project \(Self.quoted(place.project))"
      + " --location \(Self.quoted(place.location))"
  }

  private func curl(_ path: String) -> String {
    if isAnonymous { return "curl -sS \(Self.quoted("http://\(context.endpoint)/\(path)"))" }
    let host = path.hasPrefix("v1/") ? "cloudscheduler.googleapis.com" : "cloudtasks.googleapis.com"
    return "curl -sS -H \"Authorization: Bearer $(gcloud auth print-access-token)\" "
      + Self.quoted("https://\(host)/\(path)")
  }

  /// For a POSIX shell: as it is where nothing in it means anything there, else between apostrophes.
  static func quoted(_ text: String) -> String {
    let plain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
        UInt8(ascii: "/"), UInt8(ascii: ":"):
        true
      default: false
      }
    }
    return plain && !text.isEmpty ? text : "'" + text.replacing("'", with: "'\\''") + "'"
  }
}

extension TableScreen {
  /// The cells of the row under the cursor, and the row as JSON.
  func rowCopies(_ state: ConsoleState) -> [Copy] {
    guard let row = state[keyPath: table].current else { return [] }
    let columns = state[keyPath: table].shownColumns
    let cells = columns.map { ($0.title, $0.cell(row, state.moment).text) }
    let object = cells.reduce(into: JSONObject()) { $0[$1.0] = .string($1.1) }
    return [Copy(title: "the row as JSON", text: JSON.object(object).compact)]
      + cells.filter { !$0.1.isEmpty && $0.1 != "-" }.map { Copy(title: $0.0, text: $0.1) }
  }
}
