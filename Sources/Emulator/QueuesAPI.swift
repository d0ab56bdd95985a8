// Cloud Tasks: queues, v2 and v2beta3. The two differ in a few fields and in
// `stats`, which only v2beta3 has, and only when a read mask names it.

import CloudModel
import Foundation

/// The versions of the Cloud Tasks API.
enum TasksVersion: String, Sendable {
  case v2
  case v2beta3

  var queue: Message { self == .v2 ? .queue : .betaQueue }
}

enum QueuesAPI {
  static let service = "cloudtasks.googleapis.com"
  private static let largestPage = 9800

  static func methods(_ version: TasksVersion) -> [APIMethod] {
    let root = "/\(version.rawValue)/projects/{project}/locations/{location}/queues"
    let one = root + "/{queue}"
    let list = version == .v2 ? Message.queueList : .betaQueueList
    let get = version == .v2 ? Message.empty : .readMask
    return [
      APIMethod("POST", root, body: version.queue, bodyField: "queue") { state, call throws(Refusal) in
        try create(state, call, version)
      },
      APIMethod("GET", root, query: list) { state, call throws(Refusal) in try self.list(state, call, version) },
      APIMethod("GET", one, query: get) { state, call throws(Refusal) in
        let mask = try FieldMask(call.query["readMask"]?.string, of: .betaQueue)
        return answer(try call.queue(in: state), call, version, mask)
      },
      APIMethod("PATCH", one, query: .updateMask, body: version.queue, bodyField: "queue") {
        state, call throws(Refusal) in try patch(state, call, version)
      },
      APIMethod("DELETE", one) { state, call throws(Refusal) in
        try state.deleteQueue(try call.queueName(), at: call.now)
        return .empty
      },
      APIMethod("POST", one + ":pause", body: .nameOnly) { state, call throws(Refusal) in
        try change(state, call, version) { $0.pause() }
      },
      APIMethod("POST", one + ":resume", body: .nameOnly) { state, call throws(Refusal) in
        try change(state, call, version) { $0.resume() }
      },
      APIMethod("POST", one + ":purge", body: .nameOnly) { state, call throws(Refusal) in
        let queue = try call.queue(in: state)
        state.purge(queue, at: call.now)
        return answer(queue, call, version)
      },
    ] + policies(one) + BatchAPI.methods(version) + BufferAPI.methods(version)
      + EncryptionAPI.tasksMethods(version) + OperationsAPI.reading(version.rawValue, service: service)
  }

  // MARK: Changes

  private static func create(_ state: EmulatorState, _ call: Call, _ version: TasksVersion) throws(Refusal) -> Answer {
    let parent = try call.location(service: service)
    let text = call.body["name"]?.string ?? ""
    let name: QueueName
    do { name = try QueueName(text) } catch { throw .queueName }
    guard name.parent == parent else { throw .queueOutside(parent: parent.description, name: text) }
    let queue = try state.createQueue(name, try QueueSettings(call.body), at: call.now)
    return answer(queue, call, version)
  }

  /// "This method creates the queue if it does not exist and updates the queue if it does exist."
  private static func patch(_ state: EmulatorState, _ call: Call, _ version: TasksVersion) throws(Refusal) -> Answer {
    let name = try call.queueName()
    if let text = call.body["name"]?.string, text != name.description { throw .invalidResource }
    let mask = try FieldMask(call.query["updateMask"]?.string, of: version.queue)
    guard let queue = state.queue(name) else {
      let wish = mask.map { $0.merge(call.body, into: [:]) } ?? call.body
      return answer(try state.createQueue(name, try QueueSettings(wish), at: call.now), call, version)
    }
    let old = resource(of: queue, version)
    let settings = try QueueSettings(mask.map { $0.merge(call.body, into: old) } ?? call.body)
    state.change(queue, settings, at: call.now)
    return answer(queue, call, version)
  }

  private static func change(
    _ state: EmulatorState, _ call: Call, _ version: TasksVersion, _ body: (QueueState) -> Void
  ) throws(Refusal) -> Answer {
    let queue = try call.queue(in: state)
    body(queue)
    state.changed(queue, at: call.now)
    return answer(queue, call, version)
  }

  // MARK: Answers

