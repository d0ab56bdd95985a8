import CloudModel
import Foundation
import Operations
import Testing

@Suite("A plan of schedules")
struct SchedulePlanTests {
  @Test("says what is added, updated, unchanged, stale and foreign")
  func lists() {
    let found = plan(
      [definition("New"), definition("Same"), definition("Other", "0 4 * * *")],
      [job("shop--Same"), job("shop--Other"), job("shop--Gone"), job("bank--X")])
    #expect(found.addedIDs == ["shop--New"])
    #expect(found.updatedIDs == ["shop--Other"])
    #expect(found.unchangedIDs == ["shop--Same"])
    #expect(found.staleIDs == ["shop--Gone"])
    #expect(found.foreignIDs == ["bank--X"])
    #expect(found.deletedIDs == [])
  }

  @Test("deletes the app's own jobs without a definition only when asked to prune")
  func prunes() {
    let jobs = [job("shop--Gone"), job("shop-admin--X"), job("shopping--X"), job("shop--admin--X"), job("bank--X")]
    #expect(plan([], jobs).deletedIDs == [])
    let pruned = plan([], jobs, prune: true)
    #expect(pruned.deletedIDs == ["shop--Gone"])
    #expect(pruned.foreignIDs == ["bank--X", "shop--admin--X", "shop-admin--X", "shopping--X"])
  }

  @Test(
    "takes for the same what means the same",
    arguments: [
      ("0 * * * *", "@hourly"), ("0 0 * * 0", "@weekly"), ("0 0 * * 7", "0 0 * * SUN"), ("0  0 1 1 *", "@yearly"),
      ("*/30 * * * *", "0,30 * * * *"),
    ])
  func sameSchedules(job text: String, definition wanted: String) {
    #expect(plan([definition("A", wanted)], [job("shop--A", text)]).unchangedIDs == ["shop--A"])
  }

  @Test("takes UTC, Etc/UTC and nothing for one zone")
  func sameZones() {
    for zone in ["UTC", "Etc/UTC", "utc", "Zulu"] {
      var wanted = definition("A")
      wanted.timeZone = zone
      #expect(plan([wanted], [job("shop--A")]).unchangedIDs == ["shop--A"], "\(zone)")
    }
  }

