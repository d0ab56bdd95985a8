// The same thing as a command: for taskdeck, for gcloud and for curl. Nothing secret is in them; curl asks gcloud for a
// token when it is run.

import CloudModel
import Foundation

/// Writes commands that show a resource, or make one like it.
package struct EquivalentCommands {
  let context: ContextBadge

  package init(context: ContextBadge) { self.context = context }

  package func queue(_ name: QueueName) -> [Copy] {
    let id = Self.word(name.id, name.description)
    return [
      Copy(title: "taskdeck", text: taskdeck(.tasks, "queues show \(id)", at: name.parent)),
      Copy(title: "gcloud", text: gcloud(.tasks, "tasks queues describe \(id)", at: name.parent)),
      Copy(title: "curl", text: curl(.tasks, name.description)),
    ]
  }

  package func task(_ name: TaskName) -> [Copy] {
    let queue = Self.word(name.queue.id, name.queue.description)
    let id = Self.word(name.id, name.description)
    let place = name.queue.parent
    return [
      Copy(title: "taskdeck", text: taskdeck(.tasks, "tasks show \(queue) \(id)", at: place)),
      Copy(
        title: "gcloud",
        text: gcloud(.tasks, "tasks describe \(id)", at: place)
          + " --queue=\(Self.quoted(name.queue.id)) --response-view=full"),
      Copy(title: "curl", text: curl(.tasks, name.description, query: "?responseView=FULL")),
    ]
  }

  package func job(_ name: JobName) -> [Copy] {
    let id = Self.word(name.id, name.description)
    return [
      Copy(title: "taskdeck", text: taskdeck(.scheduler, "jobs show \(id)", at: name.parent)),
      Copy(title: "gcloud", text: gcloud(.scheduler, "scheduler jobs describe \(id)", at: name.parent)),
      Copy(title: "curl", text: curl(.scheduler, name.description)),
    ]
  }

  package func subscription(_ name: SubscriptionName) -> [Copy] {
    pubsub("subscriptions", name.id, name.description, of: name.project)
  }

  package func topic(_ name: TopicName) -> [Copy] { pubsub("topics", name.id, name.description, of: name.project) }

  private func pubsub(_ noun: String, _ id: String, _ name: String, of project: String) -> [Copy] {
    let place = context.locations.first.map { " --location=\(Self.quoted($0))" } ?? ""
    return [
      Copy(
        title: "taskdeck",
        text: "taskdeck \(noun) show \(Self.quoted(id))" + scope(.pubsub, " --project=\(Self.quoted(project))\(place)")),
      Copy(
        title: "gcloud",
        text: gcloud(.pubsub, "pubsub \(noun) describe \(Self.quoted(id)) --project=\(Self.quoted(project))")),
      Copy(title: "curl", text: curl(.pubsub, name)),
    ]
  }

  /// The journal is a file on this machine: only this program reads it.
  func entry(_ number: Int, canUndo: Bool) -> [Copy] {
    [Copy(title: "taskdeck", text: "taskdeck journal show \(number)")]
      + (canUndo ? [Copy(title: "taskdeck undo", text: "taskdeck journal undo \(number)")] : [])
  }

  /// One that an option parser would take for an option is written in full.
  static func word(_ id: String, _ name: String) -> String { quoted(id.hasPrefix("-") ? name : id) }

  func taskdeck(_ service: Service, _ command: String, at place: LocationName) -> String {
    let location = " --location=\(Self.quoted(place.location))"
    // A context of several locations looks for queues in all of them, and for jobs in the first.
    let isOne = context.locations.count < 2
    return "taskdeck \(command)"
      + scope(service, " --project=\(Self.quoted(place.project))\(location)", inContext: isOne ? "" : location)
  }

  /// Where it is: the context where it has a name, else what it consists of.
  private func scope(_ service: Service, _ place: String, inContext more: String = "") -> String {
    if let name = context.name { return " --context=\(Self.quoted(name))\(more)" }
    let base = base(service)
    // The flag is for endpoints without credentials; others come from the environment or gcloud's configuration.
    return place + (base.isAnonymous ? " --endpoint=\(Self.quoted(base.url))" : "")
  }

  func gcloud(_ service: Service, _ command: String, at place: LocationName) -> String {
    gcloud(
      service,
      "\(command) --project=\(Self.quoted(place.project)) --location=\(Self.quoted(place.location))")
  }

  /// Towards an emulator with the settings that lead gcloud there.
  private func gcloud(_ service: Service, _ command: String) -> String {
    let base = base(service)
    var settings: [String] = []
    if base.url != service.usual.url {
      // gcloud puts the version's path behind the override, so the slash matters.
      let url = base.url.hasSuffix("/") ? base.url : base.url + "/"
      settings.append("CLOUDSDK_API_ENDPOINT_OVERRIDES_\(service.override)=\(Self.quoted(url))")
    }
    if base.isAnonymous { settings.append("CLOUDSDK_AUTH_DISABLE_CREDENTIALS=true") }
    return (settings + ["gcloud \(command)"]).joined(separator: " ")
  }

  enum Service: String {
    case tasks, scheduler, pubsub

    var version: String { self == .tasks ? "v2" : "v1" }

    /// As gcloud calls it in its properties `api_endpoint_overrides/...`.
    var override: String { self == .pubsub ? "PUBSUB" : "CLOUD\(rawValue.uppercased())" }

    fileprivate var usual: ContextBadge.Service { of(ContextBadge.Services()) }

    fileprivate func of(_ services: ContextBadge.Services) -> ContextBadge.Service {
      switch self {
      case .tasks: services.tasks
      case .scheduler: services.scheduler
      case .pubsub: services.pubsub
      }
    }
  }

  private func base(_ service: Service) -> ContextBadge.Service { service.of(context.services) }

  func curl(_ service: Service, _ name: String, query: String = "") -> String {
    let base = base(service)
    let root = base.url.hasSuffix("/") ? String(base.url.dropLast()) : base.url
    // Pub/Sub's IDs may hold a per cent sign (google-apis.md section 1.5); in a path it begins an escape.
    let url = Self.quoted("\(root)/\(service.version)/\(name.replacing("%", with: "%25"))\(query)")
    if base.isAnonymous { return "curl -sS \(url)" }
    return "curl -sS -H \"Authorization: Bearer $(gcloud auth print-access-token)\" \(url)"
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
  /// One line each; no more than a terminal takes.
  private func markedCopies(_ state: ConsoleState) -> [Copy] {
    let rows = state[keyPath: table].markedRows
    guard (1...Self.mostMarked).contains(rows.count) else { return [] }
    let ids = rows.map(\.id).joined(separator: "\n")
    return [Copy(title: "IDs of the \(Words.count(rows.count)) marked", text: ids)]
  }

  private static var mostMarked: Int { 3000 }

  /// The cells of the row under the cursor, and the row as JSON.
  func rowCopies(_ state: ConsoleState) -> [Copy] {
    guard let row = state[keyPath: table].current else { return [] }
    let columns = state[keyPath: table].shownColumns
    let cells = columns.map { ($0.title, $0.cell(row, state.moment).text) }
    let object = cells.reduce(into: JSONObject()) { $0[$1.0] = .string($1.1) }
    return markedCopies(state) + [Copy(title: "the row as JSON", text: JSON.object(object).compact)]
      + cells.filter { !$0.1.isEmpty && $0.1 != "-" }.map { Copy(title: $0.0, text: $0.1) }
  }
}
