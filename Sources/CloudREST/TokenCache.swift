// Holds one token, and has it renewed once however many calls are waiting.

import Foundation

/// The current token of one set of credentials.
actor TokenCache {
  /// How long before its expiry a token is renewed: google-auth's REFRESH_THRESHOLD, 3 min 45 s.
  static let refreshThreshold: TimeInterval = 225

  private let date: @Sendable () -> Date
  private let fetch: @Sendable () async throws(CredentialsError) -> AccessToken
  private var held: AccessToken?
  private var refresh: Task<Result<AccessToken, CredentialsError>, Never>?

  init(
    date: @escaping @Sendable () -> Date, fetch: @escaping @Sendable () async throws(CredentialsError) -> AccessToken
  ) {
    self.date = date
    self.fetch = fetch
  }

  /// A token that is good for now. One that is about to expire still serves when there is no newer one to be had.
  func token() async throws(CredentialsError) -> AccessToken {
    if let held, held.expiry.timeIntervalSince(date()) > Self.refreshThreshold { return held }
    do {
      return try await refreshed()
    } catch {
      if let held, held.expiry > date() { return held }
      throw error
    }
  }

  /// Drops the token, unless it was replaced meanwhile.
  func discard(_ token: AccessToken) {
    if held == token { held = nil }
  }

  /// Joins the refresh under way, or starts one. It belongs to no waiter, so none can cancel it for the others.
  private func refreshed() async throws(CredentialsError) -> AccessToken {
    let current = refresh ?? Task { await self.renew() }
    refresh = current
    return try await current.value.get()
  }

  private func renew() async -> Result<AccessToken, CredentialsError> {
    defer { refresh = nil }
    do {
      let token = try await fetch()
      held = token
      return .success(token)
    } catch {
      return .failure(error)
    }
  }
}
