// The one owner of the emulator's state: calls, timers and the ends of dispatches
// meet here, one after another.
//
// The actor runs on the event loop that serves the sockets, so a call is
// answered without changing threads. There is no polling: one timer is set for
// the next event of all queues and jobs.

import CloudModel
import Foundation
import NIOCore
import Transport

/// Owner of state and dispatcher.
actor EmulatorCore {
  private let loop: any EventLoop
  private let state: EmulatorState
  private let frontEnd = FrontEnd()
  private let sender: any HTTPSender
  /// Signs what dispatches say about who they are.
  nonisolated let mint = TokenMint()
  private let clock: @Sendable () -> Timestamp
  /// How far `POST /_emulator/clock` has moved the time.
  private var offset = Duration.zero

  private var timer: Scheduled<Void>?
  private var timerDue: Moment?
  private var running: [UInt64: Task<Void, Never>] = [:]
  private var lastAttempt: UInt64 = 0
  /// Orders that are due and not yet sent.
  private var waiting = Fifo<Order>()
  private var isLaunching = false
  private var isStopped = false
  /// Makes the signing key in the background.
  private var keyMaking: Task<Void, Never>?
  private var pulls = PubsubPulls()

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor.asUnownedSerialExecutor() }

  init(_ configuration: EmulatorConfiguration, sender: any HTTPSender, loop: any EventLoop) throws(EmulatorError) {
    self.loop = loop
    self.sender = sender
    clock = configuration.now
    state = EmulatorState(
      appEngineHost: configuration.appEngineHost, appEngineServices: configuration.appEngineServices,
      seed: configuration.seed)
    let now = Moment(configuration.now())
    for name in configuration.queues {
      do { _ = try state.createQueue(name, .standard, at: now) } catch { throw .repeatedQueue(name) }
    }
  }

  /// The time of the emulator.
  private var now: Moment { Moment(clock()) + offset }

  // MARK: Calls

  /// Answers a request: at once, except that a pull of nothing waits for a message. Only to be called on the event
  /// loop.
  nonisolated func reply(_ request: ServerRequest) -> ServerReply {
    assumeIsolated { core in
      let now = core.now
      let response = core.ownAnswer(request, at: now) ?? core.frontEnd.answer(request, core.state, at: now)
      let pull = core.state.pubsub.takeUnansweredPull()
      if let pull { core.pulls.begin(pull) }
      core.settle()
      guard let pull else { return .now(response) }
      return .later { await core.waitForPull(pull) }
    }
  }

  private func waitForPull(_ id: UInt64) async -> ServerResponse {
    await withTaskCancellationHandler {
      await withCheckedContinuation { pulls.wait(id, $0) }
    } onCancel: {
      Task { await self.endPull(id) }
    }
  }

  /// For a client that went away: the messages are for somebody else.
  private func endPull(_ id: UInt64) {
    state.pubsub.endWait(id)
    pulls.answer(id, [])
  }

  /// Looks again at what is due: for an injected clock that has moved.
  func timeMoved() { settle() }

  // MARK: Dispatch

  /// Sends what is due and sets the timer for what comes next.
  private func settle() {
    guard !isStopped else { return }
    for order in state.takeDue(at: now) { waiting.append(order) }
    if !isLaunching { launchSome() }
    for pull in state.pubsub.takeAnsweredPulls() { pulls.answer(pull.id, pull.messages) }
    arm()
    if state.needsKey, keyMaking == nil { makeKey() }
  }

  /// A few at a time: the event loop does all the work that is ready before it looks at its sockets again, so forty
  /// queues that are resumed with a hundred tokens each would hold up every caller until all of them are sent.
  private func launchSome() {
    for _ in 0..<64 {
      guard let order = waiting.first else { break }
      waiting.removeFirst()
      launch(order)
    }
    isLaunching = waiting.first != nil
    guard isLaunching else { return }
    loop.execute {
      self.assumeIsolated { core in
        if !core.isStopped { core.launchSome() }
      }
    }
  }

  /// In the background; whoever needs the key earlier waits for it.
  private func makeKey() {
    keyMaking = Task.detached { [mint] in mint.prepare() }
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
        return Outcome(try await sender.send(request), asOf: self.clock())
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
    running[number] = Task {
      let outcome = await body()
      running[number] = nil
      // What is cancelled by the end of the emulator has no outcome.
      guard !isStopped else { return }
      state.finish(order, outcome, at: now)
      settle()
    }
  }

  private func arm() {
    guard let next = state.nextWake else { return }
    if let timerDue, timerDue <= next { return }
    timer?.cancel()
    timerDue = next
    let wait = min(max(0, (next - now).microseconds), 3_600_000_000)
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
  }

  // MARK: The emulator's own paths

  /// What is not Google's: for tests, and for a person who tries the address in a browser.
  private func ownAnswer(_ request: ServerRequest, at now: Moment) -> ServerResponse? {
    switch (request.method, request.path) {
    case ("GET", "/"), ("HEAD", "/"):
      let words =
        "taskdeck emulator: Cloud Tasks v2 and v2beta3, Cloud Scheduler v1, Pub/Sub v1. State: /_emulator/state\n"
      return ServerResponse(contentType: "text/plain; charset=utf-8", body: Array(words.utf8))
    case ("POST", "/_emulator/reset"):
      state.reset()
      return Self.plain([:])
    case ("GET", "/_emulator/state"): return Self.plain(summary(at: now))
    case ("POST", "/_emulator/clock"): return advanceClock(request.body)
    case ("GET", "/.well-known/openid-configuration"): return Self.plain(mint.discovery)
    case ("GET", "/_emulator/jwks"): return keySet()
    case ("POST", "/_emulator/token"): return token(request.body, at: now)
    default: return nil
    }
  }

  private func keySet() -> ServerResponse {
    do { return Self.plain(try mint.keySet()) } catch {
      return Self.plain(Refusal(status: .internalError, message: "\(error)").json, status: 500)
    }
  }

  /// `{"serviceAccountEmail":"a@b","audience":"https://c"}`: the token that a dispatch would carry, for whoever sends a
  /// task's request by hand.
  private func token(_ body: [UInt8], at now: Moment) -> ServerResponse {
    do {
      let wish = try RequestDecoder.body(body, as: Message(["serviceAccountEmail": .string, "audience": .string]))
      guard let audience = wish["audience"]?.string, let token = TokenWish(["oidcToken": .object(wish)], url: audience)
      else { throw Refusal.invalidArgument }
      let authorization = try mint.authorization(token, at: now.timestamp)
      return Self.plain(["authorization": .string(authorization)])
    } catch let refusal as Refusal {
      return Self.plain(refusal.json, status: refusal.status.httpStatus)
    } catch {
      return Self.plain(Refusal(status: .internalError, message: "\(error)").json, status: 500)
    }
  }

  /// `{"advance":"3600s"}`: lets a test reach the next day at once. Time never goes back.
  private func advanceClock(_ body: [UInt8]) -> ServerResponse {
    do throws(Refusal) {
      let wish = try RequestDecoder.body(body, as: Message(["advance": .duration]))
      let step = wish["advance"]?.string.flatMap { Duration(protobuf: $0) } ?? .zero
      guard step >= .zero, offset + step < .seconds(100 * 366 * 86400) else { throw .invalidArgument }
      offset += step
      return Self.plain(["now": .string(now.text)])
    } catch {
      return Self.plain(error.json, status: error.status.httpStatus)
    }
  }

  private func summary(at now: Moment) -> JSON {
    let queues = state.allQueues.map { queue -> JSON in
      var object: JSONObject = ["name": .string(queue.name.description), "state": .string(queue.state.rawValue)]
      object["stats"] = .object(queue.stats(at: now).json)
      return .object(object)
    }
    let jobs = state.allJobs.map { job -> JSON in
      var object: JSONObject = ["name": .string(job.name.description), "state": .string(job.state.rawValue)]
      object["scheduleTime"] = job.scheduleTime.map { .string($0.text) }
      return .object(object)
    }
    let pubsub = state.pubsub.summary
    return [
      "now": .string(now.text), "queues": .array(queues), "jobs": .array(jobs), "topics": pubsub.topics,
      "subscriptions": pubsub.subscriptions,
    ]
  }

  private static func plain(_ json: JSON, status: Int = 200) -> ServerResponse {
    ServerResponse(
      status: status, contentType: "application/json; charset=UTF-8", body: Array((json.pretty + "\n").utf8))
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
