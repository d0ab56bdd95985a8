// The one owner of the emulator's state: calls, timers and the ends of dispatches
// meet here, one after another.
//
// The actor runs on the event loop that serves the sockets, so a call is
// answered without changing threads. There is no polling: one timer is set for
// the next event of all queues and jobs.

import CloudModel
import Foundation
import NIOCore
import Store
import Transport

/// Owner of state and dispatcher.
actor EmulatorCore {
  private let loop: any EventLoop
  let state: EmulatorState
  private let frontEnd = FrontEnd()
  private let sender: any HTTPSender
  /// Signs what dispatches say about who they are.
  nonisolated let mint = TokenMint()
  private let clock: @Sendable () -> Timestamp
  /// How far `POST /_emulator/clock` has moved the time.
  var offset = Duration.zero
  /// nil when everything is in memory only.
  private let commits: Commits?

  private var timer: Scheduled<Void>?
  private var timerDue: Moment?
  private var running: [UInt64: Task<Void, Never>] = [:]
  private var lastAttempt: UInt64 = 0
  /// Orders that are due and not yet sent.
  private var waiting = Fifo<Order>()
  private let ended = AttemptInbox()
  /// Whether `goOn` will be called.
  private var isGoingOn = false
  private var isStopped = false
  /// Makes the signing key in the background.
  private var keyMaking: Task<Void, Never>?
  private var pulls = PubsubPulls()

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor.asUnownedSerialExecutor() }

  /// `failed` hears, once, that the storage could not be written; from then on every call is refused and nothing is
  /// dispatched.
  init(
    _ configuration: EmulatorConfiguration, storage: (any EmulatorStorage)?, sender: any HTTPSender,
    loop: any EventLoop, failed: @escaping @Sendable (EmulatorDataError) -> Void
  ) throws {
    self.loop = loop
    self.sender = sender
    clock = configuration.now
    let ledger = Ledger(isKept: storage != nil)
    state = EmulatorState(
      appEngineHost: configuration.appEngineHost, appEngineServices: configuration.appEngineServices,
      requiresHTTPS: configuration.requiresHTTPS, seed: configuration.seed, ledger: ledger)
    commits = storage.map { Commits($0, ledger, loop, failed: failed) }
    if let storage { offset = try Self.restore(state, mint, from: storage, at: configuration.now()) }
    let now = Moment(configuration.now()) + offset
    for name in Set(configuration.queues) where state.queue(name) == nil {
      _ = try state.createQueue(name, .standard, at: now)
    }
  }

  private static func restore(
    _ state: EmulatorState, _ mint: TokenMint, from storage: any EmulatorStorage, at now: Timestamp
  ) throws -> Duration {
    var offset = Duration.zero
    try StateReader(storage).named(.setting) { name, record in
      if name == clockSetting { offset = .microseconds(record["offset"]?.int ?? 0) }
      if name == keySetting { try mint.adopt(record) }
    }
    try state.restore(from: storage, at: Moment(now) + offset)
    return offset
  }

  static let clockSetting = "clock"
  private static let keySetting = "signingKey"

  /// The time of the emulator.
  var now: Moment { Moment(clock()) + offset }

  // MARK: Calls

  /// Answers a request: at once, except that a pull of nothing waits for a message. Only to be called on the event
  /// loop.
  nonisolated func reply(_ request: ServerRequest) -> ServerReply {
    assumeIsolated { core in
      if let failure = core.commits?.failure { return .now(.unwritten(failure)) }
      let now = core.now
      if let reply = core.ownReply(to: request, at: now) { return reply }
      let response = core.frontEnd.answer(request, core.state, at: now)
      let pull = core.state.pubsub.takeUnansweredPull()
      if let pull { core.pulls.begin(pull) }
      core.settle()
      guard let pull else { return core.kept(response) }
      return .later { await core.waitForPull(pull) }
    }
  }

  /// An answer that goes out when what it tells of is on the data file.
  func kept(_ response: ServerResponse) -> ServerReply {
    guard let barrier = commits?.barrier() else { return .now(response) }
    return .pending(barrier.map { response }.recover(ServerResponse.unwritten))
  }

  private func waitForPull(_ id: UInt64) async -> ServerResponse {
    let response = await withTaskCancellationHandler {
      await withCheckedContinuation { pulls.wait(id, $0) }
    } onCancel: {
      Task { await self.endPull(id) }
    }
    guard let barrier = commits?.barrier() else { return response }
    do { try await barrier.get() } catch { return .unwritten(error) }
    return response
  }

  /// For a client that went away: the messages are for somebody else.
  private func endPull(_ id: UInt64) {
    state.pubsub.endWait(id)
    pulls.answer(id, [])
  }

  var queueCount: Int { state.allQueues.count }

  /// To be called once, when callers may come.
  func begin() {
    commits?.written = { [unowned self] in
      assumeIsolated { core in
        if !core.isStopped, core.canGiveUp { core.goOnSoon() }
      }
    }
    settle()
  }

  /// Looks again at what is due: for an injected clock that has moved.
  func timeMoved() { settle() }

  // MARK: Dispatch

  /// Lets what is due happen and sets the timer for what comes next.
  func settle() {
    guard !isStopped, commits?.failure == nil else { return }
    for order in state.takeDue(at: now) { waiting.append(order) }
    if waiting.first != nil || canGiveUp { goOnSoon() }
    for pull in state.pubsub.takeAnsweredPulls() { pulls.answer(pull.id, pull.messages) }
    arm()
    if state.needsKey, keyMaking == nil { makeKey() }
    commits?.schedule()
  }

  /// What a call brings about is done after it, a little at a time: forty queues that are resumed with a hundred tokens
  /// each, thousands of attempts that end, a million tasks that were purged.
  private func goOnSoon() {
    guard !isGoingOn else { return }
    isGoingOn = true
    loop.scheduleTask(in: Self.pause) {
      self.assumeIsolated { core in
        core.isGoingOn = false
        if !core.isStopped { core.goOn() }
      }
    }
  }

  /// The event loop looks at its sockets only when no task is ready. So between two steps there is none, for a moment
  /// that is longer than the loop takes to find that out; nor do timers follow one another at once, as those of forty
  /// queues with a token every two milliseconds would.
  private static let pause = TimeAmount.microseconds(50)
  private static let shortestWait: Int64 = 500

  /// Each step takes well under a millisecond.
  private func goOn() {
    guard commits?.failure == nil else { return }
    for _ in 0..<32 {
      guard let order = waiting.first else { break }
      waiting.removeFirst()
      launch(order)
    }
    let (attempts, more) = ended.take(64)
    for attempt in attempts {
      running[attempt.number] = nil
      state.finish(attempt.order, attempt.outcome, at: now)
    }
    if canGiveUp { state.giveUpSome() }
    if more { goOnSoon() }
    settle()
  }

  /// A step for each transaction, or what a purge removes would fill one that every caller waits for.
  private var canGiveUp: Bool { state.hasRemains && commits?.isWriting != true }

  /// In the background; whoever needs the key earlier waits for it.
  private func makeKey() {
    keyMaking = Task.detached { [mint] in
      mint.prepare()
      await self.keepKey()
    }
  }

  /// Tokens that were given out are still good after a restart.
  func keepKey() {
    guard let record = mint.record else { return }
    state.ledger.put(.setting, Self.keySetting, record)
    commits?.schedule()
  }

  private func launch(_ order: Order) {
    switch state.dispatch(order) {
    case .send(let request): send(request, nil, for: order)
    case .sign(let request, let wish): send(request, wish, for: order)
    case .end(let outcome): attempt(order) { outcome }
    case nil: attempt(order) { .unanswered("deleted before it was sent") }
    }
  }

  private func send(_ request: HTTPRequest, _ wish: TokenWish?, for order: Order) {
    let now = now.timestamp
    attempt(order) { [sender, mint] in
      var request = request
      do {
        // Signing takes about a millisecond, which is why it is not done on the event loop.
        if let wish { request.headers["Authorization"] = try mint.authorization(wish, at: now) }
        return Outcome(try await sender.send(request), asOf: now)
      } catch let error as TransportError {
        return Outcome(error)
      } catch {
        return .unanswered("no token for it: \(error)")
      }
    }
  }

  private func attempt(_ order: Order, _ body: @escaping @Sendable () async -> Outcome) {
    lastAttempt += 1
    let number = lastAttempt
    running[number] = Task.detached { [ended, loop] in
      let isFirst = ended.add(AttemptInbox.Ended(number: number, order: order, outcome: await body()))
      guard isFirst else { return }
      loop.execute {
        self.assumeIsolated { core in
          // What is cancelled by the end of the emulator has no outcome.
          if !core.isStopped { core.goOnSoon() }
        }
      }
    }
  }

  private func arm() {
    guard let next = state.nextWake else { return }
    if let timerDue, timerDue <= next { return }
    timer?.cancel()
    timerDue = next
    let wait = min(max(Self.shortestWait, (next - now).microseconds), 3_600_000_000)
    timer = loop.scheduleTask(in: .microseconds(wait)) {
      self.assumeIsolated { core in
        core.timerDue = nil
        core.settle()
      }
    }
  }

  /// Cancels the timer and every dispatch, and waits until each of them has ended.
  func stop() async {
    isStopped = true
    timer?.cancel()
    timer = nil
    for id in pulls.ids { endPull(id) }
    let attempts = Array(running.values)
    for attempt in attempts { attempt.cancel() }
    for attempt in attempts { await attempt.value }
    await keyMaking?.value
    while let barrier = commits?.barrier() {
      // Who cannot write says so elsewhere.
      do { try await barrier.get() } catch { return }
    }
  }
}

extension Outcome {
  /// `Retry-After` is a number of seconds or a date (RFC 9110 section 10.2.3).
  fileprivate init(_ response: HTTPResponse, asOf now: Timestamp) {
    let text = response.headers["Retry-After"]
    let seconds = text.flatMap { Int($0) ?? secondsSince1970(ofHTTPDate: $0).map { $0 - Int(now.seconds) } }
    // A handler that asks for more than the retention of a task gets that.
    self = .answered(response.status, retryAfter: seconds.map { .seconds(min(max(0, $0), 31 * 86400)) })
  }

  fileprivate init(_ error: TransportError) {
    self = error.kind == .timedOut ? .timedOut : .unanswered("\(error.kind.rawValue): \(error.detail)")
  }
}
