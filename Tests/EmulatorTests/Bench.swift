// The emulator without sockets and without a clock: requests go straight to the
// front end, time moves when a test says so, and what would be sent is handed
// to the test.

import CloudModel
import Foundation
import Testing
import Transport

@testable import Emulator

final class Bench {
  static let root = "/v2/projects/acme/locations/us-central1"
  static let parent = "projects/acme/locations/us-central1"
  static let jobs = "/v1/projects/acme/locations/us-central1/jobs"

  let state: EmulatorState
  private let frontEnd = FrontEnd()
  /// 2026-01-02T03:04:05.250Z.
  var now = Moment(microseconds: 1_767_323_045_250_000)

  init(appEngineHost: String? = nil) { state = EmulatorState(appEngineHost: appEngineHost, seed: 1) }

  init(state: EmulatorState) { self.state = state }

  /// With a queue `q`.
  static func withQueue(_ settings: JSON = [:]) throws -> Bench {
    let bench = Bench()
    try bench.ok("PATCH", root + "/queues/q", settings)
    return bench
  }

  @discardableResult func call(_ method: String, _ target: String, _ body: JSON? = nil) -> (status: Int, json: JSON) {
    let response = raw(method, target, body.map { Array($0.compact.utf8) } ?? [])
    do { return (response.status, try JSON(parsing: response.body)) } catch {
      return (response.status, .string(String(decoding: response.body, as: UTF8.self)))
    }
  }

  func raw(
    _ method: String, _ target: String, _ body: [UInt8], _ headers: [(String, String)] = []
  ) -> ServerResponse {
    let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
    let request = ServerRequest(
      method: method, path: parts[0], query: parts.count > 1 ? parts[1] : "", body: body,
      headers: headers)
    return frontEnd.answer(request, state, at: now)
  }

  /// A call that has to succeed.
  @discardableResult func ok(_ method: String, _ target: String, _ body: JSON? = nil) throws -> JSON {
    let (status, json) = call(method, target, body)
    try #require(status == 200, "\(method) \(target): \(json.compact)")
    return json
  }

  /// `STATUS: message` of a call that has to fail.
  func refusal(_ method: String, _ target: String, _ body: JSON? = nil) -> String {
    let (status, json) = call(method, target, body)
    let error = json["error"]
    #expect(status == error?["code"]?.int)
    return "\(error?["status"]?.string ?? "?"): \(error?["message"]?.string ?? json.compact)"
  }

  @discardableResult func createTask(_ task: JSON = Bench.plain, queue: String = "q") throws -> String {
    let created = try ok("POST", Self.root + "/queues/\(queue)/tasks", ["task": task])
    return try #require(created["name"]?.string)
  }

  static let plain: JSON = ["httpRequest": ["url": "http://worker.test/tasks/Ok"]]

  static func named(_ id: String) -> JSON {
    ["name": .string("\(parent)/queues/q/tasks/\(id)"), "httpRequest": ["url": "http://worker.test/tasks/Ok"]]
  }

  func task(_ name: String, full: Bool = false) throws -> JSON {
    try ok("GET", "/v2/" + name + (full ? "?responseView=FULL" : ""))
  }

  func advance(_ duration: Duration) { now = now + duration }

  /// What has to be sent now.
  func due() -> [Order] { state.takeDue(at: now) }

  /// The request of the only order that is due.
  func onlyDue() throws -> (order: Order, request: HTTPRequest) {
    let orders = due()
    let order = try #require(orders.first)
    #expect(orders.count == 1)
    guard case .send(let request) = state.dispatch(order) else { throw Surprise() }
    return (order, request)
  }

  /// Sends what is due, answers it and says how many there were.
  @discardableResult func answerDue(_ outcome: Outcome = .answered(200, retryAfter: nil)) -> Int {
    let orders = due()
    for order in orders { state.finish(order, outcome, at: now) }
    return orders.count
  }

  struct Surprise: Error {}
}
