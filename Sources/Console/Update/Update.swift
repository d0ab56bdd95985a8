// One message in, the next state and a list of effects out.

import CloudModel
import Foundation
import Terminal

/// Takes in what happened and says what to do about it. It reads no clock and does nothing itself.
package func update(_ state: inout ConsoleState, _ message: Message) -> [Effect] {
  var effects = state.take(message)
  effects += state.startWhatIsDue()
  state.arrange()
  return effects
}

extension ConsoleState {
  fileprivate mutating func take(_ message: Message) -> [Effect] {
    switch message {
    case .key(let key): return press(key)
    case .tick(let moment): tick(moment)
    case .queues(let generation, let answer): take(queues: answer, generation)
    case .tasks(let generation, let answer): take(tasks: answer, generation)
    case .task(let generation, let answer): take(task: answer, generation)
    case .jobs(let generation, let answer): take(jobs: answer, generation)
    case .job(let generation, let answer): take(job: answer, generation)
    case .surveyed(let generation, let queue, let answer, let calls):
      take(survey: answer, of: queue, calls: calls, generation)
    case .budget(let spent, let putOff): budget = ListBudget(spent: spent, putOff: putOff)
    case .sent(let request): log.add(request)
    case .planning(let generation, let seen): take(planning: seen, generation)
    case .planned(let generation, let answer): take(plan: answer, generation)
    case .progress(let generation, let progress): take(progress: progress, generation)
    case .ended(let generation, let answer): take(outcome: answer, generation)
    case .journal(let generation, let answer): take(journal: answer, generation)
    case .entry(let generation, let answer):
      if awaits(generation, .page), case .entry = screen { take(page: answer) }
    case .notice(let text, let role): say(sanitised(text), role)
    }
    return []
  }

  /// Time never runs backwards here, whatever the system clock does: ages would become negative.
  private mutating func tick(_ moment: Date) {
    now = max(now, moment)
    if let notice, notice.until <= now { self.notice = nil }
  }
}

// MARK: - Answers

extension ConsoleState {
  private mutating func take(queues answer: Result<Listing<QueueRow>, Failure>, _ generation: Generation) {
    guard awaits(generation, .queues) else { return }
    switch answer {
    case .success(let listing):
      partials[.queues] = listing.partial
      settle(.queues, calls: listing.calls)
      queues.load(withSurveys(listing.rows), at: now)
    case .failure(let failure):
      settle(.queues, failure: failure)
      queues.fail(failure)
    }
  }

  private func withSurveys(_ rows: [QueueRow]) -> [QueueRow] {
    rows.map { row in
      var row = row
      row.survey = surveys[row.name]
      return row
    }
  }

  private mutating func take(tasks answer: TaskAnswer, _ generation: Generation) {
    guard awaits(generation, .tasks) else { return }
    switch answer {
    case .page(let rows): tasks.receive(page: rows, at: now)
    case .finished(let calls):
      settle(.tasks, calls: calls)
      tasks.finishPages(at: now)
      // What is on the screen is the best count there is.
      if let openQueue { keep(QueueSurvey(rows: tasks.rows, at: now), of: openQueue) }
    case .failed(let failure, _):
      settle(.tasks, failure: failure)
      tasks.fail(failure)
    }
  }

  private mutating func take(task answer: Result<Document, Failure>, _ generation: Generation) {
    if awaits(generation, .preview) { return take(preview: answer) }
    guard awaits(generation, .page), case .task = screen else { return }
    take(page: answer)
  }

  /// A failure is a line of the preview: the table beside it is fine.
  private mutating func take(preview answer: Result<Document, Failure>) {
    lanes[.preview] = LaneState()
    guard var previewed = previewedTask, let openQueue else { return }
    switch answer {
    case .success(let document): previewed.document = document
    case .failure(let failure):
      previewed.document = Document(previewed.row, in: openQueue)
      previewed.document.sections.append(
        Document.Section("Payload", .payload, lines: [.note("✗ \(failure.title): \(failure.reason)", .danger)]))
    }
    previewedTask = previewed
  }

  private mutating func take(page answer: Result<Document, Failure>) {
    switch answer {
    case .success(let document):
      settle(.page, calls: 0)
      if page.content.latest?.value != document { page.layout = nil }
      page.content = .loaded(Dated(document, at: now))
    case .failure(let failure):
      settle(.page, failure: failure)
      page.content = page.content.failing(failure)
    }
  }

