// Replays of the console: fetching, running, editing, for the page that is open.

import CloudModel
import Console
import Curses
import Foundation
import Operations
import ReplayModel
import Settings
import Synchronization
import Terminal

/// Runs what the page of a replay asks for. There is one page at a time.
actor ReplayRunner {
  private let wiring: Wiring
  private let inbox: Inbox<Message>
  private let terminal: CursesTerminal
  private var bench: ReplayBench?
  private var page: Generation?
  /// As they are now, and as they were fetched.
  private var subjects: [ReplaySubject] = []
  private var originals: [ReplaySubject] = []
  private var running: Task<Void, Never>?

  init(_ wiring: Wiring, _ inbox: Inbox<Message>, _ terminal: CursesTerminal) {
    (self.wiring, self.inbox, self.terminal) = (wiring, inbox, terminal)
  }

  func run(_ order: ReplayOrder, _ page: Generation) async {
    if case .open = order { self.page = page }
    guard self.page == page else { return }
    do {
      switch order {
      case .open(let names): try await open(names)
      case .run(let handler): start(handler)
      case .stop: running?.cancel()
      case .edit: try await edit()
      case .requeue: try await requeue()
      case .compare(let columns): try await compare(columns)
      case .close: close()
      }
    } catch {
      // What was fetched stays: only the first step has nothing to show without its answer.
      let failure = Failure(any: error)
      tell(subjects.isEmpty ? .refused(failure) : .said("\(failure.title): \(failure.reason)", .danger))
    }
  }

  /// Ends what runs, with all of its processes.
  func finish() async {
    running?.cancel()
    await running?.value
  }

  private func tell(_ answer: ReplayAnswer) {
    if let page { inbox.post(.replay(page, answer)) }
  }

  private func close() {
    running?.cancel()
    (page, subjects, originals) = (nil, [], [])
  }

  // MARK: Fetching

  private func open(_ names: [TaskName]) async throws {
    (subjects, originals) = ([], [])
    let bench = try workbench()
    let fetch = ReplayFetch(wiring: wiring)
    var found: [ReplaySubject] = []
    for name in names { found.append(ReplaySubject(try await fetch.task(name))) }
    if let queue = names.first?.queue {
      let most = await fetch.maximumAttempts(of: queue)
      for index in found.indices { found[index].maximumAttempts = most }
    }
    (subjects, originals) = (found, found)
    tell(.offered(try await offer(bench)))
  }

  private func workbench() throws(Exit) -> ReplayBench {
    if let bench { return bench }
    let made = try ReplayBench(wiring.configuration, context: wiring.context)
    bench = made
    return made
  }

  private func offer(_ bench: ReplayBench) async throws -> ReplayOffer {
    let handlers = try await ordered(bench)
    let context = wiring.context
    let name = context.isProtected.value ? context.name?.value ?? context.project.value : nil
    func safety(_ handlers: [Handler]) -> ReplaySafety {
      ReplaySafety(handlers, tasks: subjects.count, protectedContext: name) { isLoopbackURL($0) }
    }
    let choices = handlers.map {
      ReplayHandlerChoice(
        name: sanitised($0.name), place: sanitised($0.place), question: safety([$0]).question.map(sanitised))
    }
    var offer = ReplayOffer(
      title: title, document: document, handlers: choices, warnings: safety(handlers).warnings.map(sanitised))
    if let now = subjects.first, let before = originals.first, now.isEdited {
      offer.changes = ReplayEdit.changes(from: before.payload, to: now.payload).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
    }
    return offer
  }

  /// The one that the rules choose, else the one that ran the class last, comes first.
  private func ordered(_ bench: ReplayBench) async throws -> [Handler] {
    let taskClass = subjects.first?.task.taskClass
    var last: String?
    if let taskClass { last = try await bench.journal.lastHandler(ofClass: taskClass) }
    let all = bench.handlers.all
    switch bench.handlers.choice(for: taskClass, remembered: last) {
    case .handler(let first): return [first] + all.filter { $0.name != first.name }
    case .ask(let handlers): return handlers
    case .none, .unknown: return all
    }
  }

  private var title: String {
    guard let only = subjects.first, subjects.count == 1 else { return Words.count(subjects.count, "task") }
    return sanitised("\(only.task.taskClass ?? "") \(only.task.name.id)")
  }

  private var document: Document {
    guard let only = subjects.first, subjects.count == 1 else {
      let counts = Dictionary(grouping: subjects) { $0.task.taskClass ?? "(no class)" }.mapValues(\.count)
      let lines = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
        Document.Line.field(sanitised($0.key), Words.count($0.value))
      }
      return Document(title: title, sections: [.init("Tasks by class", lines: lines)])
    }
    return Document(replaying: only, title: title)
  }

  // MARK: Running

  private func start(_ name: String) {
    running?.cancel()
    running = Task {
      do { try await self.execute(name) } catch {
        let failure = Failure(any: error)
        self.tell(.ended(ReplayEnd(words: "✗ not run", role: .danger, isDone: false, failure: failure)))
      }
    }
  }

  private func execute(_ name: String) async throws {
    let bench = try workbench()
    let handler = try bench.handlers.settled(bench.handlers.named(name))
    guard subjects.count == 1, let subject = subjects.first else { return try await executeMany(handler, bench) }
    let job = try await bench.job(subject, handler, .init())
    let stream = LineStream(inbox, page)
    let replay = await bench.run(job, isEdited: subject.isEdited, stream.add).replay
    stream.flush()
    tell(.ended(ReplayEnd(replay)))
  }

  private func executeMany(_ handler: Handler, _ bench: ReplayBench) async throws {
    var jobs: [(ReplaySubject, ReplayJob)] = []
    for subject in subjects { jobs.append((subject, try await bench.job(subject, handler, .init()))) }
    let (inbox, page) = (inbox, page)
    let tally = await ReplayPace(parallel: 4).run(
      jobs,
      { subject, job in
        let replay = await bench.run(job, isEdited: subject.isEdited) { _ in }.replay
        return (replay.outcome, (subject, replay))
      },
      ended: { @Sendable subject, replay in
        if let page { inbox.post(.replay(page, .row(ReplayRow(subject, replay)))) }
      })
    let words = "\(tally.done) succeeded, \(tally.failures) failed, \(tally.skipped + tally.cancelled) not run"
    tell(.ended(ReplayEnd(words: words, role: tally.failures > 0 ? .danger : .success, isDone: tally.failures == 0)))
  }

  // MARK: Between runs

  private func edit() async throws {
    guard let subject = subjects.first, subjects.count == 1 else { return }
    let edited = await terminal.suspend { waited { await Self.edited(subject) } }
    let changed = try edited.get()
    subjects = [changed]
    tell(.offered(try await offer(try workbench())))
  }

  private static func edited(_ subject: ReplaySubject) async -> Result<ReplaySubject, Exit> {
    do throws(Exit) { return .success(try await ReplayEdit.edited(subject)) } catch { return .failure(error) }
  }

  private func requeue() async throws {
    guard let subject = subjects.first, subjects.count == 1 else { return }
    var options = GlobalOptions()
    options.output = .json
    let created = try await ReplayDisposal(wiring: wiring, options: options).requeue(subject)
    tell(.said("Enqueued as \(created["requeued"]?.string ?? "")", .success))
  }

  private func compare(_ columns: Int) async throws {
    guard let subject = subjects.first else { return }
    let journal = try workbench().journal
    let newest = try await journal.replays(task: subject.name, limit: 2)
    guard newest.count == 2 else { return tell(.said("There are no two runs of this task to compare.", .warning)) }
    let comparison = ReplayComparison(
      try await journal.replay(newest[1].number), try await journal.replay(newest[0].number))
    tell(.compared(comparison.lines(width: columns)))
  }
}

