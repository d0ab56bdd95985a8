// Cloud Tasks: BufferTask, which makes a task of the call itself. "The queue must
// have HTTP target": where it goes to stands there.
//
// Two forms are in use (google-apis.md section 1.1): the documented `curl -X
// METHOD .../tasks:buffer -d BODY`, whose method, headers and bytes become the
// task's, and the discovery client's `{"body":{"data":BASE64}}`.

import CloudModel
import Foundation

enum BufferAPI {
  static func methods(_ version: TasksVersion) -> [APIMethod] {
    let tasks = "/\(version.rawValue)/projects/{project}/locations/{location}/queues/{queue}/tasks"
    return httpMethodNames.dropFirst().flatMap { verb in
      [tasks + ":buffer", tasks + "/{task}:buffer"].map { path in
        APIMethod(rawBody: verb, path) { state, call throws(Refusal) in try buffer(state, call) }
      }
    }
  }

  private static func buffer(_ state: EmulatorState, _ call: Call) throws(Refusal) -> Answer {
    guard let request = call.raw else { throw .invalidArgument }
    let queue = try call.queue(in: state)
    guard let url = queue.settings.httpTarget?.ownURL else { throw .noHTTPTarget }
    let content = try Content(request)
    let method = queue.settings.httpTarget?.method ?? request.method
    var message: JSONObject = ["url": .string(url), "httpMethod": .string(method)]
    message["headers"] = .object(content.headers)
    if !content.body.isEmpty, ["POST", "PUT", "PATCH"].contains(method) {
      message["body"] = .string(Data(content.body).base64EncodedString())
    }
    var wish: JSONObject = ["httpRequest": .object(message)]
    if !call.variable("task").isEmpty { wish["name"] = .string("\(queue.name)/tasks/\(call.variable("task"))") }
    let task = try TasksAPI.create(state, queue.name, ["task": .object(wish)], at: call.now)
    var out = Array("{\"task\":".utf8)
    TaskView(numericEnums: call.numericEnums).write(task, named: "\(queue.name)/tasks/\(task.id)", into: &out)
    out.append(UInt8(ascii: "}"))
    return .bytes(out)
  }

  /// What of the call goes into the task.
  private struct Content {
    var headers = JSONObject()
    var body: [UInt8]

    init(_ request: ServerRequest) throws(Refusal) {
      body = request.body
      for (name, value) in request.headers where !Self.isOfTheCall(name) { headers[name] = .string(value) }
      guard let envelope = Self.envelope(body) else { return }
      let message = try RequestDecoder.body(Array(envelope.compact.utf8), as: .buffer)["body"]
      body = Array(message?["data"]?.string.flatMap(decodeBase64) ?? Data())
      // The call's own type is the envelope's. "The default value is set to "application/json"".
      for name in headers.keys where name.lowercased() == "content-type" { headers[name] = nil }
      headers["Content-Type"] = message?["contentType"] ?? "application/json"
    }

    /// BufferTaskRequest in JSON, which has one field; nil for anything else.
    private static func envelope(_ bytes: [UInt8]) -> JSON? {
      guard bytes.first == UInt8(ascii: "{") else { return nil }
      let json: JSON
      // What is not JSON is a body in its own right.
      do { json = try JSON(parsing: bytes) } catch { return nil }
      guard json.object?.keys == ["body"], json["body"]?.object != nil else { return nil }
      return json
    }

    /// Headers that speak of this connection, or of the right to call the API.
    private static func isOfTheCall(_ name: String) -> Bool {
      let key = name.lowercased()
      return key.hasPrefix("x-goog-") || connection.contains(key)
    }

    private static let connection: Set<String> = [
      "host", "content-length", "connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "expect",
      "authorization", "user-agent", "accept", "accept-encoding",
    ]
  }
}

extension Refusal {
  /// Our words for "The queue must have HTTP target".
  fileprivate static let noHTTPTarget = Refusal(
    status: .failedPrecondition, message: "The queue must have an httpTarget with a uriOverride.host to buffer tasks.")
}
