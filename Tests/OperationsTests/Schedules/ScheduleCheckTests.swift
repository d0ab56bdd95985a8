import CloudModel
import Foundation
import Operations
import Testing

@Suite("A check of definitions")
struct ScheduleCheckTests {
  private func messages(_ definition: ScheduleDefinition) -> [String] { plan([definition], []).findings.map(\.message) }

  @Test("warns of a schedule that never fires, at the definition's line")
  func never() {
    let found = plan([definition("A", "0 0 30 2 *", line: 12)], []).findings
    #expect(found.map(\.severity) == [.warning])
    #expect(found.first?.message.contains("never fires") == true)
    #expect(found.first?.lines.first?.hasPrefix("schedules.yaml:12: warning: shop--A:") == true)
  }

  @Test("warns of runs that come far more often than the attempt deadline allows")
  func tooOften() {
    var wanted = definition("A", "* * * * *")
    #expect(messages(wanted) == [])
    wanted.attemptDeadline = .seconds(1800)
    #expect(messages(wanted).contains { $0.contains("every 1 m") && $0.contains("30 m") })
  }

  @Test("refuses a second definition of one ID, and names the first")
  func duplicates() {
    let found = plan([definition("A", line: 3), definition("A", line: 9)], [])
    #expect(found.errors.map(\.place.line) == [9])
    #expect(found.errors.first?.message.contains("schedules.yaml:3") == true)
    #expect(found.isEmpty)
  }

  @Test("warns of two definitions with one target")
  func sharedTargets() {
    var (first, second) = (definition("A"), definition("B"))
    first.url = "https://app.example.com/tasks/X"
    second.url = first.url
    #expect(plan([first, second], []).warnings.contains { $0.contains("same target as shop--A") })
  }

  @Test("refuses an unknown zone and names those near it")
  func zone() {
    var wanted = definition("A")
    wanted.timeZone = "Europe/Pariss"
    #expect(plan([wanted], []).errors.first?.message.contains("Europe/Paris") == true)
  }

  @Test("shows a bad schedule with carets below the fault")
  func badSchedule() {
    let error = plan([definition("A", "0 25 * * *", line: 4)], []).errors.first
    #expect(error?.message.contains("column 3") == true)
    #expect(error?.excerpt == ["0 25 * * *", "  ^^"])
    #expect(error?.place.line == 4)
  }

  @Test("refuses what is over Cloud Scheduler's limits")
  func limits() {
    var wanted = definition("A")
    wanted.attemptDeadline = .seconds(10)
    #expect(messages(wanted).contains { $0.contains("between 15 s and 30 m") })
    wanted = definition("A")
    wanted.attemptDeadline = .seconds(1801)
    #expect(messages(wanted).contains { $0.contains("between 15 s and 30 m") })
    wanted = definition("A")
    wanted.body = Data(count: 1_000_001)
    #expect(messages(wanted).contains { $0.contains("1 MB") })
    wanted = definition("A")
    wanted.retries.count = 6
    #expect(messages(wanted).contains { $0.contains("0 to 5") })
    wanted = definition("A")
    wanted.details = String(repeating: "x", count: 501)
    #expect(messages(wanted).contains { $0.contains("500") })
  }

  @Test("warns of an hour that a clock change skips")
  func gap() {
    var wanted = definition("A", "30 2 * * *")
    wanted.timeZone = "America/New_York"
    #expect(messages(wanted).contains { $0.contains("02:30 does not exist on 2027-03-14") })
    wanted.timing = .text("30 4 * * *")
    #expect(messages(wanted) == [])
    wanted.timing = .text("*/30 * * * *")
    #expect(messages(wanted) == [])
  }

  @Test("refuses a token for which no service account is known")
  func account() {
    let scope = scheduleScope(account: nil)
    #expect(plan([definition("A")], [], scope).errors.first?.message.contains("service account") == true)
    // The account of the job that is there will do.
    #expect(plan([definition("A")], [job("shop--A")], scope).unchangedIDs == ["shop--A"])
    var plain = definition("A")
    plain.token = .none
    #expect(plan([plain], [], scope).addedIDs == ["shop--A"])
  }

  @Test(
    "turns spans into schedules that Cloud Scheduler keeps",
    arguments: [
      (60, "* * * * *"), (1800, "*/30 * * * *"), (2700, "every 45 minutes"), (3600, "0 * * * *"), (7200, "0 */2 * * *"),
      (18000, "every 5 hours"), (86400, "0 0 * * *"), (604_800, "0 0 * * 0"),
    ])
  func spans(seconds: Int, expression: String) {
    #expect(ScheduleDefinition.Timing.every(.seconds(seconds)).expression == expression)
  }

  @Test("refuses spans under a minute or between minutes")
  func badSpans() {
    for seconds in [0, 30, 90] { #expect(ScheduleDefinition.Timing.every(.seconds(seconds)).expression == nil) }
  }
}
