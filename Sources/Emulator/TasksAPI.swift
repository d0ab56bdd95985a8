// Cloud Tasks: tasks. The same for v2 and v2beta3, and for the dialect of
// firebase-admin, which leaves out the version (google-apis.md section 4).

import CloudModel
import Foundation
import Schedules

enum TasksAPI {
  private static let largestPage = 1000

  static func methods(_ version: TasksVersion) -> [APIMethod] {
    let root = "/\(version.rawValue)/projects/{project}/locations/{location}/queues/{queue}/tasks"
    let one = root + "/{task}"
    return [
      APIMethod("POST", root, body: .createTask) { state, call throws(Refusal) in
        let task = try create(state, try call.queueName(), call.body, at: call.now)
        return answer(task, try call.queue(in: state), call, full: call.body["responseView"])
      },
      APIMethod("GET", root, query: .taskList) { state, call throws(Refusal) in try list(state, call) },
      APIMethod("GET", one, query: .taskView) { state, call throws(Refusal) in
        let (task, queue) = try find(state, call, absent: .taskGone)
        return answer(task, queue, call, full: call.query["responseView"])
      },
      APIMethod("DELETE", one, perform: delete),
      APIMethod("POST", one + ":run", body: .runTask) { state, call throws(Refusal) in
        let (task, queue) = try find(state, call, absent: .entityAbsent)
        state.run(task, of: queue, at: call.now)
        return answer(task, queue, call, full: call.body["responseView"])
      },
    ]
  }

  /// firebase-admin with CLOUD_TASKS_EMULATOR_HOST: no version in the path, and an answer of its own kind.
  static let firebaseMethods: [APIMethod] = {
    let root = "/projects/{project}/locations/{location}/queues/{queue}/tasks"
    return [
      APIMethod("POST", root, body: .createTask) { state, call throws(Refusal) in
        let name = try call.queueName()
        let task = try create(state, name, addressed(call.body, name, state), at: call.now)
        return .json(["task": ["name": .string("/\(name)/tasks/\(task.id)")]])
      },
      APIMethod("DELETE", root + "/{task}", perform: delete),
    ]
  }()

  /// With an emulator firebase-admin leaves the address empty: there a queue belongs to the function of its name. That
  /// is where the functions emulator serves it by default (https://firebase.google.com/docs/emulator-suite), unless
  /// the queue's httpTarget says otherwise.
  private static func addressed(_ message: JSONObject, _ name: QueueName, _ state: EmulatorState) -> JSONObject {
    guard var task = message["task"]?.object, var request = task["httpRequest"]?.object,
      request["url"]?.string ?? "" == ""
    else { return message }
    let function = "http://127.0.0.1:5001/\(name.parent.project)/\(name.parent.location)/\(name.id)"
    request["url"] = .string(state.queue(name)?.settings.httpTarget?.ownURL ?? function)
    task["httpRequest"] = .object(request)
    var result = message
    result["task"] = .object(task)
    return result
  }

  // MARK: Reading

  private static func find(
    _ state: EmulatorState, _ call: Call, absent: Refusal
  ) throws(Refusal) -> (StoredTask, QueueState) {
    let name = try call.queueName()
    let text = call.variable("task")
    do { _ = try TaskName(queue: name, id: text) } catch { throw .taskID(text) }
    guard let queue = state.queue(name) else { throw .queueAbsent }
    let id = TaskID(text)
    if let task = queue.task(id) { return (task, queue) }
    throw queue.isBuried(id, at: call.now) ? absent : .entityAbsent
  }

  private static func list(_ state: EmulatorState, _ call: Call) throws(Refusal) -> Answer {
    let queue = try call.queue(in: state)
    let size = try call.pageSize(largest: largestPage)
    let token = try PageToken(call.query["pageToken"]?.string, at: call.now)
    var after: Int64 = 0
    if let token {
      guard let sequence = Int64(token.after), sequence >= 0 else { throw .badPageToken }
      after = sequence
    }
    let page = queue.page(after: after, limit: size)
    let view = TaskView(isFull: call.query["responseView"]?.string == "FULL", numericEnums: call.numericEnums)
    return .bytes(json(page, queue, view, call))
  }

