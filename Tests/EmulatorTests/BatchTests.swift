import CloudModel
import Foundation
import Testing

@testable import Emulator

private let tasks = Bench.root + "/queues/q/tasks"
private let queue = Bench.parent + "/queues/q"

@Suite struct `Batches` {
  private func create(_ bench: Bench, _ requests: [JSON], id: String = "") throws -> JSON {
    try bench.ok("POST", tasks + ":batchCreate", ["requests": .array(requests), "requestId": .string(id)])
  }

  private func ended(_ bench: Bench, _ operation: JSON, version: String = "v2") throws -> JSON {
    try bench.ok("GET", "/\(version)/" + (try #require(operation["name"]?.string)))
  }

  @Test func `a batch creates its tasks and answers with an operation that runs`() throws {
    let bench = try Bench.withQueue()
    let begun = try create(bench, [["task": Bench.named("a")], ["task": Bench.named("b"), "responseView": "FULL"]])
    #expect(begun["done"] == nil)
    #expect(
      begun["metadata"] == [
        "@type": "type.googleapis.com/google.cloud.tasks.v2.BatchCreateTasksMetadata",
        "startTime": "2026-01-02T03:04:05.250Z", "state": "RUNNING",
      ])
    let ended = try ended(bench, begun)
    #expect(ended["done"] == true)
    #expect(ended["metadata"]?["state"] == "SUCCEEDED")
    #expect(ended["metadata"]?["failedRequests"] == nil)
    #expect(ended["response"]?["@type"] == "type.googleapis.com/google.cloud.tasks.v2.BatchCreateTasksResponse")
    #expect(
      ended["response"]?["tasks"]?.array?.map { $0["name"] } == [
        .string(queue + "/tasks/a"), .string(queue + "/tasks/b"),
      ])
    #expect(ended["response"]?["tasks"]?.array?.map { $0["view"] } == ["BASIC", "FULL"])
    #expect(try bench.ok("GET", tasks)["tasks"]?.array?.count == 2)
  }

  @Test func `what fails stands in the metadata by its index, the rest is done`() throws {
    let bench = try Bench.withQueue()
    try bench.createTask(Bench.named("b"))
    let begun = try create(bench, [["task": Bench.named("a")], ["task": Bench.named("b")], ["task": [:]]])
    let ended = try ended(bench, begun)
    #expect(ended["metadata"]?["state"] == "PARTIALLY_SUCCEEDED")
    #expect(
      ended["metadata"]?["failedRequests"] == [
        "1": ["code": 6, "message": "Requested entity already exists"],
        "2": ["code": 3, "message": "Task.payload_type is not set."],
      ])
    #expect(ended["response"]?["tasks"]?.array?.count == 1)
  }

  @Test func `a batch of which nothing succeeds is aborted`() throws {
    let bench = try Bench.withQueue()
    let names: JSON = [.string(queue + "/tasks/none"), .string(Bench.parent + "/queues/other/tasks/x")]
    let ended = try ended(bench, try bench.ok("POST", tasks + ":batchDelete", ["names": names]))
    #expect(
      ended["error"] == [
        "code": 10,
        "message":
          "None of the requests succeeded, refer to BatchDeleteTasksMetadata.failed_requests for individual error details",
      ])
    #expect(ended["response"] == nil)
    #expect(ended["metadata"]?["failedRequests"]?["0"]?["message"] == "Requested entity was not found.")
    #expect(ended["metadata"]?["failedRequests"]?["1"]?["code"] == 3)
  }

  @Test func `a batch deletes what is there, in v2beta3's own types`() throws {
    let bench = try Bench.withQueue()
    try bench.createTask(Bench.named("a"))
    let path = tasks.replacing("/v2/", with: "/v2beta3/") + ":batchDelete"
    let begun = try bench.ok("POST", path, ["names": [.string(queue + "/tasks/a"), .string(queue + "/tasks/b")]])
    let ended = try ended(bench, begun, version: "v2beta3")
    #expect(ended["metadata"]?["@type"] == "type.googleapis.com/google.cloud.tasks.v2beta3.BatchDeleteTasksMetadata")
    #expect(ended["response"] == ["@type": "type.googleapis.com/google.protobuf.Empty"])
    #expect(try bench.ok("GET", tasks) == [:])
    let numeric = try bench.ok("GET", "/v2beta3/\(begun["name"]?.string ?? "")?$alt=json;enum-encoding=int")
    #expect(numeric["metadata"]?["state"] == 3)
  }

  @Test func `a call that is repeated with its request ID does nothing twice`() throws {
    let bench = try Bench.withQueue()
    let first = try create(bench, [["task": Bench.plain]], id: "again-1")
    let second = try create(bench, [["task": Bench.plain]], id: "again-1")
    #expect(first["name"] == .string(Bench.parent + "/operations/again-1"))
    #expect(second == first)
    #expect(try bench.ok("GET", tasks)["tasks"]?.array?.count == 1)
    try bench.ok("DELETE", Bench.root + "/queues/q")
    #expect(try create(bench, [["task": Bench.plain]], id: "again-1") == first)
  }

  @Test(
    arguments: [
      ("batchCreate", ["requests": []], "requests cannot be empty."),
      ("batchDelete", [:], "names cannot be empty."),
      (
        "batchCreate", ["requests": .array(Array(repeating: ["task": Bench.plain], count: 101))],
        "requests cannot have more than 100 elements."
      ),
      (
        "batchDelete", ["names": .array(Array(repeating: "x", count: 1001))],
        "names cannot have more than 1000 elements."
      ),
      (
        "batchCreate", ["requests": [["parent": "projects/acme/locations/us-central1/queues/r", "task": Bench.plain]]],
        "Invalid resource field value in the request."
      ),
      (
        "batchCreate", ["requests": [["task": Bench.plain]], "requestId": "a/b"],
        "Request ID \"a/b\" can contain only letters, numbers, hyphens or underscores, 128 of them at most."
      ),
    ] as [(String, JSON, String)])
  func `a batch that is refused as a whole`(verb: String, body: JSON, message: String) throws {
    let bench = try Bench.withQueue()
    #expect(bench.refusal("POST", "\(tasks):\(verb)", body) == "INVALID_ARGUMENT: " + message)
    #expect(try bench.ok("GET", tasks) == [:])
  }

  @Test func `a batch for a queue that is not there is refused`() {
    #expect(
      Bench().refusal("POST", tasks + ":batchCreate", ["requests": [["task": Bench.plain]]]).hasPrefix(
        "NOT_FOUND: Queue does not exist."))
  }

  @Test func `old operations are forgotten`() throws {
    var store = OperationStore()
    func operation(_ number: Int) -> StoredOperation {
      StoredOperation(name: "o\(number)", metadata: ([:], [:]), result: .response([:]), states: [])
    }
    for number in 0..<(OperationStore.capacity + 10) { _ = store.add(operation(number)) }
    #expect(store["o9"] == nil)
    #expect(store["o10"] != nil)
    #expect(store.operations(under: "o").count == OperationStore.capacity)
  }
}

