// When to ask again.
//
// Each kind of answer has a lane: at most one request of it is under way, and how soon the next one may start depends on
// what the last one cost. The LIST quota belongs to the project, and its production code needs it more than a console
// does (google-apis.md, quotas: 600 a minute).

import CloudModel
import Foundation

/// A kind of request. A feature declares its own beside its screens.
struct Lane: Hashable, Sendable {
  let name: String
  /// The part of the list budget it may use while its screen is open; nil where it makes no list calls.
  let share: Double?
  /// Whether nothing has been asked for yet.
  let isUnasked: @Sendable (ConsoleState) -> Bool
  /// Asks; nil when there is nothing to ask for.
  let ask: @Sendable (inout ConsoleState, Generation) -> Effect?

  static func == (left: Lane, right: Lane) -> Bool { left.name == right.name }
  func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension Lane {
  static let queues = Lane(name: "queues", share: 0.5, isUnasked: { $0.queues.content.isUnasked }) {
    state, generation in
    state.queues.ask()
    return .loadQueues(generation)
  }

  static let tasks = Lane(name: "tasks", share: 1, isUnasked: { $0.tasks.content.isUnasked }) { state, generation in
    guard let openQueue = state.openQueue else { return nil }
    state.tasks.ask()
    return .loadTasks(openQueue, generation)
  }

  static let jobs = Lane(name: "jobs", share: 0.25, isUnasked: { $0.jobs.content.isUnasked }) { state, generation in
    state.jobs.ask()
    return .loadJobs(generation)
  }

  /// Counting failing tasks, one queue after the other.
  static let survey = Lane(name: "survey", share: 0.5, isUnasked: { _ in false }) { $0.surveyEffect($1) }

  /// The thing whose page is open. Not a list call, so the budget does not count it.
  static let page = Lane(name: "page", share: nil, isUnasked: { $0.page.content.isUnasked }) { state, generation in
    state.page.content = state.page.content.asking
    return (state.screen.view as? any PageScreen)?.load(generation)
  }

  /// The task under the cursor, for the preview of wide terminals. Not a list call either.
  static let preview = Lane(name: "preview", share: nil, isUnasked: { _ in false }) { $0.previewEffect($1) }

  /// The journal, which is a file on this machine.
  static let journal = Lane(name: "journal", share: nil, isUnasked: { $0.journal.content.isUnasked }) {
    state, generation in
    state.journal.ask()
    return .loadJournal(generation)
  }
}

/// Where a lane stands.
struct LaneState: Equatable, Sendable {
  /// The answer that is waited for.
  var waiting: Generation?
  /// When it was asked for.
  var asked: Date?
  /// The queue that is being counted.
  var surveyed: QueueName?
  /// Not before this moment.
  var due: Date = .distantPast
  /// The person asked: neither pause nor budget hold it back.
  var isForced = false
  /// What the last answer cost.
  var calls = 1
  /// Seconds between the last answer and the next request.
  var interval: TimeInterval = 0
  /// Failures in a row.
  var failures = 0
  /// The last failure was "too many calls".
  var isSlowedDown = false
}

/// The list calls of the last minute.
struct ListBudget: Equatable, Sendable {
  var spent = 0
  /// Calls that wait for their turn.
  var putOff = 0
  /// When the first of those goes on.
  var goesOn: Date?
  /// `spent` as it is shown. While a call is made every two seconds, another one ends its minute every two seconds: a
  /// number that goes up and down by one would be drawn each time and say nothing.
  private(set) var shown = 0

  private static let slack = 2

  mutating func take(spent: Int, putOff: Int, goesOn: Date?) {
    (self.spent, self.putOff, self.goesOn) = (spent, putOff, goesOn)
    if spent > shown || spent < shown - Self.slack || spent == 0 { shown = spent }
  }
}

// MARK: - Starting

extension ConsoleState {
  /// Starts what is due. Called after each message: doing it twice starts nothing twice.
  mutating func startWhatIsDue() -> [Effect] {
    // First, or a screen that takes the whole budget would leave nothing for the one call in half a minute.
    let hidden = Self.backgroundLanes.filter { !activeLanes.contains($0) && mayStartOffScreen($0) }
    let early = hidden.compactMap { start($0) }
    return early + activeLanes.compactMap { lane in mayStart(lane) ? start(lane) : nil }
  }

  /// What was looked at is kept from growing old while another screen is open, so that going back shows no history.
  private static let backgroundLanes: [Lane] = [.queues, .tasks, .jobs, .pubsub]
  /// Seconds between two refreshes of what is not on the screen, at least.
  private static let offScreenPace: TimeInterval = 30

  /// Off the screen a lane is asked for at a quarter of its pace, and only where that is cheap.
  private func mayStartOffScreen(_ lane: Lane) -> Bool {
    guard let state = lanes[lane], state.waiting == nil, !isPaused, !lane.isUnasked(self) else { return false }
    guard state.calls <= 5, state.failures == 0 || state.due != .distantFuture else { return false }
    let wait = max(Self.offScreenPace, 4 * state.interval, 4 * pace) - state.interval
    return now >= state.due.addingTimeInterval(wait) && !isOverBudget(lane)
  }

  private func mayStart(_ lane: Lane) -> Bool {
    let state = lanes[lane, default: LaneState()]
    guard state.waiting == nil else { return false }
    if lane == .preview { return tasks.current != nil && previewedTask?.row != tasks.current }
    if state.isForced { return true }
    if lane.isUnasked(self) { return true }
    return !isPaused && now >= state.due && !isOverBudget(lane)
  }

