// The shared REST layer: a call in, an answer out, with the token, the headers,
// the retries and the error words that every Google API has in common.

import Foundation
import Transport

/// Makes REST calls to one endpoint.
package struct RESTClient: Sendable {
  /// Who we say we are.
  package struct Identity: Sendable {
    package var userAgent: String
    /// `x-goog-api-client`: space-separated `name/version` pairs.
    package var apiClient: String

    package init(version: String) {
      userAgent = "taskdeck/\(version)"
      apiClient = "gl-swift/6 gccl/\(version)"
    }
  }

  package let endpoint: Endpoint
  package let timing: Timing
  private let credentials: any Credentials
  private let sender: any HTTPSender
  private let identity: Identity
  private let budget: CallBudget?
  private let pace: Pace
  private let onExchange: @Sendable (RESTExchange) -> Void

  /// - Parameters:
  ///   - budget: what calls with a quota are taken from; shared by all clients of a project.
  ///   - onExchange: told of each sending once it has ended, from any thread.
  package init(
    endpoint: Endpoint, credentials: any Credentials, sender: any HTTPSender, identity: Identity,
    timing: Timing = .system, budget: CallBudget? = nil,
    onExchange: @escaping @Sendable (RESTExchange) -> Void = { _ in }
  ) {
    self.endpoint = endpoint
    self.credentials = credentials
    self.sender = sender
    self.identity = identity
    self.timing = timing
    self.budget = budget
    pace = Pace(timing: timing)
    self.onExchange = onExchange
  }

  /// Sends the call as often as its policy allows and returns the first success.
  ///
  /// The call's time begins with its first sending: waiting for the budget, for room at the pace the service bears, or
  /// for a token (which has time-outs of its own) puts a call off and does not make it fail.
  package func perform(_ call: RESTCall) async throws(RESTError) -> RESTAnswer {
    var progress = Progress(call, endpoint)
    var backoff = Backoff(call.retry)
    while true {
      let failure: SendFailure
      switch try await sendOnce(&progress) {
      case .success(let response):
        return RESTAnswer(body: response.body, httpStatus: response.status, attempts: progress.attempts)
      case .failure(let reason): failure = reason
      }
      progress.mayHaveBeenDone = progress.mayHaveBeenDone || failure.leavesDoubt
      progress.lastFailure = failure
      if await renewsToken(after: failure, &progress) { continue }
      guard call.retry.allowsAnother(after: failure),
        let wait = backoff.next(
          after: failure, atLeast: pace.pause, elapsed: progress.elapsed(timing.now()), random: timing.random)
      else { throw progress.error(failure) }
      do { try await timing.sleep(wait) } catch { throw progress.cancelled() }
    }
  }

  /// Waits until the call may go, and sends it once with what is left of its time.
  private func sendOnce(_ progress: inout Progress) async throws(RESTError) -> Result<HTTPResponse, SendFailure> {
    let call = progress.call
    let turn: Pace.Turn
    do {
      try await takeFromBudget(&progress)
      turn = try await pace.begin()
    } catch { throw progress.cancelled() }
    do {
      progress.token = try await token(for: progress)
    } catch {
      pace.end(turn, .neutral)
      throw error
    }
    let now = timing.now()
    let left = call.retry.total - progress.elapsed(now)
    if let failure = progress.lastFailure, left <= .zero {
      pace.end(turn, .neutral)
      throw progress.error(failure)
    }
    progress.start = progress.start ?? now
    progress.attempts += 1
    let result = await send(call, progress.token, attempt: progress.attempts, timeout: left)
    pace.end(turn, Self.outcome(of: result))
    return result
  }

  /// Time spent waiting for the budget is not the call's, else a busy minute would make calls fail.
  private func takeFromBudget(_ progress: inout Progress) async throws(CancellationError) {
    guard let quota = progress.call.quota, let budget else { return }
    let before = timing.now()
    try await budget.take(quota)
    if let start = progress.start { progress.start = start + (timing.now() - before) }
  }

  private static func outcome(of result: Result<HTTPResponse, SendFailure>) -> Pace.Outcome {
    switch result {
    case .success: .good
    case .failure(.answered(let answer)) where answer.code == "RESOURCE_EXHAUSTED": .tooMany(answer.retryDelay)
    case .failure(.answered(let answer)) where answer.httpStatus < 500: .good
    case .failure: .neutral
    }
  }

  /// Performs the call and decodes its answer, away from the caller's actor.
  @concurrent package func value<Value: Sendable>(
    _ call: RESTCall, decode: @Sendable (Data) throws -> Value
  ) async throws(RESTError) -> Value {
    let answer = try await perform(call)
    do {
      return try decode(answer.body)
    } catch {
      throw garbled(answer, of: call, reason: String(describing: error))
    }
  }

  func garbled(_ answer: RESTAnswer, of call: RESTCall, reason: String) -> RESTError {
    RESTError(
      kind: .garbled(httpStatus: answer.httpStatus, reason: reason), method: call.method, resource: call.resource,
      endpoint: endpoint.base, attempts: answer.attempts, mayHaveBeenDone: true)
  }

  /// The token to send, if any, and only where it may go.
  private func token(for progress: Progress) async throws(RESTError) -> AccessToken? {
    let token: AccessToken?
    do {
      token = try await credentials.token()
    } catch {
      throw error.kind == .cancelled ? progress.cancelled() : progress.error(.credentials(error))
    }
    if token == nil || endpoint.mayCarryTokens { return token }
    throw progress.error(.credentials(CredentialsError(.plainHTTP, source: endpoint.base, reason: plainHTTPReason)))
  }

  /// A 401 once makes the credentials get another token. The service did nothing, so any call may follow.
  private func renewsToken(after failure: SendFailure, _ progress: inout Progress) async -> Bool {
    guard case .answered(let answer) = failure, answer.httpStatus == 401, let token = progress.token,
      !progress.hasRenewedToken
    else { return false }
    progress.hasRenewedToken = true
    return await credentials.refused(token)
  }

  private func send(
    _ call: RESTCall, _ token: AccessToken?, attempt: Int, timeout: Duration
  ) async -> Result<HTTPResponse, SendFailure> {
    let start = timing.now()
    var record = RESTExchange(
      time: timing.date(), method: call.method, path: call.path, status: 0, bytes: 0, seconds: 0, attempt: attempt)
    let result: Result<HTTPResponse, SendFailure>
    do {
      let response = try await sender.send(request(for: call, token, timeout: min(timeout, call.retry.attempt)))
      (record.status, record.bytes) = (response.status, response.body.count)
      let isSuccess = (200..<300).contains(response.status)
      result = isSuccess ? .success(response) : .failure(.answered(ErrorAnswer(response, date: timing.date())))
    } catch {
      record.failure = error.kind.rawValue
      result = .failure(.unanswered(error))
    }
    record.seconds = (timing.now() - start) / .seconds(1)
    onExchange(record)
    return result
  }

  private func request(for call: RESTCall, _ token: AccessToken?, timeout: Duration) -> HTTPRequest {
    var headers: HTTPHeaders = ["User-Agent": identity.userAgent, "x-goog-api-client": identity.apiClient]
    if !call.routing.isEmpty { headers.append("x-goog-request-params", formEncoded(call.routing, keeping: "/")) }
    if call.body != nil { headers.append("Content-Type", "application/json") }
    if let token {
      headers.append("Authorization", "Bearer \(token.value)")
      for field in credentials.headers { headers.append(field.name, field.value) }
    }
    return HTTPRequest(
      method: call.method, url: call.url(at: endpoint), headers: headers, body: call.body, timeout: timeout)
  }
}

