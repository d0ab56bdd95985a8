// The form for a job: a new one, or the fields of one that is there.

import CloudModel
import Foundation
import Operations
import Schedules
import Terminal

extension Form {
  private enum Label {
    static let (id, schedule, zone, url) = ("ID", "Schedule", "Time zone", "URL")
    static let (payload, details) = ("Payload", "Description")
  }

  static func job(_ job: Job?) -> Form {
    var fields: [FormField] = []
    if job == nil { fields.append(FormField(Label.id, hint: "Letters, numbers, hyphens and underscores.")) }
    fields += [
      FormField(Label.schedule, job?.schedule ?? "", hint: "0 9 * * 1-5, @hourly, or: every 2 hours."),
      FormField(Label.zone, job?.timeZone ?? "Etc/UTC", hint: "As the time zone database has it: Europe/Paris."),
    ]
    if job == nil || job?.url != nil {
      fields.append(FormField(Label.url, job?.url ?? "", .long, hint: "Where it is sent to: http:// or https://."))
      // Bytes that are no text are left to `jobs update`.
      if let text = job.map(payload) ?? "{}" {
        fields.append(FormField(Label.payload, text, .payload, hint: "JSON, or any text; empty is no body."))
      }
    }
    fields.append(FormField(Label.details, job?.details ?? "", .long, hint: "For people; 500 characters at most."))
    return Form(title: job.map { "Edit \($0.name.id)" } ?? "New job", subject: .job(job), fields: fields)
  }

  private static func payload(_ job: Job) -> String? {
    guard case .http(let target) = job.target, let body = target.body else { return "" }
    return String(validating: body, as: UTF8.self)
  }

  fileprivate func problem(_ label: String, _ reason: String) -> FormProblem {
    FormProblem(field: place(label), reason: reason)
  }

  fileprivate func fill(_ job: inout Job, _ context: ContextBadge, isNew: Bool) throws(FormProblem) {
    job.schedule = value(Label.schedule)
    do throws(ScheduleError) { _ = try Schedule(job.schedule) } catch {
      throw problem(Label.schedule, job.schedule.isEmpty ? "A job needs a schedule." : "\(error.description)")
    }
    job.timeZone = value(Label.zone)
    guard TimeZones.isUTC(job.timeZone) || TimeZones.zone(named: job.timeZone) != nil else {
      let near = TimeZones.nearest(to: job.timeZone).first.map { "; did you mean \($0)?" } ?? "."
      throw problem(Label.zone, "There is no time zone \"\(job.timeZone)\"\(near)")
    }
    job.details = value(Label.details)
    // "description: must not contain more than 500 characters" (cloudscheduler v1).
    guard job.details.count <= 500 else {
      throw problem(Label.details, "\(job.details.count) characters; 500 at most.")
    }
    if exactValue(Label.url) != nil { job.target = .http(try target(over: job.target, context, isNew: isNew)) }
  }

  private func target(
    over there: Job.Target, _ context: ContextBadge, isNew: Bool
  ) throws(FormProblem) -> HTTPTarget {
    let url = value(Label.url)
    if let reason = Form.objection(toURL: url) { throw problem(Label.url, reason) }
    var target = HTTPTarget(url: url)
    if case .http(let old) = there { target = old } else { target.method = "POST" }
    // An audience that was the URL goes with it.
    if case .oidc(let email, let audience)? = target.authorization, audience == target.url {
      target.authorization = .oidc(serviceAccountEmail: email, audience: url)
    }
    if isNew, let account = context.serviceAccount {
      target.authorization = .oidc(serviceAccountEmail: account, audience: url)
    }
    target.url = url
    if let payload = exactValue(Label.payload) {
      if let reason = Form.objection(toPayload: payload) { throw problem(Label.payload, reason) }
      target.encodedBody = payload.isEmpty ? nil : Data(payload.utf8).base64EncodedString()
    }
    return target
  }

  fileprivate func newJob(_ context: ContextBadge) throws(FormProblem) -> Job {
    let id = value(Label.id)
    do throws(NameError) {
      let parent = try LocationName(project: context.project, location: context.locations.first ?? "")
      return Job(name: try JobName(parent: parent, id: id))
    } catch {
      throw problem(Label.id, id.isEmpty ? "A job needs an ID." : "\(error.description).")
    }
  }

  // MARK: What several forms ask for

  /// Why a URL is not taken.
  static func objection(toURL url: String) -> String? {
    guard let parts = URLComponents(string: url), ["http", "https"].contains(parts.scheme?.lowercased() ?? ""),
      parts.host?.isEmpty == false
    else { return "The URL must begin with http:// or https:// and name a host." }
    // "url: maximum 2083 characters after encoding" (google-apis.md section 1.1).
    let count = url.utf8.count
    return count <= 2083 ? nil : "The URL has \(Words.count(count)) characters; 2,083 at most."
  }

  /// Why a payload is not taken: what looks like JSON must be it.
  static func objection(toPayload text: String) -> String? {
    guard text.first(where: { !$0.isWhitespace }).map({ "{[".contains($0) }) ?? false else { return nil }
    do throws(JSONError) { _ = try JSON(parsing: text) } catch { return "Not valid JSON: \(error.description)." }
    return nil
  }
}

extension ConsoleState {
  /// The change that a job's form asks for.
  func resourceRequest(_ form: Form, over original: Job?) throws(FormProblem) -> ResourceRequest {
    var job = if let original { original } else { try form.newJob(context) }
    if original == nil, jobs.rows.contains(where: { $0.name == job.name }) {
      throw FormProblem(field: 0, reason: "There is a job \(job.name.id) already.")
    }
    try form.fill(&job, context, isNew: original == nil)
    if let original, JobComparison.changes(original, job, by: .spelling).isEmpty {
      throw FormProblem(field: form.cursor, reason: "Nothing is changed yet.")
    }
    let title = original == nil ? "Create \(job.name.id)" : "Change \(job.name.id)"
    return ResourceRequest(title, before: original, after: job)
  }
}
