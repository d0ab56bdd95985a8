// The metadata server of Google's machines: Compute Engine, Cloud Run, GKE. On any
// other machine asking for it must cost next to nothing.

import Foundation
import Transport

/// What the metadata server says of the machine.
package struct MetadataFacts: Sendable, Equatable {
  package var projectID: String?
  package var universeDomain: String
}

/// The metadata server, over plain http: its address never leaves the machine's host.
package struct MetadataServer: Sendable {
  private static let flavor = (name: "Metadata-Flavor", value: "Google")
  /// google-auth's: five attempts, 1 s doubling, give or take 10 %.
  private static let attempts = 5
  private static let retriedStatuses: Set<Int> = [408, 429, 500, 503, 504]

  private let tools: CredentialTools
  private let host: String
  /// The address that tells whether there is one at all; a name might take long to resolve to nothing.
  private let address: String

  package init(tools: CredentialTools) {
    self.tools = tools
    func value(_ name: String) -> String? { tools.environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    let named = value("GCE_METADATA_HOST") ?? value("GCE_METADATA_ROOT")
    host = named ?? "metadata.google.internal"
    address = value("GCE_METADATA_IP") ?? named ?? "169.254.169.254"
  }

  /// What it says of this machine; nil where there is none.
  package func find() async throws(CredentialsError) -> MetadataFacts? {
    guard await answersPing() || tools.isGoogleHardware else { return nil }
    let project = try await get("project/project-id", query: [], metrics: nil, absentIsNil: true)
    let universe = try await get("universe/universe-domain", query: [], metrics: nil, absentIsNil: true)
    return MetadataFacts(
      projectID: project.map(text), universeDomain: universe.map(text) ?? OAuth.defaultUniverse)
  }

  /// google-auth waits three times 3 s. Outside Google's hardware once 1 s: that is how long every command on a laptop
  /// without credentials takes to say so. GCE_METADATA_TIMEOUT (seconds) and GCE_METADATA_DETECT_RETRIES say otherwise.
  private func answersPing() async -> Bool {
    let attempts = whole("GCE_METADATA_DETECT_RETRIES") ?? (tools.isGoogleHardware ? 3 : 1)
    var request = request("http://\(address)", metrics: "auth-request-type/mds")
    request.timeout = timeout
    request.connectTimeout = timeout
    for attempt in 0..<min(max(attempts, 1), 10) {
      if attempt > 0, !(await pause(attempt - 1)) { return false }
      do {
        let response = try await tools.directSender.send(request)
        return response.status == 200 && response.headers[Self.flavor.name] == Self.flavor.value
      } catch {
        continue  // Nothing there is what a machine elsewhere answers.
      }
    }
    return false
  }

  private var timeout: Duration {
    .seconds(min(max(whole("GCE_METADATA_TIMEOUT") ?? (tools.isGoogleHardware ? 3 : 1), 1), 60))
  }

  private func whole(_ name: String) -> Int? { tools.environment[name].flatMap { Int($0) } }

  /// A token of the machine's own account.
  func token(scopes: [String]) async throws(CredentialsError) -> AccessToken {
    let account = "instance/service-accounts/default/"
    // google-auth asks who the account is first; a machine without one then says so here.
    _ = try await get(account, query: [("recursive", "true")], metrics: nil)
    let body = try await get(
      account + "token", query: [("scopes", scopes.joined(separator: ","))],
      metrics: "auth-request-type/at cred-type/mds")
    guard let answer = body.flatMap(object), let value = answer["access_token"] as? String, !value.isEmpty,
      let seconds = (answer["expires_in"] as? NSNumber)?.doubleValue, (0...31_536_000).contains(seconds)
    else { throw failure("its answer holds no access token.") }
    return AccessToken(value: value, expiry: tools.timing.date().addingTimeInterval(seconds))
  }

  private func get(
    _ path: String, query: [(name: String, value: String)], metrics: String?, absentIsNil: Bool = false
  ) async throws(CredentialsError) -> Data? {
    let base = "http://\(host)/computeMetadata/v1/\(path)"
    var request = request(query.isEmpty ? base : "\(base)?\(formEncoded(query))", metrics: metrics)
    request.timeout = .seconds(10)
    request.connectTimeout = .seconds(3)
    var reason = ""
    for attempt in 0..<Self.attempts {
      if attempt > 0, !(await pause(attempt - 1)) { break }
      do {
        let response = try await tools.directSender.send(request)
        if response.status == 200 { return response.body }
        if response.status == 404, absentIsNil { return nil }
        reason = ErrorAnswer(response, date: tools.timing.date()).message
        if !Self.retriedStatuses.contains(response.status) { break }
      } catch {
        reason = error.detail
      }
    }
    throw failure("it did not give \(path): \(reason)")
  }

  private func request(_ url: String, metrics: String?) -> HTTPRequest {
    var headers = HTTPHeaders()
    headers.append(Self.flavor.name, Self.flavor.value)
    if let metrics { headers.append("x-goog-api-client", "\(tools.apiClient) \(metrics)") }
    return HTTPRequest(url: url, headers: headers, maximumResponseBytes: 1 << 20)
  }

  /// False when cancelled.
  private func pause(_ doublings: Int) async -> Bool {
    do {
      try await tools.timing.sleep(.seconds(1 << doublings) * (0.9 + 0.2 * tools.timing.random()))
      return true
    } catch {
      return false
    }
  }

  private func text(_ body: Data) -> String {
    String(decoding: body, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private func failure(_ reason: String) -> CredentialsError {
    CredentialsError(
      .noToken, source: "the metadata server at \(host)", reason: reason,
      remedy: "Give the machine a service account, or set GOOGLE_APPLICATION_CREDENTIALS.")
  }
}

/// Tokens of the machine's own account.
struct MachineTokens: TokenSource {
  let server: MetadataServer
  let scopes: [String]

  func newToken() async throws(CredentialsError) -> AccessToken {
    try await server.token(scopes: scopes)
  }
}
