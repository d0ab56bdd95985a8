// `tasks debug`: run a task's payload against one's own code.

import ArgumentParser
import CloudModel
import Foundation
import Operations
import ReplayModel
import Settings

extension TasksCommand {
  struct Debug: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "debug",
      abstract: "Run a task on this machine, with the payload and metadata it has in the cloud.",
      discussion: """
        The task is fetched whole and given to a handler: a server of yours, a program, or your Django project. It \
        stays where it is unless --then says otherwise. An ID alone is looked for in every queue of the context.

        Which handler: --handler, else the first rule under `replay` in taskdeck.yaml that matches the class, else the \
        only one there is. Without configuration, a manage.py here is the handler `django`, and --handler takes the \
        base URL of a server.

        Many at once: with --class, --filter, --min-retries, --id or --all every task that matches is run, --parallel \
        at a time; the summary has one row for each.

        What was run, and what it printed, is kept: see `taskdeck journal replays`.
        """)

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Queue ID, or full resource name; may be left out before an ID.") var queue: String?
    @Argument(help: "Task ID, or full resource name.") var task: String?
    @OptionGroup(title: "Handler") var run: RunOptions
    @OptionGroup(title: "Payload") var payload: PayloadOptions
    @OptionGroup(title: "Many at once") var many: ManyOptions
    @OptionGroup(title: "Many at once") var criteria: TaskCriteria

    @Option(
      help: ArgumentHelp("Afterwards: keep the task, discard it, requeue its payload, or ask.", valueName: "what"))
    var then: ReplayThen = .keep
    @Option(
      help: ArgumentHelp("Take the task from a file that was exported, or from - (standard input).", valueName: "file"))
    var from: String?
    @Option(help: ArgumentHelp("Take the task from the trash of this journal entry.", valueName: "n")) var journal: Int?

    func validate() throws {
      if from != nil, journal != nil { throw ValidationError("Give --from or --journal, not both.") }
      if run.function != nil, queue != nil || from != nil || journal != nil || isMany {
        throw ValidationError("--function runs a function with --payload; it takes no task.")
      }
      if isMany, payload.isGiven { throw ValidationError("--payload and --edit are for one task.") }
      if isMany, run.pdb { throw ValidationError("--pdb is for one task.") }
      if isMany, task != nil { throw ValidationError("Give an ID or criteria, not both.") }
      if run.pdb, options.isJSON { throw ValidationError("--pdb needs the terminal; leave out --output.") }
      if from == "-", payload.payload == "-" { throw ValidationError("Only one can be read from standard input.") }
      if then == .discard, !options.yes, !options.dryRun, isatty(STDIN_FILENO) == 0 {
        throw ValidationError("--then discard wants --yes, for there is no terminal to ask on.")
      }
      if then == .ask, isatty(STDIN_FILENO) == 0 { throw ValidationError("--then ask needs a terminal.") }
    }

    var isMany: Bool {
      many.isGiven || criteria.all || !criteria.id.isEmpty || criteria.taskClass != nil || criteria.filter != nil
        || criteria.minRetries != nil
    }

    func run() async throws {
      let place = try ReplayPlace(options, isOffline: from != nil || journal != nil || run.function != nil)
      if then != .keep, !options.dryRun { try place.online().allowChanges() }
      if then == .discard, !options.dryRun, let queue = queue ?? nil {
        // Refused now and not after the run.
        try Consent.check(Self.shortID(queue), try place.online(), options)
      }
      if isMany { return try await debugMany(place) }
      var subject = try await subject(place)
      let handler = try await place.handler(run.handler, for: subject.task.taskClass)
      subject = try await payload.applied(to: subject)
      try await ReplaySession(place: place, options: options, run: run, then: then).debug(subject, handler)
    }

    private static func shortID(_ queue: String) -> String {
      queue.split(separator: "/").last.map(String.init) ?? queue
    }

    // MARK: The task

    private func subject(_ place: ReplayPlace) async throws -> ReplaySubject {
      if let function = run.function { return try .function(function) }
      if let from {
        let tasks = try KeptTasks.inFile(from)
        return ReplaySubject(try KeptTasks.only(tasks, id: task ?? queue, in: from == "-" ? "Standard input" : from))
      }
      if let journal {
        let tasks = try await KeptTasks.inTrash(journal, place.bench.journal)
        return ReplaySubject(try KeptTasks.only(tasks, id: task ?? queue, in: "Journal entry \(journal)"))
      }
      let wiring = try place.online()
      let fetch = ReplayFetch(wiring: wiring)
      var subject = ReplaySubject(try await fetched(wiring, fetch))
      subject.maximumAttempts = await fetch.maximumAttempts(of: subject.task.name.queue)
      return subject
    }

    private func fetched(_ wiring: Wiring, _ fetch: ReplayFetch) async throws -> CloudTask {
      guard let first = queue else {
        throw Exit.usage(
          "No task is named", reason: "Neither an ID nor a file was given.",
          remedy: "Give QUEUE and ID, the ID alone, --from FILE or --journal N.")
      }
      if let task {
        return try await fetch.task(try wiring.task(task, in: try await wiring.locate(queue: first)))
      }
      guard first.contains("/") else { return try await fetch.task(id: first) }
      let name: TaskName
      do throws(NameError) { name = try TaskName(first) } catch { throw Exit(error) }
      return try await fetch.task(name)
    }

    // MARK: Many

    private func debugMany(_ place: ReplayPlace) async throws {
      let tasks = try await chosen(place)
      let session = ReplayManySession(place: place, options: options, run: run, many: many, then: then)
      try await session.debug(tasks.map(ReplaySubject.init))
    }

    private func chosen(_ place: ReplayPlace) async throws -> [CloudTask] {
      guard from != nil || journal != nil else {
        guard let queue else {
          throw Exit.usage(
            "No queue is named", reason: "Criteria choose from a queue.", remedy: "Name the queue first.")
        }
        let wiring = try place.online()
        let name = try await wiring.locate(queue: queue)
        var criteria = criteria
        if !isChosen { criteria.all = true }
        return try await ReplayFetch(wiring: wiring).tasks(try criteria.intent(wiring, name))
      }
      let kept =
        if let from { try KeptTasks.inFile(from) } else {
          try await KeptTasks.inTrash(journal ?? 0, place.bench.journal)
        }
      let condition = try criteria.filter.map(FilterArgument.condition)
      return kept.filter { task in
        (criteria.id.isEmpty || criteria.id.contains(task.name.id))
          && (criteria.taskClass.map { $0 == task.taskClass } ?? true)
          && (criteria.minRetries.map { task.dispatchCount >= $0 } ?? true) && (condition?.matches(task) ?? true)
      }
    }

    private var isChosen: Bool {
      criteria.all || !criteria.id.isEmpty || criteria.taskClass != nil || criteria.filter != nil
        || criteria.minRetries != nil
    }
  }
}

