// Holds one token, and has it renewed once however many calls are waiting.

import Foundation

/// The current token of one set of credentials.
actor TokenCache {
  /// How long before its expiry a token is renewed: google-auth's REFRESH_THRESHOLD, 3 min 45 s.
  static let refreshThreshold: TimeInterval = 225

  private typealias Waiter = CheckedContinuation<Result<AccessToken, CredentialsError>, Never>

  private let date: @Sendable () -> Date
  private let fetch: @Sendable () async throws(CredentialsError) -> AccessToken
  private var held: AccessToken?
  private var isRefreshing = false
  private var waiters: [Int: Waiter] = [:]
  private var lastWaiter = 0

  init(
    date: @escaping @Sendable () -> Date, fetch: @escaping @Sendable () async throws(CredentialsError) -> AccessToken
  ) {
    self.date = date
    self.fetch = fetch
  }

  /// How many calls wait for the refresh under way.
  var waiterCount: Int { waiters.count }

  /// A token that is good for now. One that is about to expire still serves when there is no newer one to be had.
  func token() async throws(CredentialsError) -> AccessToken {
    if let held, held.expiry.timeIntervalSince(date()) > Self.refreshThreshold { return held }
    do {
      return try await refreshed()
    } catch {
      if error.kind != .cancelled, let held, held.expiry > date() { return held }
      throw error
    }
  }

  /// Drops the token, unless it was replaced meanwhile.
  func discard(_ token: AccessToken) {
    if held?.value == token.value { held = nil }
  }

  /// Joins the refresh under way, or starts one. It belongs to no waiter: none can cancel it for the others, and one
  /// that is cancelled leaves at once.
  private func refreshed() async throws(CredentialsError) -> AccessToken {
    if !isRefreshing {
      isRefreshing = true
      Task { await self.renew() }
    }
    lastWaiter += 1
    let number = lastWaiter
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { (waiter: Waiter) in
        if Task.isCancelled { waiter.resume(returning: .failure(cancelled)) } else { waiters[number] = waiter }
      }
    } onCancel: {
      // On the actor, so always after the waiter has been noted down.
      Task { await self.leave(number) }
    }
    return try result.get()
  }

  private func leave(_ number: Int) {
    waiters.removeValue(forKey: number)?.resume(returning: .failure(cancelled))
  }

  private func renew() async {
    let result: Result<AccessToken, CredentialsError>
    do {
      let token = try await fetch()
      held = token
      result = .success(token)
    } catch {
      result = .failure(error)
    }
    isRefreshing = false
    let waiting = waiters.values
    waiters = [:]
    for waiter in waiting { waiter.resume(returning: result) }
  }
}

private let cancelled = CredentialsError(.cancelled, source: "the call", reason: "cancelled while waiting for a token.")
