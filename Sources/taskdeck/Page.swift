// One resource as lines for people: a name and a value each, nested values indented.

import CloudModel
import Console
import Foundation
import Schedules
import Terminal

enum Page {
  /// One line for each field. Remote text is sanitised.
  static func lines(of json: JSON, indent: Int = 0) -> [String] {
    guard let object = json.object else { return [sanitised(json.compact)] }
    return object.flatMap { key, value in member(key, value, indent) }
  }

  private static func member(_ key: String, _ value: JSON, _ indent: Int) -> [String] {
    let margin = String(repeating: " ", count: indent)
    let label = margin + sanitised(key)
    switch value {
    case .object(let object) where key == "payload":
      return [label + ":"]
        + JSON.object(object).pretty.split(separator: "\n").map { "\(margin)  \(sanitised(String($0)))" }
    case .object: return [label + ":"] + lines(of: value, indent: indent + 2)
    case .string(let text): return ["\(label): \(sanitised(text))"]
    default: return ["\(label): \(sanitised(value.compact))"]
    }
  }
}

/// A job's schedule in words and its next fire times.
enum JobSchedule {
  static func lines(of job: Job, after now: Date) -> [String] {
    let schedule: Schedule
    do { schedule = try Schedule(job.schedule) } catch {
      return ["schedule in words: \(sanitised(error.description))"]
    }
    guard let zone = job.timeZone.isEmpty ? .gmt : TimeZones.zone(named: job.timeZone) else {
      return ["schedule in words: \(schedule.explanation); the zone \(sanitised(job.timeZone)) is not known"]
    }
    let times = schedule.upcoming(5, after: now, in: zone)
    return ["schedule in words: \(schedule.explanation)", times.isEmpty ? "next runs: never" : "next runs:"]
      + times.map { "  \(Words.dateTime($0, in: zone)) \(Words.zoneName(zone))  (\(Timestamp($0)))" }
  }
}