/// What becomes of the task after its replay.
enum ReplayThen: String, ExpressibleByArgument, CaseIterable {
  case keep, discard, requeue, ask
}

/// How it is run.
struct RunOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A handler of the configuration, or a base URL such as http://127.0.0.1:8000.", valueName: "name"))
  var handler: String?
  @Option(help: ArgumentHelp("Time it may take (default: the task's deadline).", valueName: "span")) var timeout: Span?
  @Flag(help: "django: call process(), as the worker does, instead of run(), as debug() does.") var process = false
  @Flag(help: "django: hand the terminal to Python's debugger where the code raised.") var pdb = false
  @Option(help: ArgumentHelp("django: run a function of the Task Scheduler App by its dotted path.", valueName: "path"))
  var function: String?

  func validate() throws {
    if let timeout, timeout.duration <= .zero { throw ValidationError("--timeout must be more than nothing.") }
    if process, function != nil { throw ValidationError("Give --process or --function, not both.") }
    if pdb, isatty(STDIN_FILENO) == 0 || isatty(STDOUT_FILENO) == 0 {
      throw ValidationError("--pdb needs a terminal on standard input and output.")
    }
  }

  var manner: ReplayBench.Manner {
    let entry: EntryPoint? = function.map { .function($0) } ?? (process ? .process : nil)
    return .init(timeout: timeout?.duration, entryPoint: entry, debugs: pdb)
  }
}

