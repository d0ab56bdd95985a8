// What getting tokens needs, in hand: tools on a scripted network, credential files
// as dictionaries, and programs that answer without being run.

import Foundation
import Transport

@testable import CloudREST

/// Text that must never be printed; every secret of the tests holds it.
let marker = "s3cret"

/// Tools on a scripted network. Both senders are the one given.
func tools(
  _ sender: any HTTPSender, _ time: VirtualTime = VirtualTime(), environment: [String: String] = [:],
  runner: any ProgramRunner = FakePrograms([:]), iamEndpoint: String? = nil, isGoogleHardware: Bool = false
) -> CredentialTools {
  CredentialTools(
    sender: sender, directSender: sender, runner: runner, environment: environment, apiClient: "gl-swift/6 gccl/0",
    iamEndpoint: iamEndpoint, isGoogleHardware: isGoogleHardware, timing: time.timing)
}

/// The file with those members; nil leaves one out.
func file(_ members: [String: Any?], changing changes: [String: Any?] = [:]) throws -> CredentialFile {
  let members = members.merging(changes) { $1 }.compactMapValues { $0 }
  return try CredentialFile(json: try JSONSerialization.data(withJSONObject: members), source: "file.json")
}

/// Files of each kind.
enum Files {
  static var user: [String: Any?] {
    [
      "type": "authorized_user", "client_id": "id", "client_secret": "\(marker)-client",
      "refresh_token": "\(marker)-refresh", "token_uri": "https://oauth2.googleapis.com/token",
    ]
  }
  static var workforceUser: [String: Any?] {
    [
      "type": "external_account_authorized_user", "client_id": "id", "client_secret": "\(marker)-client",
      "refresh_token": "\(marker)-refresh", "token_url": "https://sts.googleapis.com/v1/oauthtoken",
    ]
  }
  static var impersonated: [String: Any?] {
    [
      "type": "impersonated_service_account", "service_account_impersonation_url": impersonationURL,
      "source_credentials": user.compactMapValues { $0 },
    ]
  }
  static let impersonationURL =
    "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a@p.iam.gserviceaccount.com:generateAccessToken"

  static func external(_ source: [String: Any]) -> [String: Any?] {
    [
      "type": "external_account", "audience": "//iam.googleapis.com/projects/1/x", "credential_source": source,
      "subject_token_type": "urn:ietf:params:oauth:token-type:jwt", "client_id": "id",
      "client_secret": "\(marker)-client",
    ]
  }

  static func serviceAccount(_ changes: [String: Any?] = [:]) throws -> CredentialFile {
    try CredentialFile(json: try TestKey.rsa.file(changing: changes), source: "key.json")
  }
}

/// Credentials of a file.
func credentials(
  _ file: CredentialFile, _ tools: CredentialTools, impersonating: String? = nil
) throws -> CachedCredentials {
  let request = impersonating.map { ImpersonationRequest(chain: $0, source: "--impersonate") }
  return try CredentialMaker(tools: tools).credentials(.file(file), impersonating: request)
}

/// Programs by the path they are called by; each call is remembered.
final class FakePrograms: ProgramRunner {
  struct Call: Sendable {
    var words: [String]
    var environment: [String: String]
  }

  private let outputs: [String: ProgramOutput]
  private let made = Locked<[Call]>([])

  init(_ outputs: [String: ProgramOutput]) {
    self.outputs = outputs
  }

  var calls: [Call] { made.withLock { $0 } }

  func run(
    _ words: [String], environment: [String: String], timeout: Duration, source: String
  ) async throws(CredentialsError) -> ProgramOutput {
    made.withLock { $0.append(Call(words: words, environment: environment)) }
    guard let output = outputs[words[0]] else {
      throw CredentialsError(.program, source: source, reason: "there is no program named \(words[0]).")
    }
    return output
  }
}

extension ProgramOutput {
  static func printing(_ text: String, status: Int32 = 0) -> ProgramOutput {
    ProgramOutput(status: status, output: Data(text.utf8))
  }
}

extension HTTPRequest {
  /// The members of a form.
  var form: [String: String] {
    let text = String(decoding: body ?? Data(), as: UTF8.self).replacing("+", with: " ")
    let items = URLComponents(string: "?\(text)")?.queryItems ?? []
    return Dictionary(items.map { ($0.name, $0.value ?? "") }) { $1 }
  }

  /// The members of a JSON body.
  var json: [String: Any] { body.flatMap(object) ?? [:] }
}

/// A folder that is gone when the last one who holds it is.
final class Folder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/taskdeck-\(UUID().uuidString)"
    let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: attributes)
  }

  deinit {
    do { try FileManager.default.removeItem(atPath: path) } catch { print("left behind: \(path): \(error)") }
  }

  /// Writes a file and gives its path.
  func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
    let file = "\(path)/\(name)"
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
    return file
  }
}
