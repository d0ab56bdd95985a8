// Does what the console asks for and posts the answers. Rows and pages are made
// here, away from the loop, so that a page of 1,000 tasks never delays a key.

import CloudAPI
import CloudModel
import CloudREST
import Console
import Curses
import Foundation
import Operations
import Synchronization
import Terminal

/// Runs effects. Nothing here waits: each call is a task that posts its answer.
final class EffectRunner: Sendable {
  let wiring: Wiring
  let inbox: Inbox<Message>
  private let terminal: CursesTerminal
  /// The listing of the open queue: at most one.
  private let listing = Mutex<Task<Void, Never>?>(nil)
  /// The look into the open queue's tasks: at most one.
  private let looking = Mutex<Task<Void, Never>?>(nil)
  private let arranging: Arranging
  /// Set once v2beta3 has refused statistics, or every refresh would cost two calls.
  private let statsRefused = Mutex<String?>(nil)
  private let changes: ChangeRunner
  private let replays: ReplayRunner
  private let memory: MemoryFile
  private let schedules: ScheduleRunner
  let clipboard: Clipboard

  init(_ wiring: Wiring, _ inbox: Inbox<Message>, _ terminal: CursesTerminal, _ memory: MemoryFile) {
    // An answer, a word about the budget or a progress of a context that was left must not reach the next one.
    let inbox = Inbox(into: inbox)
    (self.wiring, self.inbox, self.terminal, self.memory) = (wiring, inbox, terminal, memory)
    arranging = Arranging(inbox)
    changes = ChangeRunner(wiring, inbox)
    replays = ReplayRunner(wiring, inbox, terminal)
    schedules = ScheduleRunner(wiring)
    clipboard = Clipboard(environment: ProcessInfo.processInfo.environment, terminal: terminal)
  }

  /// Nothing that comes from now on is heard.
  func stop() {
    stopListing()
    inbox.close()
  }

  var isReadOnly: Bool { changes.readOnly.isOn }

  /// Requests, and calls that are put off, are told to the console from now on.
  func listen() {
    let inbox = inbox
    wiring.report.tell(
      RequestReport.Listener(
        sent: { inbox.post(.sent($0)) }, warn: { inbox.post(.notice($0, .warning)) }))
  }

  /// Tells the console how much of the list budget is spent.
  func postBudget() async {
    let level = await wiring.budget.level(of: .list)
    inbox.post(.budget(spent: level.spent, putOff: level.putOff, wait: level.wait.map { $0 / .seconds(1) }))
  }

  /// Stops what is being changed and waits until the journal knows it. Returns what is left to be told.
  @discardableResult
  func finish() async -> [String] {
    await replays.finish()
    let left = await changes.finish()
    memory.finish()
    return left
  }

  func run(_ effect: Effect) {
    switch effect {
    case .loadQueues(let generation): answer { .queues(generation, await self.queues(generation)) }
    case .loadTasks(let queue, let generation): replace(listing, Task { await self.tasks(of: queue, generation) })
    case .lookIntoTasks(let queue, let filter, let generation):
      replace(looking, Task { await self.look(into: queue, filter, generation) })
    case .stopLoadingTasks: stopListing()
    case .arrangeTasks(let work): arranging.begin(work)
    case .loadTask(let name, let generation): answer { .task(generation, await self.task(name)) }
    case .loadJobs(let generation): answer { .jobs(generation, await self.jobs(generation)) }
    case .loadPubsub(let generation): answer { .pubsub(generation, await self.pubsub()) }
    case .loadJob(let name, let generation): answer { .job(generation, await self.job(name)) }
    case .loadSchedule(let prunes, let rereads, let generation):
      answer { .schedule(generation, await self.schedules.view(prunes: prunes, rereads: rereads)) }
    case .exportPlan(let plan): Task { inbox.post(await schedules.export(plan)) }
    case .survey(let queue, let pages, let generation):
      answer { await self.survey(queue, pages: pages, generation) }
    case .planDiscard, .planUndo, .abandonPlan, .applyPlan, .resume, .stopChange, .applyResources:
      Task { await changes.run(effect) }
    case .loadContexts(let generation): answer { .contexts(generation, ContextRow.configured()) }
    case .loadJournal(let generation): answer { .journal(generation, await self.changes.entries()) }
    case .loadEntry(let number, let generation): answer { .entry(generation, await self.changes.entry(number)) }
    case .loadKept(let number, let position, let generation):
      answer { .entry(generation, await self.changes.kept(of: number, at: position)) }
    case .pullMessages(let name, let generation): answer { .messages(generation, await self.messages(of: name)) }
    case .replay(let order, let generation): Task { await replays.run(order, generation) }
    case .editText(let text, let name, let generation): edit(text, name: name, generation)
    case .setReadOnly(let isOn): changes.readOnly.isOn = isOn
    case .redraw: terminal.repaint()
    case .bell: terminal.ring()
    case .suspend: kill(getpid(), SIGTSTP)
    case .change(let change, let generation): self.change(change, generation)
    case .copy(let text, let what): copy(text, what)
    case .export(let export): Task { inbox.post(exported(export)) }
    case .remember(let change): memory.keep(change) { [inbox] text in inbox.post(.notice(text, .warning)) }
    case .useTheme, .switchContext, .quit: break  // The session's own.
    }
  }