@Suite struct `Encryption keys` {
  private let key = "projects/p/locations/l/keyRings/r/cryptoKeys/k"

  @Test(arguments: ["v2", "v2beta3"]) func `Cloud Tasks keeps the name of a key`(version: String) throws {
    let bench = Bench()
    let path = "/\(version)/\(Bench.parent)/cmekConfig"
    let name = JSON.string(Bench.parent + "/cmekConfig")
    #expect(try bench.ok("GET", path) == ["name": name])
    #expect(try bench.ok("PATCH", path + "?updateMask=kmsKey", ["kmsKey": .string(key)])["kmsKey"] == .string(key))
    #expect(try bench.ok("GET", path) == ["name": name, "kmsKey": .string(key)])
    #expect(try bench.ok("PATCH", path, ["name": name]) == ["name": name])
    #expect(bench.refusal("PATCH", path, ["kmsKey": "k"]).hasPrefix("INVALID_ARGUMENT: CmekConfig.kmsKey must be"))
  }

  @Test func `Cloud Scheduler answers with an operation, which can be listed and deleted`() throws {
    let bench = Bench()
    let root = "/v1/" + Bench.parent
    let begun = try bench.ok("PATCH", root + "/cmekConfig", ["kmsKeyName": .string(key)])
    let path = "/v1/" + (try #require(begun["name"]?.string))
    let ended = try bench.ok("GET", path)
    #expect(begun["done"] == nil)
    #expect(ended["done"] == true)
    #expect(ended["response"]?["kmsKeyName"] == .string(key))
    #expect(try bench.ok("GET", root + "/cmekConfig")["kmsKeyName"] == .string(key))
    #expect(try bench.ok("GET", root + "/operations")["operations"] == [ended])
    #expect(try bench.ok("POST", path + ":cancel", [:]) == [:])
    #expect(try bench.ok("DELETE", path) == [:])
    #expect(bench.refusal("GET", path) == "NOT_FOUND: Requested entity was not found.")
    #expect(try bench.ok("GET", Bench.root + "/cmekConfig")["kmsKey"] == nil)
  }
}