extension SendFailure: Error {}

private let plainHTTPReason =
  "A token is never sent over plain http to another machine, where anyone on the way reads it."

/// What has happened to one call so far.
private struct Progress {
  let call: RESTCall
  let endpoint: Endpoint
  var attempts = 0
  var mayHaveBeenDone = false
  /// What the last sending carried.
  var token: AccessToken?
  var hasRenewedToken = false
  /// When the first sending began.
  var start: Duration?
  var lastFailure: SendFailure?

  init(_ call: RESTCall, _ endpoint: Endpoint) {
    self.call = call
    self.endpoint = endpoint
  }

  /// Time since the first sending began.
  func elapsed(_ now: Duration) -> Duration {
    start.map { now - $0 } ?? .zero
  }

  func error(_ kind: RESTError.Kind) -> RESTError {
    RESTError(
      kind: kind, method: call.method, resource: call.resource, endpoint: endpoint.base, attempts: attempts,
      mayHaveBeenDone: mayHaveBeenDone)
  }

  func error(_ failure: SendFailure) -> RESTError {
    switch failure {
    case .answered(let answer): error(.refused(answer))
    case .unanswered(let problem): error(.noAnswer(problem))
    }
  }

  /// Called off between two sendings.
  func cancelled() -> RESTError {
    let detail = attempts == 0 ? "Cancelled before it was sent." : "Cancelled while waiting to send again."
    return error(.noAnswer(TransportError(.cancelled, url: call.url(at: endpoint), detail: detail)))
  }
}