  private func answer(_ body: @escaping @Sendable () async -> Message) {
    Task {
      let message = await body()
      // Before the answer: what is asked for next is planned by it.
      await postBudget()
      inbox.post(message)
    }
  }

  private func edit(_ text: String, name: String, _ generation: Generation) {
    let (inbox, terminal) = (inbox, terminal)
    Task {
      let edited = await terminal.suspend { waited { await TextEditor.edited(text, name: name) } }
      inbox.post(.edited(generation, edited))
    }
  }

  private func stopListing() {
    replace(listing, nil)
    replace(looking, nil)
  }

  private func replace(_ place: borrowing Mutex<Task<Void, Never>?>, _ task: Task<Void, Never>?) {
    let running = place.withLock { place in
      defer { place = task }
      return place
    }
    running?.cancel()
  }

  // MARK: Queues

  private func queues(_ generation: Generation) async -> Result<Listing<QueueRow>, Failure> {
    let refused = statsRefused.withLock { $0 }
    let gathered = await Gathering.gather(wiring.parents, tell: { self.inbox.post(.queues(generation, .success($0))) })
    {
      parent, tell async throws(APIError) in
      let list = try await self.wiring.tasks.queues(in: parent, withStats: refused == nil) { queues, isLast in
        tell(queues.map { QueueRow($0) }, isLast)
      }
      if let reason = list.statsRefused { self.statsRefused.withLock { $0 = reason } }
    }
    guard case .success(var listing) = gathered, let reason = statsRefused.withLock({ $0 }) else { return gathered }
    listing.partial =
      listing.partial
      ?? Failure(
        title: "No task counts", reason: reason,
        remedy: "They come from v2beta3, which this endpoint or account refuses.")
    return .success(listing)
  }

  private func jobs(_ generation: Generation) async -> Result<Listing<JobRow>, Failure> {
    await Gathering.gather(wiring.parents, tell: { self.inbox.post(.jobs(generation, .success($0))) }) {
      parent, tell async throws(APIError) in
      var rows: [JobRow] = []
      for try await page in self.wiring.scheduler.jobPages(in: parent) {
        rows += page.items.map { JobRow($0, now: Date()) }
        tell(rows, page.nextPageToken == nil)
      }
    }
  }

  /// Topics without subscriptions are better than nothing, and the other way round.
  private func pubsub() async -> Result<Listing<PubsubRow>, Failure> {
    let project = wiring.context.project.value
    let client: PubsubClient
    do throws(Exit) { client = try wiring.pubsub } catch { return .failure(error.failure) }
    async let topics = outcome { () async throws(APIError) in try await client.topicPages(in: project).all() }
    async let subscriptions = outcome { () async throws(APIError) in
      try await client.subscriptionPages(in: project).all()
    }
    switch await (topics, subscriptions) {
    case (.success(let topics), .success(let subscriptions)):
      return .success(Listing(rows: PubsubRow.rows(topics, subscriptions), calls: 2))
    case (.success(let topics), .failure(let failure)):
      return .success(Listing(rows: PubsubRow.rows(topics, []), calls: 2, partial: failure))
    case (.failure(let failure), .success(let subscriptions)):
      return .success(Listing(rows: PubsubRow.rows([], subscriptions), calls: 2, partial: failure))
    case (.failure(let failure), .failure): return .failure(failure)
    }
  }

