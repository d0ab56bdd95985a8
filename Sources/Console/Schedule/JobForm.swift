// A form for a job: a new one, or the fields of one that is there. Enter makes a plan
// of it; what cannot be a job is said in the form.

import CloudModel
import Foundation
import Operations
import Schedules
import Terminal

struct JobForm: Panel {
  private enum Name: String, CaseIterable {
    case id = "ID", schedule = "Schedule", zone = "Time zone", url = "URL", payload = "Payload", words = "Description"
  }

  private let original: Job?
  private let names: [Name]
  private var texts: [TextField]
  private var focus = 0
  private var problem: String?

  /// nil for a new job.
  init(editing job: Job?) {
    original = job
    let text = job.map(Self.payload)
    // What does not fit a line is left to `jobs update --edit`.
    let fits = text.map { $0.count <= 160 && !$0.contains("\n") } ?? true
    names = Name.allCases.filter { name in
      switch name {
      case .id: job == nil
      case .url: job == nil || job?.url != nil
      case .payload: fits && (job == nil || job?.url != nil)
      default: true
      }
    }
    texts = names.map { name in
      switch name {
      case .id: TextField()
      case .schedule: TextField(job?.schedule ?? "")
      case .zone: TextField(job?.timeZone ?? "Etc/UTC")
      case .url: TextField(job?.url ?? "")
      case .payload: TextField(text ?? "{}")
      case .words: TextField(job?.details ?? "")
      }
    }
  }

  private static func payload(_ job: Job) -> String {
    guard case .http(let target) = job.target, let body = target.body else { return "" }
    return String(data: body, encoding: .utf8) ?? String(repeating: "?", count: 1000)
  }

  var scopes: [Scope] { [.input] }

  var field: TextField? {
    get { texts[focus] }
    set { if let newValue { texts[focus] = newValue } }
  }

  mutating func typed(_ state: inout ConsoleState) { problem = nil }
  mutating func complete(by step: Int, _ state: inout ConsoleState) {
    focus = (focus + step + texts.count) % texts.count
  }
  mutating func recall(by step: Int, _ state: inout ConsoleState) { complete(by: -step, &state) }

  func endTyping(_ state: inout ConsoleState, isKept: Bool) -> [Effect] {
    guard isKept else {
      state.overlay = nil
      return []
    }
    switch made(state) {
    case .success(let job):
      let title = original == nil ? "Create \(job.name.id)" : "Change \(job.name.id)"
      return state.begin(ResourceRequest(title, before: original, after: job))
    case .failure(let fault):
      var form = self
      form.problem = fault.words
      state.overlay = form
      return [.bell]
    }
  }

  private struct Fault: Error { let words: String }

  private func text(_ name: Name) -> String? { names.firstIndex(of: name).map { texts[$0].text } }

  private func made(_ state: ConsoleState) -> Result<Job, Fault> {
    do throws(Fault) {
      var job = if let original { original } else { try newJob(state) }
      job.schedule = try schedule()
      if let zone = text(.zone) {
        guard TimeZones.isUTC(zone) || TimeZones.zone(named: zone) != nil else {
          let near = TimeZones.nearest(to: zone).first.map { "; did you mean \($0)?" } ?? ""
          throw Fault(words: "There is no time zone \"\(zone)\"\(near)")
        }
        job.timeZone = zone
      }
      job.details = text(.words) ?? job.details
      job.target = try target(of: job)
      if let original, JobComparison.changes(original, job, by: .spelling).isEmpty {
        throw Fault(words: "Nothing is changed yet.")
      }
      return .success(job)
    } catch {
      return .failure(error)
    }
  }

  private func newJob(_ state: ConsoleState) throws(Fault) -> Job {
    do throws(NameError) {
      let parent = try LocationName(project: state.context.project, location: state.context.locations.first ?? "")
      return Job(name: try JobName(parent: parent, id: text(.id) ?? ""))
    } catch {
      throw Fault(words: "\(error.description).")
    }
  }

  private func schedule() throws(Fault) -> String {
    let text = text(.schedule) ?? ""
    do throws(ScheduleError) { _ = try Schedule(text) } catch { throw Fault(words: "Schedule, \(error.description)") }
    return text
  }

  private func target(of job: Job) throws(Fault) -> Job.Target {
    guard let url = text(.url) else { return job.target }
    guard let parts = URLComponents(string: url), ["http", "https"].contains(parts.scheme ?? ""), parts.host != nil
    else {
      throw Fault(words: "\"\(url)\" is not a URL of http or https.")
    }
    var target = HTTPTarget(url: url)
    if case .http(let there) = job.target { target = there } else { target.method = "POST" }
    // An audience that was the URL goes with it.
    if case .oidc(let email, let audience)? = target.authorization, audience == target.url {
      target.authorization = .oidc(serviceAccountEmail: email, audience: url)
    }
    target.url = url
    if let payload = text(.payload) {
      target.encodedBody = payload.isEmpty ? nil : Data(payload.utf8).base64EncodedString()
    }
    return .http(target)
  }

  func render(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
    let area = layout.sheet(names.count)
    frame.fill(area, style: Style(.overlay))
    frame.box(area, style: Style(.border, on: .overlay))
    let inside = area.inset(columns: 2, rows: 1)
    let title = original.map { "Edit \($0.name.id)" } ?? "New job"
    frame.put(sanitised(title), at: inside.origin, style: Style(.title, on: .overlay), maxWidth: inside.columns)
    for (index, name) in names.enumerated() {
      let row = inside.row(2 + index)
      guard row.top < area.bottom - 1 else { break }
      frame.put(name.rawValue, at: row.origin, style: Style(index == focus ? .accent : .field, on: .overlay))
      let place = Rect(column: row.left + 14, row: row.top, columns: max(8, row.columns - 14), rows: 1)
      frame.fill(place, style: Style(.inputField))
      if index != focus {
        frame.put(texts[index].text, at: place.origin, style: Style(.inputField), maxWidth: place.columns)
      }
    }
    let hint = problem ?? "Tab goes on, Enter makes a plan, Esc leaves."
    let row = inside.row(inside.rows - 1)
    frame.put(hint, at: row.origin, style: Style(problem == nil ? .dim : .danger, on: .overlay), maxWidth: row.columns)
    let shown = inside.row(2 + focus)
    renderField(
      texts[focus], in: Rect(column: shown.left + 14, row: shown.top, columns: max(8, shown.columns - 14), rows: 1),
      &frame)
  }
}
