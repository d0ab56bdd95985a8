// One message in, the next state and a list of effects out.

import CloudModel
import Foundation
import Terminal

/// Takes in what happened and says what to do about it. It reads no clock and does nothing itself.
package func update(_ state: inout ConsoleState, _ message: Message) -> [Effect] {
  var effects = state.take(message)
  effects += state.startWhatIsDue()
  state.arrange()
  effects += state.tasks.startWork().map { .arrangeTasks($0) }
  return effects
}

extension ConsoleState {
  fileprivate mutating func take(_ message: Message) -> [Effect] {
    switch message {
    case .key(let key): return press(key)
    case .tick(let moment): tick(moment)
    case .queues(let generation, let answer): take(queues: answer, generation)
    case .tasks(let generation, let answer): take(tasks: answer, generation)
    case .looked(let generation, let answer, let calls): take(look: answer, calls: calls, generation)
    case .tasksFound(let count, let number): tasks.take(found: count, of: number)
    case .tasksArranged(let done): tasks.take(done)
    case .task(let generation, let answer): take(task: answer, generation)
    case .jobs(let generation, let answer): take(jobs: answer, generation)
    case .pubsub(let generation, let answer): take(pubsub: answer, generation)
    case .job(let generation, let answer): take(job: answer, generation)
    case .schedule(let generation, let answer): take(schedule: answer, generation)
    case .surveyed(let generation, let queue, let answer, let calls):
      take(survey: answer, of: queue, calls: calls, generation)
    case .budget(let spent, let putOff, let wait):
      budget.take(spent: spent, putOff: putOff, goesOn: wait.map { now.addingTimeInterval($0) })
    case .sent(let request):
      log.add(request)
      retries.note(request, at: now)
    case .planning(let generation, let seen): take(planning: seen, generation)
    case .planned(let generation, let answer): take(plan: answer, generation)
    case .progress(let generation, let progress): take(progress: progress, generation)
    case .ended(let generation, let answer): take(outcome: answer, generation)
    case .journal(let generation, let answer): take(journal: answer, generation)
    case .entry(let generation, let answer):
      let isOfJournal = screen.as(EntryPage.self) != nil || screen.as(KeptPage.self) != nil
      if awaits(generation, .page), isOfJournal { take(page: answer) }
    case .messages(let generation, let answer): take(messages: answer, generation)
    case .replay(let generation, let answer): take(replay: answer, generation)
    case .changed(let generation, let answer): take(changed: answer, generation)
    case .edited(let generation, let answer): take(edited: answer, generation)
    case .contexts(let generation, let answer): take(contexts: answer, generation)
    case .switched(let generation, let failure?): take(switching: failure, generation)
    case .switched(_, nil): break  // The session's own: it makes a state for the new context.
    case .notice(let text, let role): say(sanitised(text), role)
    }
    return []
  }

  /// Time never runs backwards here, whatever the system clock does: ages would become negative.
  private mutating func tick(_ moment: Date) {
    now = max(now, moment)
    tickAges()
    if let notice, notice.until <= now { self.notice = nil }
    tickFlashes()
  }
}

// MARK: - Answers

extension ConsoleState {
  private mutating func take(queues answer: Result<Listing<QueueRow>, Failure>, _ generation: Generation) {
    guard awaits(generation, .queues) else { return }
    switch answer {
    case .success(let listing):
      let rows = arrived(listing, .queues, before: queues.rows) { $0.name.parent.location }
      queues.load(withSurveys(rows), at: now)
      if !listing.pending.isEmpty { return }
      for row in queues.rows { history[row.name, default: QueueHistory()].add(row, at: now) }
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
    case .finished(let calls, let survey):
      settle(.tasks, calls: calls)
      // What is on the screen is the best count there is.
      if let openQueue { keep(survey ?? QueueSurvey(rows: tasks.arriving, at: now), of: openQueue) }
      tasks.finishPages(at: now)
    case .failed(let failure, _):
      settle(.tasks, failure: failure)
      tasks.fail(failure)
    }
  }

  private mutating func take(task answer: Result<Document, Failure>, _ generation: Generation) {
    if awaits(generation, .preview) { return take(preview: answer) }
    guard awaits(generation, .page), screen.as(TaskPage.self) != nil else { return }
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

  /// What a page shows, by the lane it was asked for in.
  mutating func take(page answer: Result<Document, Failure>, _ lane: Lane = .page) {
    switch answer {
    case .success(let document):
      settle(lane, calls: 0)
      page.take(Dated(document, at: now))
    case .failure(let failure):
      settle(lane, failure: failure)
      page.content = page.content.failing(failure)
    }
  }

  private mutating func take(jobs answer: Result<Listing<JobRow>, Failure>, _ generation: Generation) {
    guard awaits(generation, .jobs) else { return }
    switch answer {
    case .success(let listing):
      jobs.load(arrived(listing, .jobs, before: jobs.rows) { $0.name.parent.location }, at: now)
      markDrift()
    case .failure(let failure):
      settle(.jobs, failure: failure)
      jobs.fail(failure)
    }
  }

  private mutating func take(pubsub answer: Result<Listing<PubsubRow>, Failure>, _ generation: Generation) {
    guard awaits(generation, .pubsub) else { return }
    switch answer {
    case .success(let listing):
      partials[.pubsub] = listing.partial
      settle(.pubsub, calls: listing.calls)
      pubsub.load(listing.rows, at: now)
    case .failure(let failure):
      settle(.pubsub, failure: failure)
      pubsub.fail(failure)
    }
  }

  private mutating func take(job answer: Result<JobRow, Failure>, _ generation: Generation) {
    guard awaits(generation, .page), screen.as(JobPage.self) != nil else { return }
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
    surveyVersion += 1
    refusedSurveys[queue] = nil
    let before = queues.rowsOnScreen
    queues.update { row in if row.name == queue { row.survey = survey } }
    queues.flash(since: before, at: now)
  }
}

// MARK: - After each message

extension ConsoleState {
  /// Makes scroll positions, page layouts and the preview fit what is shown now.
  fileprivate mutating func arrange() {
    let layout = ScreenLayout(self)
    screen.view.arrange(&self, layout)
    arrangePreview(layout)
    guard var panel = overlay else { return }
    panel.arrange(self, layout)
    overlay = panel
  }

  private mutating func arrangePreview(_ layout: ScreenLayout) {
    guard let width = layout.preview?.columns, let document = screen.view.preview(self) else { return preview = nil }
    guard preview?.document != document || preview?.layout.width != width else { return }
    preview = Preview(document: document, layout: DocumentLayout(document, width: width))
  }
}
