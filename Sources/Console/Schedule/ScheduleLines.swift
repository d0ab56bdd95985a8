// The plan as lines of the screen. `+ ~ -` say the same as the colours, and each
// block can be folded to its first line.

import CloudModel
import Foundation
import Operations
import Schedules
import Terminal

/// One line of the page.
struct ScheduleLine: Equatable, Sendable {
  var spans: [Span]
  /// The ID of the job whose block it belongs to.
  var block: String?

  var isEmpty: Bool { spans.allSatisfy { $0.text.allSatisfy(\.isWhitespace) } }
}

/// Lays a plan out.
struct ScheduleLines {
  private let view: ScheduleView
  private let folded: Set<String>
  private let width: Int
  private let zone: TimeZone

  init(_ view: ScheduleView, folded: Set<String>, width: Int, zone: TimeZone) {
    (self.view, self.folded, self.width, self.zone) = (view, folded, width, zone)
  }

  private var plan: SchedulePlan { view.plan }

  var all: [ScheduleLine] {
    let blocks =
      plan.added.flatMap(block) + plan.updated.flatMap(block)
      + plan.deleted.flatMap { block($0, "-", .danger, "deleted") }
      + plan.stale.flatMap { block($0, " ", .dim, "stale: no definition names it") }
    let head = [summary, line([])] + FireStripLines(view.strip, width: width, zone: zone).all
    let remarks = self.remarks
    return head + (remarks.isEmpty ? [] : [line([])] + remarks) + [line([])] + blocks
      + (blocks.isEmpty ? [] : [line([])]) + aside + [summary]
  }

  private func line(_ spans: [Span], _ block: String? = nil) -> ScheduleLine {
    ScheduleLine(spans: spans, block: block)
  }

  /// The file's own name: the folder is the same for all and takes the line.
  private func short(_ place: DefinitionPlace) -> String {
    ([lastPart(place.file)] + (place.line.map { [String($0)] } ?? [])).joined(separator: ":")
  }

  // MARK: Summary and remarks

  private var summary: ScheduleLine {
    func part(_ count: Int, _ mark: String, _ word: String, _ role: Role) -> [Span] {
      [Span("\(mark) \(count) \(word)   ", Style(count == 0 ? .dim : role))]
    }
    let spans =
      part(plan.added.count, "+", "to add", .success) + part(plan.updated.count, "~", "to update", .warning)
      + part(plan.deleted.count, "-", "to delete", .danger)
    let rest = ["\(plan.unchanged.count) unchanged", "\(plan.stale.count) stale", "\(plan.foreign.count) foreign"]
    return line(spans + [Span(rest.joined(separator: ", "), Style(.dim))])
  }

  private var remarks: [ScheduleLine] {
    var lines: [ScheduleLine] = []
    for finding in plan.findings {
      let role: Role = finding.severity == .error ? .danger : .warning
      lines += wrapped("! \(short(finding.place)): \(finding.job): \(finding.message)", role)
      lines += finding.excerpt.map { line([Span("    \(sanitised($0))", Style(role))]) }
    }
    for unread in plan.unread {
      lines += wrapped("✗ \(short(unread.place)): \(unread.name) cannot be read: \(unread.reason)", .danger)
    }
    for note in plan.notes { lines += wrapped(note, .info) }
    return lines
  }

  private func wrapped(_ text: String, _ role: Role) -> [ScheduleLine] {
    DocumentLayout.wrap(sanitised(text), width: max(20, width)).map { line([Span($0, Style(role))]) }
  }

  private var aside: [ScheduleLine] {
    var lines = plan.renames.flatMap { wrapped("? \($0.words)", .info) }
    let alike = plan.foreign.map(\.name.id).filter(plan.scope.ownership.looksAlike)
    if !alike.isEmpty {
      lines += wrapped(
        "Foreign although the name begins alike, and never touched: \(alike.joined(separator: ", "))", .dim)
    }
    return lines.isEmpty ? [] : lines + [line([])]
  }

  // MARK: Blocks

  private func head(_ mark: String, _ job: JobName, _ role: Role, _ more: String) -> ScheduleLine {
    let id = job.id
    let fold = folded.contains(id) ? "▸" : "▾"
    return line(
      [
        Span("\(fold) ", Style(.dim)), Span("[\(mark)] ", Style(role)),
        Span(sanitised(id + plan.place(of: job)), Style(.title)),
        Span("  \(sanitised(more))", Style(.dim)),
      ], id)
  }

  private func block(_ addition: SchedulePlan.Addition) -> [ScheduleLine] {
    let job = addition.job
    let first = head("+", job.name, .success, "\(job.schedule)  \(job.timeZone)  \(short(addition.place))")
    guard !folded.contains(job.name.id) else { return [first] }
    return [first, field("target", job.targetWords, job.name.id)] + times(addition.preview, job.name.id)
  }

  private func block(_ job: Job, _ mark: String, _ role: Role, _ word: String) -> [ScheduleLine] {
    let first = head(mark, job.name, role, word)
    guard !folded.contains(job.name.id) else { return [first] }
    return [
      first, field("schedule", "\(job.schedule)  \(job.timeZone)", job.name.id),
      field("target", job.targetWords, job.name.id),
    ]
  }