  /// Whether a lane waits for the budget of this minute. A list that is larger than the budget may start alone.
  func isOverBudget(_ lane: Lane) -> Bool {
    guard let limit = refresh.callsPerMinute, lane.share != nil else { return false }
    return budget.spent > 0 && budget.spent + lanes[lane, default: LaneState()].calls > limit
  }

  private mutating func start(_ lane: Lane) -> Effect? {
    let generation = Generation(lastGeneration + 1)
    guard let effect = lane.ask(&self, generation) else { return nil }
    lastGeneration += 1
    lanes[lane, default: LaneState()].waiting = generation
    lanes[lane]?.asked = now
    lanes[lane]?.isForced = false
    return effect
  }

  /// One at a time: while a person runs down a table, most rows are passed over.
  mutating func previewEffect(_ generation: Generation) -> Effect? {
    guard let openQueue, let row = tasks.current, let name = row.name(in: openQueue) else { return nil }
    // An older page of the same task stays until the new one is there.
    let old = previewedTask?.row.id == row.id ? previewedTask?.document : nil
    previewedTask = PreviewedTask(row: row, document: old ?? Document.waiting(row, in: openQueue))
    return .loadTask(name, generation)
  }

  /// Counts the queue whose count is the oldest; those without a count come first, the small ones before the large.
  mutating func surveyEffect(_ generation: Generation) -> Effect? {
    let candidates = queues.rows.filter { $0.queue.stats?.tasksCount != 0 && !isStill($0) }
    let next = candidates.min { (surveyedAt($0), $0.tasks ?? 0) < (surveyedAt($1), $1.tasks ?? 0) }
    guard let row = next else { return nil }
    lanes[.survey, default: LaneState()].surveyed = row.name
    return .survey(row.name, pages: refresh.callsPerMinute.map { max(1, $0 / 4) }, generation)
  }

  /// Nothing was dispatched and no task came or went since the last count, so another one would say the same. After a
  /// minute it is counted all the same: the statistics are estimates.
  private func isStill(_ row: QueueRow) -> Bool {
    guard let survey = surveys[row.name], survey.isComplete, let stats = row.queue.stats else { return false }
    return stats.executedLastMinuteCount == 0 && stats.tasksCount == survey.tasks
      && now.timeIntervalSince(survey.at) < 60
  }

  private func surveyedAt(_ row: QueueRow) -> Date {
    max(surveys[row.name]?.at ?? .distantPast, refusedSurveys[row.name] ?? .distantPast)
  }
}

// MARK: - Ending

extension ConsoleState {
  /// Whether an answer is the one that is waited for.
  func awaits(_ generation: Generation, _ lane: Lane) -> Bool { lanes[lane]?.waiting == generation }

  /// A good answer: the next one may be asked for after what this one cost.
  mutating func settle(_ lane: Lane, calls: Int) {
    var state = lanes[lane, default: LaneState()]
    state.interval = max(pace, refresh.interval(afterCalls: max(1, calls), share: lane.share ?? 1))
    // Where no quota slows it down, counting a large queue over and over would still cost this machine a core.
    if lane == .survey { state.interval = max(state.interval, Double(calls) * 0.2) }
    if lane.share == nil {
      state.interval = refresh.callsPerMinute == nil ? pace : max(3, pace)
    }
    state.due = now.addingTimeInterval(state.interval)
    state.calls = max(1, calls)
    (state.waiting, state.failures, state.isSlowedDown) = (nil, 0, false)
    lanes[lane] = state
  }

  /// A failure: each one in a row doubles the wait, from 2 s (10 s after "too many calls") up to a minute.
  mutating func settle(_ lane: Lane, failure: Failure) {
    var state = lanes[lane, default: LaneState()]
    state.failures += 1
    state.isSlowedDown = failure.kind == .slowedDown
    let first: TimeInterval = state.isSlowedDown ? 10 : max(2, refresh.shortest)
    state.interval = min(60, first * Double(1 << min(state.failures - 1, 6)))
    state.due = failure.kind == .gone ? .distantFuture : now.addingTimeInterval(state.interval)
    state.waiting = nil
    lanes[lane] = state
  }

  /// What is under way is of no use any more; its answer will be dropped.
  mutating func abandon(_ lane: Lane) -> [Effect] {
    let wasWaiting = lanes[lane]?.waiting != nil
    lanes[lane] = LaneState()
    return wasWaiting && [.tasks, .look].contains(lane) ? [.stopLoadingTasks] : []
  }
}

// MARK: - What the top bar says

/// How fresh the screen is.
enum Freshness: Equatable {
  case nothing
  case live
  case paused(Date?)
  /// Too many calls, by the service's word or by our own budget.
  case slowedDown(Date?)
  /// The last refresh failed.
  case stale(Date)
  /// Refreshed seldom, because each refresh costs many calls.
  case asOf(Date)
  /// A part of it could not be had.
  case partial
}

extension ConsoleState {
  var freshness: Freshness {
    guard let lane = activeLanes.first else { return .nothing }
    let state = lanes[lane, default: LaneState()]
    if isPaused { return .paused(shownAt) }
    if state.isSlowedDown { return .slowedDown(shownAt) }
    if shownFailure != nil { return shownAt.map { .stale($0) } ?? .nothing }
    guard let shownAt else { return .nothing }
    if budget.putOff > 0 || isRetryingTooMany { return .slowedDown(shownAt) }
    if state.waiting == nil, now >= state.due, isOverBudget(lane) { return .slowedDown(shownAt) }
    if now.timeIntervalSince(shownAt) > max(8, pace + 3) { return .asOf(shownAt) }
    return partials[lane] == nil && slowLocations(of: lane) == nil ? .live : .partial
  }
}
