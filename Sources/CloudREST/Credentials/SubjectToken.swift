// Where another provider's token lies: in a file, behind a URL or with a program.

import Foundation
import Transport

/// A place to read subject tokens from, and how they are written there.
struct SubjectToken: Sendable {
  enum Place: Sendable {
    case file(path: String)
    case url(String, headers: [Secret])
    case program(SubjectProgram)
  }

  enum Format: Sendable, Equatable {
    case text
    /// An object; the token is the member of that name.
    case json(member: String)
  }

  let place: Place
  let format: Format
  private let source: String
  private let headerNames: [String]

  /// Reads a `credential_source`.
  init(_ fields: CredentialFields) throws(CredentialsError) {
    source = fields.source
    let kinds = ["file", "url", "executable", "certificate"].filter { fields.has($0) }
    guard kinds.count == 1 else {
      let found = kinds.isEmpty ? "none" : kinds.joined(separator: " and ")
      throw fields.fault("its credential_source must have one of file, url and executable; it has \(found).")
    }
    let headers = try fields.pairs("headers")
    headerNames = headers.map(\.0)
    switch kinds[0] {
    case "file": place = .file(path: try fields.text("file"))
    case "url": place = .url(try fields.text("url"), headers: headers.map { Secret($0.1) })
    case "executable": place = .program(try SubjectProgram(try fields.requiredObject("executable")))
    default:
      throw CredentialsError(
        .unsupported, source: source,
        reason: "its credential_source is a certificate (X.509), which this program cannot use.")
    }
    format = try Self.format(try fields.object("format"))
  }

  private static func format(_ fields: CredentialFields?) throws(CredentialsError) -> Format {
    guard let fields, let type = try fields.optional("type") else { return .text }
    switch type {
    case "text": return .text
    case "json": return .json(member: try fields.text("subject_token_field_name"))
    default: throw fields.fault("its credential_source.format.type is \(type), neither text nor json.")
    }
  }

  /// As google-auth names it in its statistics.
  var kind: String {
    switch place {
    case .file: "file"
    case .url: "url"
    case .program: "executable"
    }
  }

  /// Reads the token anew: the provider may have replaced it.
  func read(for account: ExternalAccount, _ tools: CredentialTools) async throws(CredentialsError) -> Secret {
    switch place {
    case .file(let path): try token(in: try contents(of: path), from: path)
    case .url(let url, let headers): try await fetch(url, headers, tools)
    case .program(let program): try await program.token(for: account, tools)
    }
  }

  private func contents(of path: String) throws(CredentialsError) -> Data {
    do {
      return try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw CredentialsError(
        .unreadable, source: path, reason: "\(source) wants its token, but it cannot be read: \(fileReason(error)).")
    }
  }

  private func fetch(
    _ url: String, _ values: [Secret], _ tools: CredentialTools
  ) async throws(CredentialsError) -> Secret {
    guard let address = HTTPAddress(url) else {
      throw CredentialsError(.malformed, source: source, reason: "its credential_source.url is not an http(s) URL.")
    }
    // Cloud metadata services speak plain http, on addresses that no router passes on (RFC 3927).
    let isNear = address.isLoopback || address.host.hasPrefix("169.254.")
    guard !address.isPlain || isNear else {
      throw CredentialsError(
        .plainHTTP, source: address.description,
        reason: "A token is fetched over plain http from this machine or a link-local address only.",
        remedy: "Use an https URL as credential_source.url in \(source).")
    }
    let headers = HTTPHeaders(zip(headerNames, values).map { ($0, $1.value) })
    let sender = isNear ? tools.directSender : tools.sender
    let response: HTTPResponse
    do {
      response = try await sender.send(HTTPRequest(url: url, headers: headers, maximumResponseBytes: 1 << 20))
    } catch {
      throw CredentialsError(.noToken, source: address.description, reason: "no answer: \(error.detail)")
    }
    guard response.status == 200 else {
      let message = ErrorAnswer(response, date: tools.timing.date()).message
      throw CredentialsError(.noToken, source: address.description, reason: "it gave no token: \(message)")
    }
    return try token(in: response.body, from: address.description)
  }

  private func token(in data: Data, from place: String) throws(CredentialsError) -> Secret {
    let token: String?
    switch format {
    case .text: token = String(data: data, encoding: .utf8)
    case .json(let member):
      token = object(in: data)?[member] as? String
      if token == nil {
        throw CredentialsError(.noToken, source: place, reason: "it is not JSON with a string named \(member).")
      }
    }
    guard let token, !token.isEmpty else {
      throw CredentialsError(.noToken, source: place, reason: "it holds no token.")
    }
    return Secret(token)
  }
}

/// Foundation's words for a file that cannot be read, without the full stop.
func fileReason(_ error: any Error) -> String {
  let text = error.localizedDescription
  return text.hasSuffix(".") ? String(text.dropLast()) : text
}
