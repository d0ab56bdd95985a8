// A plan for programs and for people. The JSON is a contract (DESIGN.md section 5).

import CloudModel
import Foundation
import Schedules

/// A plan, written out. Secrets are masked.
package enum ScheduleReport {
  package static func json(_ plan: SchedulePlan) -> JSON {
    [
      "added": ids(plan.added.map(\.job)), "updated": .array(plan.updated.map(update)), "deleted": ids(plan.deleted),
      "unchanged": ids(plan.unchanged), "foreign": ids(plan.foreign), "stale": ids(plan.stale),
      "renames": .array(plan.renames.map { ["from": .string($0.from), "to": .string($0.to)] }),
      "warnings": .array(plan.findings.map(finding)),
      "unread": .array(
        plan.unread.map {
          ["name": .string($0.name), "place": .string($0.place.description), "reason": .string($0.reason)]
        }),
      "notes": .array(plan.notes.map(JSON.string)),
    ]
  }

  private static func ids(_ jobs: [Job]) -> JSON { .array(jobs.map { .string($0.name.id) }) }

  private static func update(_ update: SchedulePlan.Update) -> JSON {
    let changes = update.changes.map { change -> JSON in
      let shown = SecretMask.masked(change)
      return ["field": .string(shown.field), "before": shown.before ?? .null, "after": shown.after ?? .null]
    }
    return [
      "job": .string(update.before.name.id), "location": .string(update.before.name.parent.location),
      "changes": .array(changes),
      "next": ["before": times(update.preview.before), "after": times(update.preview.after)],
    ]
  }

  private static func times(_ side: FirePreview.Side?) -> JSON {
    .array((side?.times ?? []).map { .string(Timestamp($0).description) })
  }

  package static func finding(_ finding: Finding) -> JSON {
    [
      "job": .string(finding.job), "severity": finding.severity == .error ? "error" : "warning",
      "place": .string(finding.place.description), "line": finding.place.line.map(JSON.integer) ?? .null,
      "message": .string(finding.message),
    ]
  }

  // MARK: Words

  /// The plan, a block for each job, the summary on top and at the end.
  package static func lines(_ plan: SchedulePlan) -> [String] {
    let blocks =
      plan.added.flatMap { block($0, plan) } + plan.updated.flatMap { block($0, plan) }
      + plan.deleted.flatMap { job in ["[-] \(job.name.id)\(plan.place(of: job.name))"] + facts(job) }
    let body = blocks + aside(plan)
    return [plan.summary] + (body.isEmpty ? [] : body + [plan.summary])
  }

  private static func aside(_ plan: SchedulePlan) -> [String] {
    let lookAlikes = plan.foreign.filter { plan.scope.ownership.looksAlike($0.name.id) }.map(\.name.id)
    var lines = plan.stale.map {
      "[ ] \($0.name.id)\(plan.place(of: $0.name))  stale: the app's own, and no definition names it (--prune deletes it)"
    }
    lines += plan.renames.map { "    \($0.words)" }
    if !lookAlikes.isEmpty {
      lines.append(
        "    foreign, although the name begins alike, and never touched: \(lookAlikes.joined(separator: ", "))")
    }
    return lines
  }

  private static func block(_ addition: SchedulePlan.Addition, _ plan: SchedulePlan) -> [String] {
    ["[+] \(addition.job.name.id)\(plan.place(of: addition.job.name))"] + facts(addition.job)
      + preview(addition.preview)
  }

  private static func block(_ update: SchedulePlan.Update, _ plan: SchedulePlan) -> [String] {
    let shown = update.changes.map(SecretMask.masked).flatMap(FieldLines.lines)
    let width = shown.map(\.label.count).max() ?? 0
    let changesTimes = update.changes.contains { ["schedule", "timeZone"].contains($0.field) }
    return ["[~] \(update.before.name.id)\(plan.place(of: update.before.name))"]
      + shown.map { line in
        "      \(line.label.padding(toLength: width, withPad: " ", startingAt: 0))  \(line.before) -> \(line.after)"
      } + (changesTimes ? preview(update.preview) : [])
  }

  /// What a job is, in two lines.
  private static func facts(_ job: Job) -> [String] {
    ["      schedule  \(job.schedule)  \(job.timeZone)", "      target    \(job.targetWords)"]
  }

  /// The next fire times side by side, in the job's zone and in UTC.
  package static func preview(_ preview: FirePreview) -> [String] {
    guard let before = preview.before else { return side("next", preview.after) }
    return side("before", before) + side("after", preview.after)
  }

  private static func side(_ title: String, _ side: FirePreview.Side) -> [String] {
    let marked = side.clockChanges
    let head = "      \(title): \([side.words, side.frequency].filter { !$0.isEmpty }.joined(separator: "; "))"
    guard let zone = side.zone, !side.times.isEmpty else { return [head, "        never"] }
    return [head]
      + side.times.map { time in
        let local = ZonedTime.words(time, in: zone)
        let mark = marked.contains(time) ? "  clocks change that day" : ""
        return TimeZones.isUTC(zone.identifier) || zone == .gmt
          ? "        \(local) UTC\(mark)" : "        \(local) \(zone.identifier)  \(Timestamp(time).description)\(mark)"
      }
  }
}

/// One field of an update as text.
package struct FieldLines: Equatable, Sendable {
  package var label: String
  package var before: String
  package var after: String

  package init(label: String, before: String, after: String) {
    (self.label, self.before, self.after) = (label, before, after)
  }

  /// Headers one by one, everything else as it is.
  package static func lines(_ change: FieldChange) -> [FieldLines] {
    guard change.field.hasSuffix("headers") || change.field.hasSuffix("attributes") else {
      return [FieldLines(label: change.field, before: text(change.before), after: text(change.after))]
    }
    let (old, new) = (change.before?.object ?? [:], change.after?.object ?? [:])
    let names = old.keys + new.keys.filter { old[$0] == nil }
    return names.filter { old[$0] != new[$0] }.map {
      FieldLines(label: "\(change.field).\($0)", before: text(old[$0]), after: text(new[$0]))
    }
  }

  private static func text(_ json: JSON?) -> String { json?.compact ?? "(none)" }
}

/// Times on the clock of a zone.
package enum ZonedTime {
  /// `Mon 2026-11-23 03:00:00`.
  package static func words(_ time: Date, in zone: TimeZone) -> String {
    let local = Int(time.timeIntervalSince1970.rounded(.down)) + zone.secondsFromGMT(for: time)
    let text = Timestamp(seconds: Int64(local)).description
    let names = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let day = (local >= 0 ? local / 86400 : (local - 86399) / 86400) % 7
    return "\(names[(day + 7) % 7]) \(text.prefix(10)) \(text.dropFirst(11).prefix(8))"
  }
}
