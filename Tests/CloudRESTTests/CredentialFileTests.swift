// What is wrong with a credential file is said with its name and the member's.

import Foundation
import Testing

@testable import CloudREST

@Suite struct CredentialFileTests {
  private func refusal(_ json: Data) -> CredentialsError? {
    #expect(throws: CredentialsError.self) { try CredentialFile(json: json, source: "keys/prod.json") }
  }

  @Test(arguments: [
    ("", "it is not JSON."), ("not json", "it is not JSON."), ("[]", "it is JSON, but not an object."),
    ("{}", "it has no type."), (#"{"type":7}"#, "its type is not a string."),
    (#"{"type":"service_account"}"#, "it has no client_email."),
    (#"{"type":"service_account","client_email":"a@b"}"#, "it has no private_key."),
    (#"{"type":"service_account","client_email":"a@b","private_key":""}"#, "it has no private_key."),
    (#"{"type":"authorized_user"}"#, "it has no refresh_token."),
    (#"{"type":"authorized_user","refresh_token":"r"}"#, "it has no client_id."),
    (#"{"type":"authorized_user","refresh_token":"r","client_id":null}"#, "it has no client_id."),
    (#"{"type":"external_account_authorized_user","refresh_token":"r"}"#, "it has no token_url."),
    (#"{"type":"external_account"}"#, "it has no audience."),
    (#"{"type":"external_account","audience":"a","subject_token_type":"t"}"#, "it has no credential_source."),
    (
      #"{"type":"external_account","audience":"a","subject_token_type":"t","credential_source":"x"}"#,
      "its credential_source is not an object."
    ),
    (#"{"type":"impersonated_service_account"}"#, "it has no service_account_impersonation_url."),
    (
      #"{"type":"impersonated_service_account","service_account_impersonation_url":"https://x/a"}"#,
      "its service_account_impersonation_url does not end in ACCOUNT:generateAccessToken."
    ),
    (
      #"{"type":"impersonated_service_account","service_account_impersonation_url":"https://x/a:generateAccessToken","#
        + #""source_credentials":{"type":"authorized_user"}}"#, "it has no source_credentials.refresh_token."
    ),
    (
      #"{"type":"impersonated_service_account","service_account_impersonation_url":"https://x/a:generateAccessToken","#
        + #""source_credentials":{"type":"external_account"}}"#,
      "its source_credentials are of type external_account, which cannot impersonate from a file."
    ),
  ]) func `a broken file says what is wrong with it`(json: String, expected: String) {
    let error = refusal(Data(json.utf8))
    #expect(error?.kind == .malformed && error?.source == "keys/prod.json" && error?.reason == expected)
  }

  @Test func `an unknown type is answered with those there are`() {
    let error = refusal(Data(#"{"type":"api_key"}"#.utf8))
    #expect(error?.reason.contains("its type is api_key") == true && error?.reason.contains("authorized_user") == true)
  }

  @Test func `what this program cannot do is refused in clear words`() throws {
    let rows: [([String: Any?], String)] = [
      (["type": "gdch_service_account"], "Google Distributed Cloud"),
      (Files.external(["environment_id": "aws1"]), "AWS"),
      (Files.external(["certificate": ["use_default_certificate_config": true]]), "X.509"),
      (Files.user.merging(["universe_domain": "x.cloud"]) { $1 }, "googleapis.com only"),
    ]
    for (members, words) in rows {
      let error = #expect(throws: CredentialsError.self) { try file(members) }
      #expect(error?.kind == .unsupported && error?.reason.contains(words) == true)
    }
    let aws = Files.external(["file": "x"]).merging(
      ["subject_token_type": "urn:ietf:params:aws:token-type:aws4_request"]) { $1 }
    let error = #expect(throws: CredentialsError.self) { try file(aws) }
    #expect(error?.reason.contains("AWS") == true)
  }

  @Test func `a credential source is one place in one format`() {
    let rows: [([String: Any], String)] = [
      ([:], "it has none"), (["file": "a", "url": "b"], "it has file and url"),
      (["file": 7], "credential_source.file is not a string"),
      (["file": "a", "format": ["type": "xml"]], "format.type is xml"),
      (["file": "a", "format": ["type": "json"]], "no credential_source.format.subject_token_field_name"),
      (["url": "u", "headers": ["a": 1]], "headers is not an object of strings"),
      (["executable": ["timeout_millis": 6000]], "no credential_source.executable.command"),
      (["executable": ["command": "c", "timeout_millis": 10]], "not between 5000 and 120000"),
      (["executable": ["command": "c", "timeout_millis": "x"]], "timeout_millis is not a whole number"),
    ]
    for (source, words) in rows {
      let error = #expect(throws: CredentialsError.self) { try file(Files.external(source)) }
      #expect(error?.reason.contains(words) == true, "\(error?.reason ?? "")")
    }
  }

  @Test func `a user project goes with a workforce pool only`() throws {
    let members = Files.external(["file": "x"]).merging(["workforce_pool_user_project": "p"]) { $1 }
    #expect(throws: CredentialsError.self) { try file(members) }
    _ = try file(members, changing: ["audience": "//iam.googleapis.com/locations/global/workforcePools/x/providers/y"])
  }

  @Test func `a private key that cannot sign RS256 is refused when it is read`() throws {
    let broken = TestKey.rsa.privatePEM.replacing("A", with: "B")
    for pem in [
      "nonsense", "-----BEGIN PRIVATE KEY-----\n", broken, TestKey.rsa.publicPEM, TestKey.elliptic.privatePEM,
    ] {
      let error = refusal(try TestKey.rsa.file(changing: ["private_key": pem]))
      #expect(error?.kind == .badKey && error?.reason.hasPrefix("its private_key is unusable:") == true)
    }
    let elliptic = refusal(try TestKey.rsa.file(changing: ["private_key": TestKey.elliptic.privatePEM]))
    #expect(elliptic?.reason.contains("it is not an RSA key") == true)
  }

  @Test func `an encrypted key is refused without asking anyone for its password`() throws {
    let encrypted =
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIBvTBXBgkqhkiG9w0BBQ0wSjApBgkqhkiG9w0BBQwwHAQI\n-----END ENCRYPTED PRIVATE KEY-----\n"
    #expect(refusal(try TestKey.rsa.file(changing: ["private_key": encrypted]))?.kind == .badKey)
  }

  @Test func `a file that is not there is named`() {
    let error = #expect(throws: CredentialsError.self) { try CredentialFile(contentsOf: "/no/such/key.json") }
    #expect(error?.kind == .unreadable && error?.source == "/no/such/key.json")
  }

  @Test func `project, quota project and universe are read from any kind`() throws {
    let changes: [String: Any?] = ["quota_project_id": "q", "project_id": "p"]
    for members in [Files.user, Files.workforceUser, Files.impersonated] {
      let file = try file(members, changing: changes)
      #expect(file.projectID == "p" && file.quotaProject == "q" && file.universeDomain == "googleapis.com")
    }
    #expect(try Files.serviceAccount(["universe_domain": "x.cloud"]).universeDomain == "x.cloud")
  }

  @Test func `only a file with a secret in it, open to others, is warned of`() throws {
    let folder = try Folder()
    let secret = String(decoding: try TestKey.rsa.file(), as: UTF8.self)
    let harmless = Files.external(["file": "x"]).merging(["client_secret": nil, "client_id": nil]) { $1 }
    let open = try JSONSerialization.data(withJSONObject: harmless.compactMapValues { $0 })
    for (mode, warns) in [(0o600, false), (0o640, true), (0o604, true), (0o400, false)] {
      let path = try folder.write("key.json", secret, mode: mode)
      let warnings = try CredentialFile(contentsOf: path).warnings
      #expect(warnings.count == (warns ? 1 : 0) && warnings.allSatisfy { $0.contains(path) })
      try FileManager.default.removeItem(atPath: path)
    }
    let path = try folder.write("open.json", String(decoding: open, as: UTF8.self), mode: 0o644)
    #expect(try CredentialFile(contentsOf: path).warnings.isEmpty)
  }
}