  private static func list(_ state: EmulatorState, _ call: Call, _ version: TasksVersion) throws(Refusal) -> Answer {
    let parent = try call.location(service: service)
    let size = try call.pageSize(largest: largestPage)
    let token = try PageToken(call.query["pageToken"]?.string, at: call.now)
    let mask = try FieldMask(listMask(call), of: .betaQueue)
    let filter = try ListFilter(call.query["filter"]?.string)
    let page = PageToken.page(of: state.queues(in: parent), after: token, size: size, at: call.now) { $0.name.id }
    // "a filter may give short pages"
    let wanted = page.items.map { json($0, call, version, mask) }.filter { filter.matches($0) }
    var answer = JSONObject()
    if !wanted.isEmpty {
      answer["queues"] = .array(wanted.map { call.numericEnums ? withNumericEnums($0, states: State.queueNames) : $0 })
    }
    answer["nextPageToken"] = page.next.map(JSON.string)
    return .json(.object(answer))
  }

  /// Clients may write the mask from the answer's point of view: `queues.stats`.
  private static func listMask(_ call: Call) -> String? {
    call.query["readMask"]?.string.map { mask in
      mask.split(separator: ",").map { $0.hasPrefix("queues.") ? String($0.dropFirst(7)) : String($0) }
        .joined(separator: ",")
    }
  }

  private static func answer(
    _ queue: QueueState, _ call: Call, _ version: TasksVersion, _ mask: FieldMask? = nil
  ) -> Answer {
    let json = json(queue, call, version, mask)
    return .json(call.numericEnums ? withNumericEnums(json, states: State.queueNames) : json)
  }

  private static func json(_ queue: QueueState, _ call: Call, _ version: TasksVersion, _ mask: FieldMask?) -> JSON {
    var object: JSONObject = ["name": .string(queue.name.description)]
    object.merge(resource(of: queue, version))
    object["state"] = .string(queue.state.rawValue)
    object["purgeTime"] = queue.purgeTime.map { .string($0.text) }
    if version == .v2beta3 { object["type"] = "PUSH" }
    guard let mask else { return .object(object) }
    if mask.names("stats") { object["stats"] = .object(queue.stats(at: call.now).json) }
    return .object(mask.project(object))
  }

  /// The configuration in the fields of a version.
  private static func resource(of queue: QueueState, _ version: TasksVersion) -> JSONObject {
    var object = queue.settings.resource
    switch version {
    case .v2:
      object["taskTtl"] = nil
      object["tombstoneTtl"] = nil
    case .v2beta3:
      if let routing = object["appEngineRoutingOverride"] {
        object["appEngineHttpQueue"] = ["appEngineRoutingOverride": routing]
      }
      object["appEngineRoutingOverride"] = nil
    }
    return object
  }

  // MARK: IAM

  /// Everybody may do everything here; a policy is taken, and the standard one given back.
  private static func policies(_ one: String) -> [APIMethod] {
    [
      APIMethod("POST", one + ":getIamPolicy", body: .getPolicy) { state, call throws(Refusal) in
        _ = try call.queue(in: state)
        return .json(["etag": "ACAB"])
      },
      APIMethod("POST", one + ":setIamPolicy", body: .setPolicy) { state, call throws(Refusal) in
        _ = try call.queue(in: state)
        var policy = call.body["policy"]?.object ?? [:]
        policy["etag"] = "ACAB"
        return .json(.object(policy))
      },
      APIMethod("POST", one + ":testIamPermissions", body: .testPermissions) { state, call throws(Refusal) in
        // "on a missing queue returns an empty set, not NOT_FOUND"
        guard state.queue(try call.queueName()) != nil, let asked = call.body["permissions"] else { return .empty }
        return .json(["permissions": asked])
      },
    ]
  }
}

extension Call {
  /// The queue's name of the path.
  func queueName() throws(Refusal) -> QueueName {
    let parent = try location(service: QueuesAPI.service)
    do { return try QueueName(parent: parent, id: variable("queue")) } catch { throw .queueName }
  }

  /// The queue of the path.
  func queue(in state: EmulatorState) throws(Refusal) -> QueueState {
    guard let queue = state.queue(try queueName()) else { throw .queueAbsent }
    return queue
  }
}