/// Many at once.
struct ManyOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Run this many at a time (default: 1).", valueName: "n")) var parallel: Int?
  @Option(help: ArgumentHelp("Begin no more after so many have failed.", valueName: "n")) var stopAfter: Int?

  func validate() throws {
    if let parallel, !(1...64).contains(parallel) { throw ValidationError("--parallel must be from 1 to 64.") }
    if let stopAfter, stopAfter < 1 { throw ValidationError("--stop-after must be 1 or more, not \(stopAfter).") }
  }

  var isGiven: Bool { parallel != nil || stopAfter != nil }
  var pace: ReplayPace { ReplayPace(parallel: parallel ?? 1, mostFailures: stopAfter) }
}

/// Another payload.
struct PayloadOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Run with this payload instead: JSON, @FILE, or - for standard input.", valueName: "json|@file|-"))
  var payload: String?
  @Flag(help: "Edit the payload first, in $VISUAL or $EDITOR.") var edit = false

  var isGiven: Bool { payload != nil || edit }

  /// The task with the payload that is to run; the changed keys are shown.
  func applied(to subject: ReplaySubject) async throws -> ReplaySubject {
    guard isGiven else { return subject }
    var changed = subject
    if let payload { changed = subject.edited(try PayloadArgument.bytes(payload)) }
    if edit { changed = try await ReplayEdit.edited(changed) }
    ReplayEdit.say(from: subject, to: changed)
    return changed
  }
}

enum ReplayEdit {
  /// The payload as the person's editor left it.
  static func edited(_ subject: ReplaySubject) async throws(Exit) -> ReplaySubject {
    guard let text = subject.payload.editable else {
      throw .refused(
        "The payload is not text", reason: "\(subject.name): \(subject.payload.decoded.count) bytes.",
        remedy: "Give another one with --payload @FILE.")
    }
    let isJSON = subject.payload.json != nil || subject.payload.content == .empty
    let edited = try await TextEditor().edit(text, name: isJSON ? "payload.json" : "payload.txt") { text in
      isJSON ? TextFault.json(in: text) : nil
    }
    guard let edited else { return subject }
    return subject.edited(Data(edited.utf8))
  }

  /// The changed keys, on standard error.
  static func say(from before: ReplaySubject, to after: ReplaySubject) {
    let lines = changes(from: before.payload, to: after.payload)
    Output.say(
      lines.isEmpty ? "The payload is unchanged." : (["Changed in the payload:"] + lines).joined(separator: "\n"))
  }

  static func changes(from before: TaskPayload, to after: TaskPayload) -> [String] {
    if let old = before.json, let new = after.json {
      return PayloadDiff.changes(from: old, to: new).map { "  " + printable($0.line) }
    }
    guard before.decoded != after.decoded else { return [] }
    return ["  ~ \(before.kind), \(before.decoded.count) bytes → \(after.kind), \(after.decoded.count) bytes"]
  }
}

extension ReplaySubject {
  /// A function of the Task Scheduler App; there is no task.
  static func function(_ path: String) throws(Exit) -> ReplaySubject {
    let name: TaskName
    do throws(NameError) {
      name = try TaskName("projects/local/locations/us-central1/queues/functions/tasks/0")
    } catch { throw Exit(error) }
    var task = CloudTask(name: name)
    task.target = .http(HTTPTarget(url: ""))
    var subject = ReplaySubject(task)
    subject.name = path
    return subject
  }
}
