import CloudModel
import Testing

@testable import Emulator

@Suite struct `Partial answers` {
  private let answer: JSON = [
    "queues": [["name": "a", "state": "RUNNING", "rateLimits": ["maxBurstSize": 1, "other": 2]], ["name": "b"]],
    "nextPageToken": "t",
  ]

  @Test(
    arguments: [
      ("nextPageToken", ["nextPageToken": "t"]),
      ("queues/name", ["queues": [["name": "a"], ["name": "b"]]]),
      (
        "queues(name,rateLimits/maxBurstSize)",
        ["queues": [["name": "a", "rateLimits": ["maxBurstSize": 1]], ["name": "b"]]]
      ),
      ("queues(name),nextPageToken", ["queues": [["name": "a"], ["name": "b"]], "nextPageToken": "t"]),
      ("*/name", ["queues": [["name": "a"], ["name": "b"]], "nextPageToken": "t"]),
      ("next_page_token", ["nextPageToken": "t"]),
      (
        "queues/name,queues",
        ["queues": [["name": "a", "state": "RUNNING", "rateLimits": ["maxBurstSize": 1, "other": 2]], ["name": "b"]]]
      ),
      ("absent", [:]),
    ] as [(String, JSON)])
  func `only what is named is there`(fields: String, expected: JSON) throws {
    #expect(try #require(try FieldSelection(fields)).apply(to: answer) == expected)
  }

  @Test(arguments: ["queues(", "queues)", "a,,b", "a//b", ",", "a(b", "(a)", String(repeating: "a(", count: 100)])
  func `what cannot be read is refused`(fields: String) {
    #expect(throws: Refusal.self) { try FieldSelection(fields) }
  }

  @Test func `it works on every method, tasks included`() throws {
    let bench = try Bench.withQueue()
    let name = try bench.createTask()
    #expect(
      try bench.ok("GET", "/v2/\(name)?fields=httpRequest(url)") == [
        "httpRequest": ["url": "http://worker.test/tasks/Ok"]
      ])
    #expect(try bench.ok("GET", Bench.root + "/queues?fields=queues/state") == ["queues": [["state": "RUNNING"]]])
    #expect(
      bench.refusal("GET", Bench.root + "/queues?fields=a(")
        == "INVALID_ARGUMENT: Request contains an invalid argument.")
  }
}