  private func messages(of name: SubscriptionName) async -> Result<Document, Failure> {
    let client: PubsubClient
    do throws(Exit) { client = try wiring.pubsub } catch { return .failure(error.failure) }
    return await outcome { () async throws(APIError) in
      let deadline = try await client.subscription(name).ackDeadlineSeconds
      return Document(try await client.pull(name, atMost: 100, waits: false), of: name, deadline: deadline)
    }
  }

  private func job(_ name: JobName) async -> Result<JobRow, Failure> {
    await outcome { () async throws(APIError) in JobRow(try await self.wiring.scheduler.job(name), now: Date()) }
  }

  // MARK: Tasks

  private func task(_ name: TaskName) async -> Result<Document, Failure> {
    await outcome { () async throws(APIError) in Document(try await self.wiring.tasks.task(name, view: .full)) }
  }

  private func tasks(of queue: QueueName, _ generation: Generation) async {
    var maker = TaskRowMaker()
    var counter = QueueSurvey.Counter(at: Date())
    var calls = 0
    do throws(APIError) {
      for try await page in wiring.tasks.taskPages(in: queue) {
        calls += 1
        let rows = maker.rows(of: page.items)
        counter.add(rows)
        inbox.post(.tasks(generation, .page(rows)))
      }
      await postBudget()
      inbox.post(.tasks(generation, .finished(calls: calls, survey: counter.survey(isComplete: true))))
    } catch  where error.kind == .cancelled {
      return
    } catch {
      await postBudget()
      inbox.post(.tasks(generation, .failed(Failure(error), calls: calls + 1)))
    }
  }

  /// Looks into each task whole for what its row does not hold.
  private func look(into queue: QueueName, _ text: String, _ generation: Generation) async {
    var (found, calls) = ([String](), 0)
    let filter: Filter
    do throws(FilterError) { filter = try Filter(text, for: .task) } catch {
      let failure = Failure(title: "The filter is not understood", reason: error.reason, remedy: "Change it.")
      return inbox.post(.looked(generation, .failure(failure), calls: 0))
    }
    do throws(APIError) {
      for try await page in wiring.tasks.taskPages(in: queue, view: .full) {
        calls += 1
        let now = Date()
        found += page.items.filter { filter.matches($0, now: now) }.map { sanitised($0.name.id) }
      }
      await postBudget()
      inbox.post(.looked(generation, .success(found), calls: calls))
    } catch  where error.kind == .cancelled {
      return
    } catch {
      await postBudget()
      inbox.post(.looked(generation, .failure(Failure(error)), calls: calls + 1))
    }
  }

  private func survey(_ queue: QueueName, pages limit: Int?, _ generation: Generation) async -> Message {
    var maker = TaskRowMaker()
    var counter = QueueSurvey.Counter(at: Date())
    var calls = 0
    var isComplete = true
    do throws(APIError) {
      for try await page in wiring.tasks.taskPages(in: queue) {
        calls += 1
        counter.add(maker.rows(of: page.items))
        if let limit, calls >= limit, page.nextPageToken != nil {
          isComplete = false
          break
        }
      }
      return .surveyed(generation, queue, .success(counter.survey(isComplete: isComplete)), calls: calls)
    } catch {
      return .surveyed(generation, queue, .failure(Failure(error)), calls: calls + 1)
    }
  }
}

/// The result of one call, with its failure in words.
func outcome<Value: Sendable>(
  _ body: () async throws(APIError) -> Value
) async -> Result<Value, Failure> {
  do throws(APIError) { return .success(try await body()) } catch { return .failure(Failure(error)) }
}