  private static func json(
    _ page: (values: [StoredTask], more: Bool), _ queue: QueueState, _ view: TaskView, _ call: Call
  ) -> [UInt8] {
    guard let last = page.values.last else { return Array("{}".utf8) }
    let prefix = queue.name.description + "/tasks/"
    var out = Array("{\"tasks\":[".utf8)
    for (index, task) in page.values.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      view.write(task, named: prefix + task.id.description, into: &out)
    }
    out.append(UInt8(ascii: "]"))
    if page.more { out += ",\"nextPageToken\":\"\(PageToken.text(after: String(last.sequence), at: call.now))\"".utf8 }
    out.append(UInt8(ascii: "}"))
    return out
  }

  private static func answer(_ task: StoredTask, _ queue: QueueState, _ call: Call, full: JSON?) -> Answer {
    var out: [UInt8] = []
    TaskView(isFull: full?.string == "FULL", numericEnums: call.numericEnums)
      .write(task, named: "\(queue.name)/tasks/\(task.id)", into: &out)
    return .bytes(out)
  }

  @Sendable private static func delete(_ state: EmulatorState, _ call: Call) throws(Refusal) -> Answer {
    let (task, queue) = try find(state, call, absent: .entityAbsent)
    queue.remove(task, at: call.now)
    state.changed(queue, at: call.now)
    return .empty
  }

  // MARK: Creation

  /// Creates what a CreateTaskRequest asks for.
  static func create(
    _ state: EmulatorState, _ name: QueueName, _ message: JSONObject, at now: Moment
  ) throws(Refusal) -> StoredTask {
    guard let wish = message["task"]?.object else { throw .noPayload }
    if let parent = message["parent"]?.string, !parent.isEmpty, parent != name.description { throw .invalidResource }
    let given = try taskID(wish["name"]?.string, in: name)
    let request = try TaskRequest(wish, now: now)
    if state.requiresHTTPS, request.isSignedInTheClear { throw .insecureURL }
    guard let queue = state.queue(name) else { throw .queueAbsent }
    if let given, queue.task(given) != nil || queue.isBuried(given, at: now) { throw .taskExists }
    let id = given ?? freeID(state, queue)
    let task = request.task(id: id, sequence: queue.nextSequence(), now: now)
    if task.isLarger(than: TaskRequest.largestTask, named: "\(name)/tasks/\(id)") { throw .tooLarge }
    queue.add(task)
    state.noteTarget(wish["httpRequest"]?.object)
    state.changed(queue, at: now)
    return task
  }

  /// The ID of a task's full name; nil for an empty one.
  static func taskID(_ text: String?, in queue: QueueName) throws(Refusal) -> TaskID? {
    guard let text, !text.isEmpty else { return nil }
    guard let range = text.range(of: "/tasks/", options: .backwards) else { throw .taskName }
    let (owner, id) = (String(text[..<range.lowerBound]), String(text[range.upperBound...]))
    guard owner == queue.description else { throw .taskInOtherQueue(parent: queue.description, queue: owner) }
    do { return TaskID(try TaskName(queue: queue, id: id).id) } catch { throw .taskID(id) }
  }

  private static func freeID(_ state: EmulatorState, _ queue: QueueState) -> TaskID {
    var id = TaskID.number(state.randomID())
    while queue.task(id) != nil { id = .number(state.randomID()) }
    return id
  }
}

extension APIMethod {
  init(
    _ verb: String, _ path: String,
    perform: @escaping @Sendable (EmulatorState, Call) throws(Refusal) -> Answer
  ) {
    self.init(verb, path, query: .empty, body: .empty, bodyField: "", perform)
  }
}