/// Lines on their way to the screen, some at a time: a handler may write faster than anybody draws.
private final class LineStream: Sendable {
  private let inbox: Inbox<Message>
  private let page: Generation?
  private let waiting = Mutex<(lines: [ReplayLine], sent: ContinuousClock.Instant)>(([], .now))

  init(_ inbox: Inbox<Message>, _ page: Generation?) { (self.inbox, self.page) = (inbox, page) }

  @Sendable func add(_ line: OutputLine) {
    let due = waiting.withLock { waiting -> [ReplayLine] in
      waiting.lines.append(ReplayLine(line))
      guard waiting.lines.count >= 500 || waiting.sent.duration(to: .now) > .milliseconds(50) else { return [] }
      defer { waiting = ([], .now) }
      return waiting.lines
    }
    post(due)
  }

  func flush() {
    post(
      waiting.withLock { waiting in
        defer { waiting.lines = [] }
        return waiting.lines
      })
  }

  private func post(_ lines: [ReplayLine]) {
    if let page, !lines.isEmpty { inbox.post(.replay(page, .lines(lines))) }
  }
}

// MARK: - Values for the screen

extension ReplayLine {
  /// Colours become roles of the theme: what the handler meant counts, not its palette.
  fileprivate init(_ line: OutputLine) {
    let base: Role =
      switch line.source {
      case .output: .text
      case .errors: .warning
      case .note: .dim
      }
    var (spans, rest, role) = ([Terminal.Span](), line.text[...], base)
    while let match = rest.firstMatch(of: /\u{1B}\[([0-9;:]*)m/) {
      let text = sanitised(String(rest[..<match.range.lowerBound]))
      if !text.isEmpty { spans.append(Terminal.Span(text, Style(role))) }
      role = Self.role(String(match.1), base)
      rest = rest[match.range.upperBound...]
    }
    let text = sanitised(String(rest))
    if !text.isEmpty { spans.append(Terminal.Span(text, Style(role))) }
    self.init(seconds: line.seconds, spans: spans)
  }

  private static func role(_ codes: String, _ base: Role) -> Role {
    var role = base
    for code in codes.split(whereSeparator: { $0 == ";" || $0 == ":" }) {
      switch code {
      case "31", "91": role = .danger
      case "32", "92": role = .success
      case "33", "93": role = .warning
      case "34", "36", "94", "96": role = .info
      case "2", "90": role = .dim
      case "0", "39": role = base
      default: break
      }
    }
    return role
  }
}

extension ReplayEnd {
  fileprivate init(_ replay: Replay) {
    let mark = replay.outcome.isDone ? "✓" : "✗"
    self.init(
      words: "\(mark) \(sanitised(ReplayWords.head(of: replay)))", role: replay.outcome.isDone ? .success : .danger,
      isDone: replay.outcome.isDone, result: replay.report.result.map { sanitised($0.compact) },
      failure: replay.report.fault == nil ? nil : Failure(replay))
  }
}

extension ReplayRow {
  fileprivate init(_ subject: ReplaySubject, _ replay: Replay) {
    self.init(
      taskClass: sanitised(replay.job.taskClass ?? "-"), id: subject.task.name.id, outcome: replay.outcome.rawValue,
      role: replay.outcome.isDone ? .success : .danger, time: ReplayWords.seconds(replay.report.seconds),
      why: Failure(replay)?.reason ?? "")
  }
}

extension Document {
  /// What the handler will get: payload, metadata of the next attempt, headers.
  fileprivate init(replaying subject: ReplaySubject, title: String) {
    let page = Document(subject.task)
    let metadata = ReplayMetadata(nextAttemptOf: subject.task, maximumAttempts: subject.maximumAttempts)
    let fields = (metadata.json.object ?? [:]).filter { $0.key != "custom_headers" }.map { key, value in
      Document.Line.field(key, sanitised(value.string ?? value.compact), value == .null ? .dim : .text)
    }
    var payload = page.sections.filter { $0.kind == .payload }
    if !subject.payload.steps.isEmpty, let json = subject.payload.json {
      payload = [
        Section(
          "Payload (\(subject.payload.steps.joined(separator: ", ")) undone)", .payload,
          lines: [.tree(PayloadTree(json))])
      ]
    }
    self.init(
      title: title,
      sections: payload + [Section("Metadata of the next attempt", lines: fields)]
        + page.sections.filter { $0.kind == .headers })
  }
}
