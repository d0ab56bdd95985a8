import CloudModel
import Foundation
import Settings
import Testing

@Suite("A definitions file")
struct DefinitionsFileTests {
  private func faults(_ text: String, file: String = "schedules.yaml") -> [String] {
    do throws(FileFaults) {
      _ = try DefinitionSet.read(text, file: file)
      return []
    } catch {
      return error.all.map(\.description)
    }
  }

  @Test("is read with all of its fields")
  func everything() throws {
    let set = try DefinitionSet.read(
      """
      app: billing
      endpoint: https://app.example.com/tasks/
      schedules:
        - name: Digest
          job: custom-id
          run-every: "0 0 * * 1-5"
          time-zone: Etc/UTC
          payload: {report_type: daily_sales, count: 1.50}
          headers: {X-Job-Type: Digest, X-Number: 1}
          oidc: {service-account: a@b.c, audience: me}
          retries: {count: 5, min-backoff: 30s, max-backoff: 10m, max-doublings: 3, max-duration: 1h}
          description: Daily digest
          attempt-deadline: 3m
          state: paused
        - {name: Often, run-every: {hours: 1, minutes: 30}, oidc: false}
      """, file: "schedules.yaml")
    #expect(set.app == "billing")
    let digest = try #require(set.schedules.first)
    #expect(digest.jobID == "custom-id")
    #expect(digest.timing == .text("0 0 * * 1-5"))
    #expect(String(decoding: digest.body, as: UTF8.self) == #"{"report_type":"daily_sales","count":1.50}"#)
    #expect(digest.headers == [Header("X-Job-Type", "Digest"), Header("X-Number", "1")])
    #expect(digest.token == .oidc(serviceAccount: "a@b.c", audience: "me"))
    #expect(digest.retries.maxDuration == .seconds(3600))
    #expect(digest.attemptDeadline == .seconds(180))
    #expect(digest.state == .paused)
    #expect(digest.place.line == 4)
    #expect(digest.timingPlace.line == 6)
    #expect(set.schedules[1].timing == .every(.seconds(5400)))
    #expect(set.schedules[1].token == .none)
  }

  @Test("may be JSON")
  func json() throws {
    let text = #"{"app": "a", "schedules": [{"name": "N", "run-every": "@daily", "payload": {"x": [1, null]}}]}"#
    let set = try DefinitionSet.read(text, file: "schedules.json")
    #expect(set.schedules.first?.name == "N")
    #expect(
      faults("{\"app\": \"a\",\n \"schedules\": [}", file: "s.json") == [
        "s.json:2:16: it is not JSON: a value is missing"
      ]
        || faults("{\"app\": \"a\",\n \"schedules\": [}", file: "s.json").first?.hasPrefix("s.json:2:") == true)
  }

  @Test("names unknown keys with their place and the nearest known one")
  func unknownKeys() {
    let found = faults("app: a\nschedules:\n  - name: N\n    run-evry: \"@daily\"\n")
    #expect(found.contains { $0.hasPrefix("schedules.yaml:4:5: unknown key \"run-evry\"") && $0.contains("run-every") })
    #expect(found.contains { $0.contains("run-every is missing") })
  }

  @Test("refuses a key that is there twice")
  func duplicateKeys() {
    let found = faults("app: a\nschedules:\n  - name: N\n    run-every: \"@daily\"\n    name: M\n")
    #expect(found.first?.hasPrefix("schedules.yaml:5:5: the key \"name\" is there twice") == true)
  }

  @Test("tells wrong types, spans, states and methods with their line")
  func wrongValues() {
    let found = faults(
      """
      schedules:
        - name: N
          run-every: {minutes: 0}
          attempt-deadline: soon
          state: stopped
          method: FETCH
          oidc: perhaps
      """)
    #expect(found.count == 5)
    for line in 3...7 { #expect(found.contains { $0.hasPrefix("schedules.yaml:\(line):") }, "\(line)") }
  }

  @Test("without anything to define is refused")
  func empty() {
    #expect(faults("app: a\n").first?.contains("neither schedules nor subscriptions") == true)
    #expect(faults("schedules: []\n") == [])
  }
}
