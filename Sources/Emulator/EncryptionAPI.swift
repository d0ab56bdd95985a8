// `cmekConfig` of both services: which key of Cloud KMS encrypts a location. The
// emulator encrypts nothing; it keeps what it was told and gives it back.

import CloudModel
import Foundation

enum EncryptionAPI {
  /// Cloud Tasks answers with the configuration itself.
  static func tasksMethods(_ version: TasksVersion) -> [APIMethod] {
    let path = self.path(version.rawValue)
    return [
      APIMethod("GET", path) { state, call throws(Refusal) in
        .json(.object(try config(state, call, .tasks)))
      },
      APIMethod("PATCH", path, query: .updateMask, body: .tasksEncryption, bodyField: "cmek_config") {
        state, call throws(Refusal) in .json(.object(try update(state, call, .tasks)))
      },
    ]
  }

  /// Cloud Scheduler's update is a long-running operation.
  static let schedulerMethods: [APIMethod] = [
    APIMethod("GET", path("v1")) { state, call throws(Refusal) in
      .json(.object(try config(state, call, .scheduler)))
    },
    APIMethod("PATCH", path("v1"), query: .updateMask, body: .schedulerEncryption, bodyField: "cmek_config") {
      state, call throws(Refusal) in
      let operation = operation(try update(state, call, .scheduler), try parent(call, .scheduler), at: call.now)
      state.add(operation)
      return OperationsAPI.begun(operation, call)
    },
  ]

  private enum Service: String {
    case tasks = "cloudtasks.googleapis.com"
    case scheduler = "cloudscheduler.googleapis.com"

    /// The two services name the same field differently.
    var field: String { self == .tasks ? "kmsKey" : "kmsKeyName" }
    var message: Message { self == .tasks ? .tasksEncryption : .schedulerEncryption }
  }

  private static func path(_ version: String) -> String {
    "/\(version)/projects/{project}/locations/{location}/cmekConfig"
  }

  private static func parent(_ call: Call, _ service: Service) throws(Refusal) -> LocationName {
    try call.location(service: service.rawValue)
  }

  private static func config(
    _ state: EmulatorState, _ call: Call, _ service: Service
  ) throws(Refusal) -> JSONObject {
    let name = "\(try parent(call, service))/cmekConfig"
    var object: JSONObject = ["name": .string(name)]
    object[service.field] = state.encryptionKeys[service.rawValue + "/" + name].map(JSON.string)
    return object
  }

  private static func update(_ state: EmulatorState, _ call: Call, _ service: Service) throws(Refusal) -> JSONObject {
    let name = "\(try parent(call, service))/cmekConfig"
    guard [nil, "", name].contains(call.body["name"]?.string) else { throw .invalidResource }
    let mask = try FieldMask(call.query["updateMask"]?.string, of: service.message)
    if mask?.names(service.field) ?? true {
      let key = call.body[service.field]?.string ?? ""
      // "Setting this as blank will turn off CMEK encryption."
      guard key.isEmpty || isKey(key) else { throw .badKey(service.field) }
      state.setEncryptionKey(key.isEmpty ? nil : key, for: service.rawValue + "/" + name)
    }
    return try config(state, call, service)
  }

  /// `projects/PROJECT_ID/locations/LOCATION_ID/keyRings/KEY_RING_ID/cryptoKeys/KEY_ID`
  private static func isKey(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 8, !parts.contains("") else { return false }
    return [parts[0], parts[2], parts[4], parts[6]] == ["projects", "locations", "keyRings", "cryptoKeys"]
  }

  private static func operation(_ config: JSONObject, _ parent: LocationName, at now: Moment) -> StoredOperation {
    var running: JSONObject = [
      "@type": "type.googleapis.com/google.cloud.scheduler.v1.OperationMetadata", "createTime": .string(now.text),
      "target": config["name"] ?? "", "verb": "update", "apiVersion": "v1",
    ]
    let begun = running
    running["endTime"] = .string(now.text)
    var response: JSONObject = ["@type": "type.googleapis.com/google.cloud.scheduler.v1.CmekConfig"]
    response.merge(config)
    return StoredOperation(
      name: "\(parent)/operations/\(UUID().uuidString.lowercased())", metadata: (begun, running),
      result: .response(response), states: [])
  }
}

extension Refusal {
  /// Our words.
  fileprivate static func badKey(_ field: String) -> Refusal {
    invalid(
      "CmekConfig.\(field) must be formatted: "
        + "\"projects/<PROJECT_ID>/locations/<LOCATION_ID>/keyRings/<KEY_RING_ID>/cryptoKeys/<KEY_ID>\".")
  }
}
