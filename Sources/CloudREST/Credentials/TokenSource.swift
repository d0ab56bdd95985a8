// One way to get a new token, and the credentials that any of them makes: every
// kind differs only in how it asks.

import Foundation
import Transport

/// Gets new tokens, each time it is asked.
protocol TokenSource: Sendable {
  /// Whether asking again can bring another token.
  var canRenew: Bool { get }
  /// A new token.
  func newToken() async throws(CredentialsError) -> AccessToken
}

extension TokenSource {
  var canRenew: Bool { true }
}

/// Credentials of any kind: a source, its token kept until it is nearly used up, and the project that pays.
package struct CachedCredentials: Credentials {
  package let headers: HTTPHeaders
  let cache: TokenCache
  private let canRenew: Bool

  /// `quotaProject` is the project that quota and cost are counted against (`x-goog-user-project`).
  init(_ source: any TokenSource, quotaProject: String? = nil, timing: Timing) {
    canRenew = source.canRenew
    headers = quotaProject.map { ["x-goog-user-project": $0] } ?? [:]
    cache = TokenCache(date: timing.date) { () throws(CredentialsError) in try await source.newToken() }
  }

  package func token() async throws(CredentialsError) -> AccessToken? {
    try await cache.token()
  }

  package func refused(_ token: AccessToken) async -> Bool {
    guard canRenew else { return false }
    await cache.discard(token)
    return true
  }
}
