// The commands that make a task like this one: the same request, for another try, a ticket or a script. What is secret
// is left out, because a copied command ends up in histories and chats.

import CloudModel
import Foundation

extension ConsoleState {
  /// Of the task whose page is open, where it has come whole.
  var pushCopies: [Copy] {
    guard let raw = page.content.latest?.value.raw else { return [] }
    do throws(JSONError) {
      let task = try JSONReader.read(raw.data) { reader throws(JSONError) in try CloudTask(&reader) }
      return EquivalentCommands(context: context).push(task)
    } catch {
      // What the service wrote was read once already; without it there is nothing to push.
      return []
    }
  }
}

extension EquivalentCommands {
  /// - Parameter task: with its body, from a FULL view.
  package func push(_ task: CloudTask) -> [Copy] {
    guard case .http(let target) = task.target else { return [] }
    // User-Agent and the like are the service's own.
    let headers = target.headers.filter { !Payload.isSecret($0.name) && !Self.isOfService($0.name) }
    return [
      Copy(title: "push (taskdeck)", text: taskdeckPush(task.name.queue, target, headers)),
      gcloudPush(task.name.queue, target, headers).map { Copy(title: "push (gcloud)", text: $0) },
      Copy(title: "push (curl)", text: curlPush(task.name.queue, target, headers)),
    ].compactMap(\.self)
  }

  private static func isOfService(_ name: String) -> Bool {
    let lower = name.lowercased()
    return lower == "user-agent" || lower == "host" || lower == "content-length"
      || lower.hasPrefix("x-cloudtasks-") || lower.hasPrefix("x-google-")
  }

  private func taskdeckPush(_ queue: QueueName, _ target: HTTPTarget, _ headers: [Header]) -> String {
    let options =
      ["--url=\(target.url)", target.method.map { "--method=\($0)" } ?? ""]
      + headers.map { "--header=\($0.name): \($0.value)" }
    let words = options.filter { !$0.isEmpty }.map(Self.quoted).joined(separator: " ")
    let id = Self.word(queue.id, queue.description)
    let command = taskdeck(.tasks, "tasks push \(id) \(words)", at: queue.parent)
    guard let body = target.body, !body.isEmpty else { return command }
    guard let text = String(validating: body, as: UTF8.self), !text.contains("\0") else {
      return "printf %s \(Self.quoted(body.base64EncodedString())) | base64 -d | \(command) --payload=-"
    }
    return "printf %s \(Self.quoted(text)) | \(command) --payload=-"
  }

  /// nil where gcloud could not say it: it takes the body as an argument, and splits headers at commas.
  private func gcloudPush(_ queue: QueueName, _ target: HTTPTarget, _ headers: [Header]) -> String? {
    let text = target.body.map { String(validating: $0, as: UTF8.self) } ?? ""
    guard let text, !text.contains("\0"), !headers.contains(where: { ($0.name + $0.value).contains(",") }) else {
      return nil
    }
    var options = ["--queue=\(queue.id)", "--url=\(target.url)"]
    options += target.method.map { ["--method=\($0)"] } ?? []
    options += headers.map { "--header=\($0.name): \($0.value)" }
    if !text.isEmpty { options.append("--body-content=\(text)") }
    return gcloud(.tasks, "tasks create-http-task", at: queue.parent) + " "
      + options.map(Self.quoted).joined(separator: " ")
  }

  private func curlPush(_ queue: QueueName, _ target: HTTPTarget, _ headers: [Header]) -> String {
    var request: JSONObject = ["url": .string(target.url)]
    if let method = target.method { request["httpMethod"] = .string(method) }
    if !headers.isEmpty {
      request["headers"] = .object(headers.reduce(into: JSONObject()) { $0[$1.name] = .string($1.value) })
    }
    if let body = target.encodedBody, !body.isEmpty { request["body"] = .string(body) }
    let document: JSON = ["task": .object(["httpRequest": .object(request)])]
    return curl(.tasks, "\(queue.description)/tasks")
      + " -H 'Content-Type: application/json' --data-raw \(Self.quoted(document.compact))"
  }
}