  private mutating func take(jobs answer: Result<Listing<JobRow>, Failure>, _ generation: Generation) {
    guard awaits(generation, .jobs) else { return }
    switch answer {
    case .success(let listing):
      partials[.jobs] = listing.partial
      settle(.jobs, calls: listing.calls)
      jobs.load(listing.rows, at: now)
    case .failure(let failure):
      settle(.jobs, failure: failure)
      jobs.fail(failure)
    }
  }

  private mutating func take(job answer: Result<JobRow, Failure>, _ generation: Generation) {
    guard awaits(generation, .page), case .job = screen else { return }
    let moment = now
    if case .success(let fresh) = answer { jobs.update { row in if row.id == fresh.id { row = fresh } } }
    take(page: answer.map { Document($0, now: moment) })
  }

  private mutating func take(
    survey answer: Result<QueueSurvey, Failure>, of queue: QueueName, calls: Int, _ generation: Generation
  ) {
    guard awaits(generation, .survey) else { return }
    switch answer {
    case .success(let survey):
      settle(.survey, calls: calls)
      keep(survey, of: queue)
    case .failure(let failure):
      // The next queue has its turn: one that is refused must not stop the round.
      settle(.survey, failure: failure)
      refusedSurveys[queue] = now
    }
  }

  private mutating func keep(_ survey: QueueSurvey, of queue: QueueName) {
    surveys[queue] = survey
    refusedSurveys[queue] = nil
    queues.update { row in if row.name == queue { row.survey = survey } }
  }
}

// MARK: - After each message

extension ConsoleState {
  /// Makes scroll positions, page layouts and the preview fit what is shown now.
  fileprivate mutating func arrange() {
    let layout = ScreenLayout(size: size)
    let height = layout.tableRows
    switch screen {
    case .queues: queues.scrollToCursor(height: height)
    case .tasks: tasks.scrollToCursor(height: height)
    case .jobs: jobs.scrollToCursor(height: height)
    case .journal: journal.scrollToCursor(height: height)
    case .queue, .task, .job, .entry, .log: arrangePage(layout)
    }
    arrangePreview(layout)
    if case .discard(let sheet) = overlay { overlay = .discard(counted(sheet)) }
    if case .change(var change) = overlay {
      change.arrange(layout.change)
      overlay = .change(change)
    }
    if case .help(var help) = overlay {
      help.scrollToCursor(height: layout.overlay.rows - HelpState.frameRows, in: self)
      overlay = .help(help)
    }
  }

  private mutating func arrangePage(_ layout: ScreenLayout) {
    if case .queue(let name) = screen, let row = queueRow(name), let at = queues.content.latest?.at {
      let document = Document(row)
      if page.content.latest?.value != document { page.layout = nil }
      page.content = .loaded(Dated(document, at: at))
    }
    if case .log = screen, page.requests != log.total {
      page.content = .loaded(Dated(Document(log, zone: zone), at: now))
      (page.layout, page.requests) = (nil, log.total)
    }
    guard let document = page.content.latest?.value else { return }
    if page.layout?.width != layout.page.columns {
      page.layout = DocumentLayout(document, width: layout.page.columns)
    }
    if page.wantsPayload, case .loaded = page.content, let start = page.layout?.start(of: .payload) {
      page.offset = start
      page.wantsPayload = false
    }
    let last = max(0, (page.layout?.lines.count ?? 0) - layout.page.rows)
    page.offset = max(0, min(page.offset, last))
  }

  private mutating func arrangePreview(_ layout: ScreenLayout) {
    guard let width = layout.preview?.columns, let document = previewDocument else { return preview = nil }
    guard preview?.document != document || preview?.layout.width != width else { return }
    preview = Preview(document: document, layout: DocumentLayout(document, width: width))
  }

  private var previewDocument: Document? {
    switch screen {
    case .queues: return queues.current.map { Document($0) }
    case .tasks:
      guard let openQueue else { return nil }
      guard let row = tasks.current else { return nil }
      if let previewedTask, previewedTask.row.id == row.id { return previewedTask.document }
      return Document.waiting(row, in: openQueue)
    case .jobs: return jobs.current.map { Document($0, now: now) }
    case .journal: return journal.current.map { Document($0.entry, items: [], more: 0) }
    case .queue, .task, .job, .entry, .log: return nil
    }
  }
}
