// The reference vectors: fire times on which two independent cron libraries agree, and App Engine's own SDK.

import Foundation
import Schedules
import Testing

/// One line of schedules.json.
struct Vector: Decodable, Sendable, CustomTestStringConvertible {
  let schedule: String
  let timeZone: String?
  let after: Date?
  let next: [Date]?
  let valid: Bool?

  var testDescription: String { "\(schedule) in \(timeZone ?? "UTC")" }
}

/// The reference file, which is a resource so that a fresh clone can be tested.
struct Vectors: Decodable, Sendable {
  let unixCron: [Vector]
  let daylightSaving: [Vector]
  let english: [Vector]

  static func load() throws -> Self {
    let file = try #require(Bundle.module.url(forResource: "schedules", withExtension: "json"))
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    return try decoder.decode(Self.self, from: Data(contentsOf: file))
  }
}

@Suite struct `Reference vectors` {
  @Test func `all of them are there`() throws {
    let vectors = try Vectors.load()
    #expect(vectors.unixCron.count == 200)
    #expect(vectors.daylightSaving.count == 40)
    #expect(vectors.english.count == 80)
    #expect(vectors.english.count { $0.valid == false } == 2)
  }

  @Test(arguments: try Vectors.load().unixCron) func `unix-cron fires as two libraries agree`(_ vector: Vector) throws {
    try check(vector, is: .unixCron)
  }

  @Test(arguments: try Vectors.load().daylightSaving) func `clock changes are met`(_ vector: Vector) throws {
    try check(vector, is: .unixCron)
  }

  @Test(arguments: try Vectors.load().english) func `English fires as App Engine does`(_ vector: Vector) throws {
    guard vector.valid != false else {
      #expect(throws: ScheduleError.self) { try Schedule(vector.schedule) }
      return
    }
    try check(vector, is: .english)
  }

  private func check(_ vector: Vector, is kind: Schedule.Kind) throws {
    let schedule = try Schedule(vector.schedule)
    let expected = try #require(vector.next)
    let after = try #require(vector.after)
    let found = schedule.upcoming(expected.count, after: after, in: try zone(vector.timeZone ?? "UTC"))
    #expect(written(found) == written(expected))
    #expect(schedule.kind == kind)
    #expect(schedule.text == vector.schedule)
  }
}