  private func block(_ update: SchedulePlan.Update) -> [ScheduleLine] {
    let id = update.before.name.id
    let shown = update.changes.map(SecretMask.masked).flatMap(FieldLines.lines)
    let first = head(
      "~", update.before.name, .warning,
      "\(shown.count == 1 ? "1 field" : "\(shown.count) fields")  \(short(update.place))")
    guard !folded.contains(id) else { return [first] }
    let names = min(40, shown.map { TextWidth.of($0.label) }.max() ?? 0)
    let hasTimes = update.changes.contains { ["schedule", "timeZone"].contains($0.field) }
    return [first] + shown.flatMap { change($0, names, id) } + (hasTimes ? times(update.preview, id) : [])
  }

  /// On one line where it fits, else the new value below the old one.
  private func change(_ field: FieldLines, _ names: Int, _ id: String) -> [ScheduleLine] {
    let pad = String(repeating: " ", count: max(0, names - TextWidth.of(field.label)))
    let label = Span("      \(sanitised(field.label))\(pad)  ", Style(.field))
    let (old, new) = (Span(sanitised(field.before), Style(.danger)), Span(sanitised(field.after), Style(.success)))
    let total = [label, old, new].reduce(4) { $0 + TextWidth.of($1.text) }
    if total <= width { return [line([label, old, Span(" -> ", Style(.dim)), new], id)] }
    let indent = Span(String(repeating: " ", count: names + 8), Style())
    return [line([label, old], id), line([indent, Span("-> ", Style(.dim)), new], id)]
  }

  private func field(_ name: String, _ value: String, _ id: String) -> ScheduleLine {
    line([Span("      \(name)  ", Style(.field)), Span(sanitised(value), Style())], id)
  }

  // MARK: Fire times

  private func times(_ preview: FirePreview, _ id: String) -> [ScheduleLine] {
    (preview.before.map { side("before", $0, .dim, id) } ?? [])
      + side(preview.before == nil ? "next" : "after", preview.after, .text, id)
  }

  private func side(_ title: String, _ side: FirePreview.Side, _ role: Role, _ id: String) -> [ScheduleLine] {
    let words = [side.words, side.frequency].filter { !$0.isEmpty }.joined(separator: "; ")
    let first = line([Span("      \(title)  ", Style(.field)), Span(sanitised(words), Style(role))], id)
    guard let zone = side.zone, !side.times.isEmpty else {
      return [first, line([Span("        never", Style(.warning))], id)]
    }
    let marked = side.clockChanges
    return [first]
      + side.times.map { time in
        var spans = [Span("        \(ZonedTime.words(time, in: zone)) ", Style(role))]
        if TimeZones.isUTC(zone.identifier) || zone == .gmt {
          spans.append(Span("UTC", Style(.dim)))
        } else {
          spans.append(Span("\(zone.identifier)  \(ZonedTime.words(time, in: .gmt).dropFirst(4)) UTC", Style(.dim)))
        }
        if marked.contains(time) { spans.append(Span("  clocks change", Style(.warning))) }
        return line(spans, id)
      }
  }
}

/// The coming day, a column for each half hour, or for each quarter where there is room.
struct FireStripLines {
  private let strip: FireStrip
  private let perCell: Int
  private let zone: TimeZone

  private static let label = 10

  init(_ strip: FireStrip, width: Int, zone: TimeZone) {
    self.strip = strip
    self.zone = zone
    perCell = width >= Self.label + FireStrip.cells + 2 ? 1 : width >= Self.label + FireStrip.cells / 2 ? 2 : 4
  }

  var all: [ScheduleLine] {
    let (before, after) = (merged(strip.before), merged(strip.after))
    let marks = zip(before, after).map { $0 == $1 }
    return [
      ScheduleLine(spans: [label("next 24 h"), Span(axis, Style(.dim))]),
      ScheduleLine(spans: [label("before"), Span(before.map(glyph).joined(), Style(.dim))]),
      ScheduleLine(
        spans: [label("after")]
          + zip(after, marks).map { count, isSame in Span(glyph(count), Style(isSame ? .text : .warning)) }),
    ]
  }

  private func label(_ text: String) -> Span {
    Span(text.padding(toLength: Self.label, withPad: " ", startingAt: 0), Style(.field))
  }

  private func merged(_ counts: [Int]) -> [Int] {
    stride(from: 0, to: counts.count, by: perCell).map { counts[$0..<$0 + perCell].reduce(0, +) }
  }

  /// Heights, so that it reads without colour.
  private func glyph(_ count: Int) -> String {
    switch count {
    case 0: "·"
    case 1: "▂"
    case 2...3: "▄"
    case 4...9: "▆"
    default: "█"
    }
  }

  /// The hours, every third one.
  private var axis: String {
    var text = ""
    for cell in stride(from: 0, to: FireStrip.cells, by: perCell) {
      let place = cell / perCell
      let moment = strip.start.addingTimeInterval(Double(cell) * FireStrip.cell)
      let local = Int(moment.timeIntervalSince1970) + zone.secondsFromGMT(for: moment)
      let minute = (local % 86400 + 86400) % 86400 / 60
      // Marked where the hour begins within the cell.
      let isMark = minute % 180 < 15 * perCell
      if isMark, text.count <= place {
        text += String(repeating: " ", count: place - text.count)
        text += "\(minute / 60 < 10 ? "0" : "")\(minute / 60)"
      }
    }
    return text
  }
}

/// What stands after the last slash.
func lastPart(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
