// Tokens that someone else has got: given as they are, in a file, or printed by a
// command such as `gcloud auth print-access-token`.

import Foundation

/// One token, for as long as it lasts.
struct GivenToken: TokenSource {
  let token: Secret
  let source: String

  var canRenew: Bool { false }

  func newToken() async throws(CredentialsError) -> AccessToken {
    try accessToken(in: token.value, expiry: .distantFuture, source: source)
  }
}

/// A file that holds a token and nothing else; whoever wrote it may replace it.
struct TokenFile: TokenSource {
  let path: String
  let timing: Timing

  func newToken() async throws(CredentialsError) -> AccessToken {
    let text: String
    do { text = try String(contentsOfFile: path, encoding: .utf8) } catch {
      throw CredentialsError(.unreadable, source: path, reason: "it cannot be read: \(fileReason(error)).")
    }
    return try accessToken(in: text, expiry: timing.date().addingTimeInterval(shortLife), source: path)
  }
}

/// A command that prints a token.
struct TokenCommand: TokenSource {
  let words: [String]
  let source: String
  let tools: CredentialTools

  func newToken() async throws(CredentialsError) -> AccessToken {
    let output = try await tools.runner.run(
      words, environment: tools.environment, timeout: .seconds(60), source: source)
    guard output.status == 0 else {
      throw CredentialsError(
        .program, source: source, reason: "\(words[0]) ended with \(output.status): \(output.firstErrorLine)")
    }
    let text = String(decoding: output.output, as: UTF8.self)
    return try accessToken(in: text, expiry: tools.timing.date().addingTimeInterval(shortLife), source: source)
  }
}

/// How long a token of unknown age is used before it is read again: five minutes and the margin kept before an expiry.
/// gcloud itself prints the same one again until it is nearly used up.
private let shortLife = TokenCache.refreshThreshold + 300

/// One line of printable ASCII: anything else is not a token, and must not get into a header.
private func accessToken(in text: String, expiry: Date, source: String) throws(CredentialsError) -> AccessToken {
  let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
  guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
    throw CredentialsError(.noToken, source: source, reason: "what it gives is not a token: one line without blanks.")
  }
  return AccessToken(value: token, expiry: expiry)
}