  @Test("takes a JSON body for the same whatever the order of its keys")
  func sameBodies() {
    var (wanted, there) = (definition("A"), job("shop--A"))
    wanted.body = Data(#"{"a": 1, "b": {"c": [1, 2], "d": null}}"#.utf8)
    guard case .http(var target) = there.target else { return }
    target.encodedBody = Data(#"{"b":{"d":null,"c":[1,2]},"a":1}"#.utf8).base64EncodedString()
    there.target = .http(target)
    #expect(plan([wanted], [there]).unchangedIDs == ["shop--A"])
    wanted.body = Data(#"{"a": 1, "b": {"c": [2, 1], "d": null}}"#.utf8)
    #expect(plan([wanted], [there]).fields == ["httpTarget.body"])
  }

  @Test("does not mind headers that the service adds, their case or their order")
  func sameHeaders() {
    var (wanted, there) = (definition("A"), job("shop--A"))
    wanted.headers = [Header("x-one", "1"), Header("X-Two", "2"), Header("User-Agent", "mine")]
    guard case .http(var target) = there.target else { return }
    target.headers = [Header("X-Two", "2"), Header("X-One", "1")] + target.headers
    there.target = .http(target)
    #expect(plan([wanted], [there]).unchangedIDs == ["shop--A"])
  }

  @Test("does not mind defaults that are written out, nor those of older jobs")
  func sameDefaults() {
    var (wanted, there) = (definition("A"), job("shop--A"))
    wanted.retries.minBackoff = .seconds(5)
    wanted.retries.count = 0
    wanted.attemptDeadline = .seconds(180)
    there.retryConfig?.maxDoublings = 16
    #expect(plan([wanted], [there]).unchangedIDs == ["shop--A"])
    there.retryConfig = nil
    there.attemptDeadline = nil
    #expect(plan([wanted], [there]).unchangedIDs == ["shop--A"])
  }

  @Test("names every field that differs by its REST path")
  func fields() {
    var wanted = definition("A", "@daily")
    wanted.timeZone = "Europe/Paris"
    wanted.details = "Words"
    wanted.method = "PUT"
    wanted.url = "https://app.example.com/tasks/B"
    wanted.headers = [Header("X-One", "1")]
    wanted.body = Data("[]".utf8)
    wanted.attemptDeadline = .seconds(600)
    wanted.retries.count = 3
    wanted.retries.maxDuration = .seconds(60)
    wanted.state = .paused
    #expect(
      plan([wanted], [job("shop--A")]).fields == [
        "description", "schedule", "timeZone", "httpTarget.uri", "httpTarget.httpMethod", "httpTarget.headers",
        "httpTarget.body", "httpTarget.oidcToken.audience", "retryConfig.retryCount", "retryConfig.maxRetryDuration",
        "attemptDeadline", "state",
      ])
  }

  @Test("leaves the state alone where the definition says none")
  func keepsState() {
    var paused = job("shop--A")
    paused.state = .paused
    #expect(plan([definition("A")], [paused]).unchangedIDs == ["shop--A"])
    var wanted = definition("A")
    wanted.state = .enabled
    let change = plan([wanted], [paused]).updated.first?.changes
    #expect(change == [FieldChange("state", "PAUSED", "ENABLED")])
  }

  @Test("updates a job again whose last update failed, with every field")
  func updateFailed() {
    var broken = job("shop--A")
    broken.state = .updateFailed
    let update = plan([definition("A")], [broken]).updated.first
    #expect(update?.changes == [FieldChange("state", "UPDATE_FAILED", "ENABLED")])
    let patch = update.map { JobPatch(from: $0.before, to: $0.after) }
    #expect(patch?.mask == ["description", "schedule", "timeZone", "httpTarget", "retryConfig", "attemptDeadline"])
    #expect(patch?.turn == nil)
  }

  @Test("suggests a rename where a new job has the target of one that goes")
  func renames() {
    var wanted = definition("A")
    wanted.jobID = "shop--A-prod"
    wanted.url = "https://app.example.com/tasks/A"
    let found = plan([wanted], [job("shop--A")])
    #expect(found.renames == [SchedulePlan.Rename(from: "shop--A", to: "shop--A-prod")])
  }

  @Test("masks secrets in headers and still says that they changed")
  func masks() throws {
    var (wanted, there) = (definition("A"), job("shop--A"))
    wanted.headers = [Header("X-Auth-Token", "new-secret"), Header("X-Plain", "2")]
    guard case .http(var target) = there.target else { return }
    target.headers = [Header("X-Auth-Token", "old-secret"), Header("X-Plain", "1")]
    there.target = .http(target)
    let found = plan([wanted], [there])
    for text in [ScheduleReport.json(found).compact, ScheduleReport.lines(found).joined()] {
      #expect(!text.contains("secret"))
      #expect(text.contains("*** (changed)"))
      #expect(text.contains("X-Plain"))
    }
    // What is applied is not masked.
    #expect(found.changes.first?.after?.compact.contains("new-secret") == true)
  }

  @Test("keeps a custom ID apart while it is defined, and calls it foreign afterwards")
  func customID() {
    var wanted = definition("Monthly")
    wanted.jobID = "monthly-summary"
    let there = job("monthly-summary", url: "https://app.example.com/tasks/Monthly")
    #expect(plan([wanted], [there]).unchangedIDs == ["monthly-summary"])
    #expect(plan([], [there], prune: true).foreignIDs == ["monthly-summary"])
  }

  @Test("leaves a job of the wanted ID alone when it is somebody else's, until it is adopted")
  func foreignConflict() {
    var wanted = definition("Monthly", "0 5 * * *")
    wanted.jobID = "monthly-summary"
    let there = job("monthly-summary", url: "https://bank.example.com/tasks/Monthly")
    let found = plan([wanted], [there])
    #expect(found.foreignIDs == ["monthly-summary"])
    #expect(found.isEmpty)
    #expect(found.warnings.contains { $0.contains("--adopt monthly-summary") })
    #expect(plan([wanted], [there], adopt: ["monthly-summary"]).updatedIDs == ["monthly-summary"])
  }

  @Test("deletes nothing without an app's name, and says so")
  func noApp() {
    let found = plan([definition("A")], [job("A"), job("B")], scheduleScope(app: nil), prune: true)
    #expect(found.unchangedIDs == ["A"])
    #expect(found.deletedIDs == [])
    #expect(found.foreignIDs == ["B"])
    #expect(found.notes.contains { $0.contains("No app name is set") })
  }

  @Test("deletes neither the job of a class that cannot be read, nor any while a class cannot be named")
  func unread() {
    var set = definitionSet([])
    set.unread = [UnreadDefinition(name: "A", id: "shop--A", place: DefinitionPlace("x"), reason: "boom")]
    let jobs = [job("shop--A"), job("shop--B")]
    func planned() -> SchedulePlan {
      SchedulePlanner(set, scheduleScope(), .init(prunes: true), now: scheduleNow).plan(against: jobs)
    }
    #expect(planned().deletedIDs == ["shop--B"])
    set.unread[0].id = nil
    #expect(planned().deletedIDs == [])
    #expect(planned().staleIDs == ["shop--A", "shop--B"])
  }

  @Test("shows the next five times before and after, and marks days on which clocks change")
  func preview() {
    var wanted = definition("A", "0 4 * * *")
    wanted.timeZone = "Europe/Paris"
    // The clocks of Paris go forward on 28 March 2027.
    let before = Date(timeIntervalSince1970: 1_806_062_400)
    let set = definitionSet([wanted])
    let found = SchedulePlanner(set, scheduleScope(), now: before).plan(against: [job("shop--A")])
    let preview = found.updated.first?.preview
    #expect(preview?.before?.times.count == 5)
    #expect(preview?.after.times.map { Timestamp($0).description }.first == "2027-03-27T03:00:00Z")
    #expect(preview?.after.times.map { Timestamp($0).description }.dropFirst().first == "2027-03-28T02:00:00Z")
    #expect(preview?.after.clockChanges.count == 1)
    #expect(preview?.after.frequency == "once a day")
    #expect(ScheduleReport.lines(found).contains { $0.contains("clocks change that day") })
  }

  @Test("prints the JSON of the contract")
  func json() {
    let found = plan([definition("A", "0 4 * * *")], [job("shop--A"), job("bank--X"), job("shop--Old")], prune: true)
    let json = ScheduleReport.json(found)
    #expect(json["added"] == [])
    #expect(json["deleted"] == ["shop--Old"])
    #expect(json["foreign"] == ["bank--X"])
    #expect(json["stale"] == [])
    #expect(json["updated"]?[0]?["job"] == "shop--A")
    #expect(json["updated"]?[0]?["changes"] == [["field": "schedule", "before": "0 3 * * *", "after": "0 4 * * *"]])
    #expect(json["updated"]?[0]?["next"]?["before"]?[0] == "2026-11-22T03:00:00Z")
    #expect(json["updated"]?[0]?["next"]?["after"]?[0] == "2026-11-22T04:00:00Z")
  }
}
