// Subject tokens from a program (google-auth's pluggable.py): run only with
// Google's opt-in, because a credential file is data that then says what to run.

import Foundation

/// The `executable` of a credential source.
struct SubjectProgram: Sendable {
  let command: String
  let timeout: Duration
  /// Where the program keeps its last answer.
  let outputFile: String?
  private let source: String
  private static let optIn = "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES"

  init(_ fields: CredentialFields) throws(CredentialsError) {
    source = fields.source
    command = try fields.text("command")
    outputFile = try fields.optional("output_file")
    let milliseconds = try fields.wholeNumber("timeout_millis") ?? 30_000
    guard (5_000...120_000).contains(milliseconds) else {
      throw fields.fault("its credential_source.executable.timeout_millis is not between 5000 and 120000.")
    }
    timeout = .milliseconds(milliseconds)
  }

  /// The token of the program's last answer while that is valid, else of a new one.
  func token(for account: ExternalAccount, _ tools: CredentialTools) async throws(CredentialsError) -> Secret {
    guard tools.environment[Self.optIn] == "1" else {
      throw CredentialsError(
        .program, source: source, reason: "it names a program to run, and \(Self.optIn) is not 1.",
        remedy: "Set \(Self.optIn)=1 if you trust that file and the program it names.")
    }
    try FileSafety.checkThatOthersCannotWrite(source)
    if let kept = try keptAnswer(at: tools.timing.date()) { return kept }
    let output = try await run(account, tools)
    let data: Data
    if output.isEmpty, let outputFile { data = try contents(of: outputFile) } else { data = output }
    return try ProgramAnswer(data, source: "the program named in \(source)")
      .token(at: tools.timing.date())
  }

  /// An answer without an end of its own is never used again.
  private func keptAnswer(at date: Date) throws(CredentialsError) -> Secret? {
    guard let outputFile, FileManager.default.fileExists(atPath: outputFile) else { return nil }
    let answer: ProgramAnswer
    do { answer = try ProgramAnswer(try contents(of: outputFile), source: outputFile) } catch {
      return nil  // Not written whole yet, or not an answer: the program is asked again.
    }
    guard let expiry = answer.expiry, answer.success, expiry > date else { return nil }
    return try answer.token(at: date)
  }

  private func contents(of path: String) throws(CredentialsError) -> Data {
    do { return try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw CredentialsError(.unreadable, source: path, reason: "it cannot be read: \(fileReason(error)).")
    }
  }

  private func run(_ account: ExternalAccount, _ tools: CredentialTools) async throws(CredentialsError) -> Data {
    let words = try commandWords(command, source: source)
    var environment = tools.environment
    environment["GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE"] = account.audience
    environment["GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE"] = account.subjectTokenType
    environment["GOOGLE_EXTERNAL_ACCOUNT_ID"] = account.impersonation?.email ?? ""
    environment["GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE"] = "0"
    environment["GOOGLE_EXTERNAL_ACCOUNT_REVOKE"] = "0"
    environment["GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE"] = outputFile
    environment["GOOGLE_EXTERNAL_ACCOUNT_IMPERSONATED_EMAIL"] = account.impersonation?.email
    let output = try await tools.runner.run(words, environment: environment, timeout: timeout, source: source)
    guard output.status == 0 else {
      // What it printed may hold a token; what it says in its answer, or on standard error, is for people.
      let words = ProgramAnswer.failure(in: output.output) ?? output.firstErrorLine
      throw CredentialsError(
        .program, source: source, reason: "its program ended with \(output.status): \(words)")
    }
    return output.output
  }
}

extension Impersonation {
  /// The account in the URL; nil when it names none.
  var email: String? {
    guard let end = url.range(of: ":generateAccessToken"),
      let start = url.range(of: "/", options: .backwards, range: url.startIndex..<end.lowerBound)
    else { return nil }
    return String(url[start.upperBound..<end.lowerBound])
  }
}

/// What such a program prints: version 1 of Google's JSON.
struct ProgramAnswer {
  let success: Bool
  let expiry: Date?
  private let members: [String: Any]
  private let source: String

  init(_ data: Data, source: String) throws(CredentialsError) {
    self.source = source
    guard let members = object(in: data) else { throw Self.fault(source, "did not print a JSON object.") }
    guard let version = members["version"] as? NSNumber else { throw Self.fault(source, "gave no version.") }
    guard version.intValue == 1 else { throw Self.fault(source, "answered in version \(version), not 1.") }
    guard let success = members["success"] as? Bool else { throw Self.fault(source, "did not say if it succeeded.") }
    self.success = success
    self.members = members
    expiry = (members["expiration_time"] as? NSNumber).map { Date(timeIntervalSince1970: $0.doubleValue) }
  }

  private static func fault(_ source: String, _ reason: String) -> CredentialsError {
    CredentialsError(.program, source: source, reason: "it \(reason)")
  }

  /// The code and message of an answer that is a refusal.
  static func failure(in data: Data) -> String? {
    guard let members = object(in: data), let message = members["message"] as? String else { return nil }
    return "\(members["code"].map { "\($0): " } ?? "")\(message)"
  }

  func token(at date: Date) throws(CredentialsError) -> Secret {
    guard success else {
      let code = members["code"].map { "\($0): " } ?? ""
      throw Self.fault(source, "refused: \(code)\(members["message"] as? String ?? "no reason given")")
    }
    if let expiry, expiry <= date { throw Self.fault(source, "gave a token that has expired.") }
    let member: String
    switch members["token_type"] as? String {
    case "urn:ietf:params:oauth:token-type:jwt", "urn:ietf:params:oauth:token-type:id_token": member = "id_token"
    case "urn:ietf:params:oauth:token-type:saml2": member = "saml_response"
    case let type: throw Self.fault(source, "gave a token of type \(type ?? "none"), which Google's STS does not take.")
    }
    guard let token = members[member] as? String, !token.isEmpty else {
      throw Self.fault(source, "gave no \(member).")
    }
    return Secret(token)
  }
}
