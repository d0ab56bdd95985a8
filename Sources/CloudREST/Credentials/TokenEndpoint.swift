// An endpoint that gives tokens (RFC 6749, 3.2, and Google's IAM and STS, which
// behave alike): something in, a token out, asked again as google-auth does.

import Foundation
import Transport

/// One endpoint that gives tokens.
struct TokenEndpoint: Sendable {
  /// google-auth's _exponential_backoff.py: three attempts, 1 s doubling, give or take 10 %.
  private static let attempts = 3
  private static let firstWait = Duration.seconds(1)
  private static let retriedStatuses: Set<Int> = [408, 429, 500, 503, 504]
  private static let retriedErrors: Set<String> = ["internal_failure", "server_error", "temporarily_unavailable"]

  let url: String
  /// The file, flag or variable that leads here, named in errors before the URL.
  let owner: String
  let tools: CredentialTools

  /// What a grant brings.
  struct Grant: Sendable {
    var token: AccessToken
    /// A newer refresh token, where the endpoint gives one.
    var refreshToken: Secret?
  }

  /// Exchanges a form for a token. `metrics` says in `x-goog-api-client` what kind of call this is.
  func grant(
    _ form: [(name: String, value: String)], metrics: String?, authorization: Secret? = nil
  ) async throws(CredentialsError) -> Grant {
    var headers = headers(metrics)
    headers.append("Content-Type", "application/x-www-form-urlencoded")
    if let authorization { headers.append("Authorization", authorization.value) }
    // Forms spell a blank as "+" (URL Standard, 5.2), as Google's clients do; a "+" itself is already %2B.
    let body = formEncoded(form).replacing("%20", with: "+")
    return try await ask(headers, Data(body.utf8)) { response in grant(in: response.body) }
  }

  /// Posts JSON as the bearer of a token, and reads the answer's object.
  func post<Value>(
    json: Data, as bearer: AccessToken, headers extra: HTTPHeaders, metrics: String,
    read: ([String: Any]) -> Value?
  ) async throws(CredentialsError) -> Value {
    var headers = headers(metrics)
    headers.append("Content-Type", "application/json")
    headers.append("Authorization", "Bearer \(bearer.value)")
    for field in extra { headers.append(field.name, field.value) }
    return try await ask(headers, json) { response in object(in: response.body).flatMap(read) }
  }

  func failure(_ kind: CredentialsError.Kind, _ reason: String) -> CredentialsError {
    CredentialsError(kind, source: owner, reason: "\(url): \(reason)")
  }

  private func headers(_ metrics: String?) -> HTTPHeaders {
    metrics.map { ["x-goog-api-client": "\(tools.apiClient) \($0)"] } ?? [:]
  }

  private func ask<Value>(
    _ headers: HTTPHeaders, _ body: Data, read: (HTTPResponse) -> Value?
  ) async throws(CredentialsError) -> Value {
    try checkAddress()
    let request = HTTPRequest(
      method: "POST", url: url, headers: headers, body: body, maximumResponseBytes: 1 << 20)
    var wait = Self.firstWait
    for attempt in 1... {
      let response: HTTPResponse
      do {
        response = try await tools.sender.send(request)
      } catch {
        throw failure(.noToken, "no answer: \(error.detail)")
      }
      if response.status == 200, let value = read(response) { return value }
      guard attempt < Self.attempts, isRetried(response) else { throw failure(.noToken, words(for: response)) }
      do { try await tools.timing.sleep(wait * (0.9 + 0.2 * tools.timing.random())) } catch {
        throw failure(.cancelled, "cancelled while waiting to ask again.")
      }
      wait *= 2
    }
    preconditionFailure("the range has no end")
  }

  /// What is sent here is as good as a token for an hour, so it goes over TLS or stays on this machine.
  private func checkAddress() throws(CredentialsError) {
    guard let address = HTTPAddress(url) else { throw failure(.malformed, "it is not an http or https URL.") }
    guard address.isPlain && !address.isLoopback else { return }
    throw failure(.plainHTTP, "a token is never asked for over plain http, where anyone on the way reads it.")
  }

  private func grant(in body: Data) -> Grant? {
    guard let answer = object(in: body), let value = answer["access_token"] as? String, !value.isEmpty else {
      return nil
    }
    // RFC 6749, 5.1 only recommends expires_in; without it the token counts as good for the usual hour.
    let expiry = tools.timing.date().addingTimeInterval(seconds(answer["expires_in"]) ?? 3600)
    let refreshToken = (answer["refresh_token"] as? String).map(Secret.init)
    return Grant(token: AccessToken(value: value, expiry: expiry), refreshToken: refreshToken)
  }

  private func isRetried(_ response: HTTPResponse) -> Bool {
    if Self.retriedStatuses.contains(response.status) { return true }
    guard response.status != 200, let answer = object(in: response.body) else { return false }
    return [answer["error"], answer["error_description"]].contains { value in
      (value as? String).map(Self.retriedErrors.contains) == true
    }
  }

  private func words(for response: HTTPResponse) -> String {
    if response.status == 200 { return "its answer holds no access token." }
    return "it gives no token: \(ErrorAnswer(response, date: tools.timing.date()).message)"
  }
}

/// The object of a body; nil for a body that is none: the status then says what there is to say.
func object(in body: Data) -> [String: Any]? {
  do { return try JSONSerialization.jsonObject(with: body) as? [String: Any] } catch { return nil }
}

/// A lifetime, which some services spell as a string; no longer than a year, which keeps it fit for arithmetic.
private func seconds(_ value: Any?) -> Double? {
  let number = (value as? NSNumber)?.doubleValue ?? (value as? String).flatMap { Double($0) }
  return number.flatMap { $0.isFinite && $0 >= 0 ? min($0, 31_536_000) : nil }
}
