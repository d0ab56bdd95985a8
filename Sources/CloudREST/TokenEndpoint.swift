// An OAuth 2.0 token endpoint (RFC 6749, 3.2): a form in, a token out, asked again
// as google-auth does.

import Foundation
import Transport

/// One token endpoint.
struct TokenEndpoint: Sendable {
  /// google-auth's _exponential_backoff.py: three attempts, 1 s doubling, give or take 10 %.
  private static let attempts = 3
  private static let firstWait = Duration.seconds(1)
  private static let retriedStatuses: Set<Int> = [408, 429, 500, 503, 504]
  private static let retriedErrors: Set<String> = ["internal_failure", "server_error", "temporarily_unavailable"]

  let url: String
  let sender: any HTTPSender
  let timing: Timing

  private struct Answer: Decodable {
    var access_token: String?
    var expires_in: Double?
    var error: String?
    var error_description: String?
  }

  /// Exchanges the form for a token.
  func token(for form: [(name: String, value: String)]) async throws(CredentialsError) -> AccessToken {
    guard let address = HTTPAddress(url) else { throw failure(.malformed, "it is not an http or https URL.") }
    // The form is as good as a token for an hour.
    if address.isPlain && !address.isLoopback {
      throw failure(.plainHTTP, "A token is never asked for over plain http, where anyone on the way reads it.")
    }
    let request = HTTPRequest(
      method: "POST", url: url, headers: ["Content-Type": "application/x-www-form-urlencoded"],
      body: Data(formEncoded(form).utf8), maximumResponseBytes: 1 << 20)
    return try await ask(request)
  }

  private func ask(_ request: HTTPRequest) async throws(CredentialsError) -> AccessToken {
    var wait = Self.firstWait
    for attempt in 1... {
      let response: HTTPResponse
      do {
        response = try await sender.send(request)
      } catch {
        throw failure(.noToken, "no answer from the token endpoint: \(error.detail)")
      }
      let answer = decode(response.body)
      if response.status == 200, let token = token(answer) { return token }
      guard attempt < Self.attempts, isRetried(response.status, answer) else {
        throw failure(.noToken, words(for: response, answer))
      }
      do { try await timing.sleep(wait * (0.9 + 0.2 * timing.random())) } catch {
        throw failure(.noToken, "cancelled while waiting to ask again.")
      }
      wait *= 2
    }
    preconditionFailure("the range has no end")
  }

  /// nil for a body that is not JSON; the status then says what there is to say.
  private func decode(_ body: Data) -> Answer? {
    do { return try JSONDecoder().decode(Answer.self, from: body) } catch { return nil }
  }

  private func token(_ answer: Answer?) -> AccessToken? {
    guard let value = answer?.access_token, !value.isEmpty else { return nil }
    // RFC 6749, 5.1 only recommends expires_in; without it the token counts as good for the usual hour.
    return AccessToken(value: value, expiry: timing.date().addingTimeInterval(answer?.expires_in ?? 3600))
  }

  private func isRetried(_ status: Int, _ answer: Answer?) -> Bool {
    Self.retriedStatuses.contains(status) || answer?.error.map(Self.retriedErrors.contains) == true
      || answer?.error_description.map(Self.retriedErrors.contains) == true
  }

  private func words(for response: HTTPResponse, _ answer: Answer?) -> String {
    if response.status == 200 { return "the token endpoint's answer holds no access_token." }
    return "the token endpoint refused: \(ErrorAnswer(response, date: timing.date()).message)"
  }

  private func failure(_ kind: CredentialsError.Kind, _ reason: String) -> CredentialsError {
    CredentialsError(kind, source: url, reason: reason)
  }
}
