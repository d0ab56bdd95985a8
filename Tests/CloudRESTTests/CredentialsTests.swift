// Tokens: signed here or asked for, renewed once for all, and never sent where they
// could be read.

import Foundation
import TestSupport
import Testing
import Transport

@testable import CloudREST

@Suite struct CredentialsTests {
  private let key: ServiceAccountKey

  init() throws {
    key = try ServiceAccountKey(json: try TestKey.rsa.file(), source: "key.json")
  }

  @Test func `a self-signed token says what google-auth's says, and verifies`() async throws {
    let credentials = ServiceAccountCredentials(key, timing: VirtualTime().timing)
    let token = try #require(try await credentials.token())
    let (header, claims) = try TestKey.rsa.open(token.value)
    #expect(header as? [String: String] == ["alg": "RS256", "kid": "key-1", "typ": "JWT"])
    #expect(Set(claims.keys) == ["iss", "sub", "scope", "iat", "exp"])
    #expect(claims["iss"] as? String == "robot@p.iam.gserviceaccount.com")
    #expect(claims["sub"] as? String == "robot@p.iam.gserviceaccount.com")
    #expect(claims["scope"] as? String == "https://www.googleapis.com/auth/cloud-platform")
    #expect(claims["iat"] as? Int == 1_800_000_000 && claims["exp"] as? Int == 1_800_003_600)
    #expect(token.expiry == Date(timeIntervalSince1970: 1_800_003_600))
  }

  @Test func `the grant posts a signed assertion to the key's token_uri`() async throws {
    let server = try TestServer { _ in
      .answer(200, #"{"access_token":"ya29.x","expires_in":3599,"token_type":"Bearer"}"#)
    }
    let file = try TestKey.rsa.file(changing: ["token_uri": server.url + "/token"])
    let key = try ServiceAccountKey(json: file, source: "key.json")
    let credentials = ServiceAccountCredentials(key, flow: .grant(HTTPClient()), timing: VirtualTime().timing)
    let token = try await credentials.token()
    #expect(token == AccessToken(value: "ya29.x", expiry: VirtualTime.epoch.addingTimeInterval(3599)))
    let seen = try #require(server.requests.first)
    let body = String(decoding: seen.body, as: UTF8.self)
    #expect(seen.method == "POST" && seen.path == "/token")
    #expect(seen["Content-Type"] == "application/x-www-form-urlencoded")
    #expect(body.hasPrefix("assertion="))
    #expect(body.hasSuffix("&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"))
    let assertion = body.dropFirst("assertion=".count).prefix { $0 != "&" }
    let claims = try TestKey.rsa.open(String(assertion)).claims
    #expect(Set(claims.keys) == ["iss", "aud", "scope", "iat", "exp"])
    #expect(claims["aud"] as? String == "https://oauth2.googleapis.com/token")
  }

  @Test func `a token endpoint in trouble is asked three times, one that says no once`() async throws {
    let rows: [(ScriptedSender.Outcome, asked: Int, words: String)] = [
      (.answer(503, ""), 3, "HTTP 503"), (.answer(500, ""), 3, "HTTP 500"),
      (.answer(400, #"{"error":"server_error"}"#), 3, "server_error"),
      (
        .answer(400, #"{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"#), 1,
        "Invalid JWT Signature."
      ),
      (.answer(200, "<html>"), 1, "no access_token"), (.lost(.refused), 1, "a test"),
    ]
    for row in rows {
      let (sender, time) = (ScriptedSender([row.0]), VirtualTime(draw: 0.5))
      let credentials = ServiceAccountCredentials(key, flow: .grant(sender), timing: time.timing)
      let error = await #expect(throws: CredentialsError.self) { try await credentials.token() }
      #expect(error?.kind == .noToken && error?.reason.contains(row.words) == true)
      #expect(sender.requests.count == row.asked)
      #expect(time.sleeps == Array([Duration.seconds(1), .seconds(2)].prefix(row.asked - 1)))
    }
  }

  @Test func `a token is kept until 3 min 45 s before its expiry`() async throws {
    let time = VirtualTime()
    let sender = ScriptedSender([.answer(200, #"{"access_token":"t","expires_in":3600}"#)])
    let credentials = ServiceAccountCredentials(key, flow: .grant(sender), timing: time.timing)
    for _ in 1...3 { _ = try await credentials.token() }
    time.pass(.seconds(3600 - 226))
    _ = try await credentials.token()
    #expect(sender.requests.count == 1)
    time.pass(.seconds(1))
    _ = try await credentials.token()
    #expect(sender.requests.count == 2)
  }

  @Test func `a token near its end still serves when no new one can be had, an expired one does not`() async throws {
    let time = VirtualTime()
    let sender = ScriptedSender([.answer(200, #"{"access_token":"t","expires_in":3600}"#), .answer(400)])
    let credentials = ServiceAccountCredentials(key, flow: .grant(sender), timing: time.timing)
    _ = try await credentials.token()
    time.pass(.seconds(3500))
    #expect(try await credentials.token()?.value == "t")
    time.pass(.seconds(100))
    await #expect(throws: CredentialsError.self) { try await credentials.token() }
  }

  @Test func `many who wait cause one refresh`() async throws {
    let server = try TestServer { _ in .answer(200, #"{"access_token":"t","expires_in":3600}"#) }
    let file = try TestKey.rsa.file(changing: ["token_uri": server.url])
    let credentials = ServiceAccountCredentials(
      try ServiceAccountKey(json: file, source: "k"), flow: .grant(HTTPClient()))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 1...100 { group.addTask { _ = try await credentials.token() } }
      try await group.waitForAll()
    }
    #expect(server.requests.count == 1)
  }

  @Test func `a 401 gets another token once, for any method, and then is the answer`() async throws {
    for call in [RESTCall.get(), .post] {
      let time = VirtualTime()
      let tokens = ScriptedSender([
        .answer(200, #"{"access_token":"old","expires_in":3600}"#),
        .answer(200, #"{"access_token":"new","expires_in":3600}"#),
      ])
      let credentials = ServiceAccountCredentials(key, flow: .grant(tokens), timing: time.timing)
      let sender = ScriptedSender([.answer(401), .answer(200)])
      _ = try await client(sender, time, credentials: credentials).perform(call)
      #expect(sender.requests.map { $0.headers["Authorization"] } == ["Bearer old", "Bearer new"])
      let stubborn = ScriptedSender([.answer(401)])
      #expect(await failure(try client(stubborn, time, credentials: credentials), call)?.httpStatus == 401)
      #expect(stubborn.requests.count == 2 && time.sleeps.isEmpty)
    }
  }

  @Test func `a token goes over plain http to this machine only`() async throws {
    let credentials = ServiceAccountCredentials(key)
    for (endpoint, isAllowed) in [
      ("http://127.0.0.1:8123", true), ("http://localhost", true), ("http://[::1]:1", true),
      ("https://example.com", true),
      ("http://example.com", false), ("http://10.0.0.7:8123", false),
    ] {
      let sender = ScriptedSender([.answer(200)])
      let error = await failure(try client(sender, endpoint: endpoint, credentials: credentials), .get())
      #expect((error == nil) == isAllowed && sender.requests.count == (isAllowed ? 1 : 0))
    }
    let tokens = ScriptedSender([.answer(200, #"{"access_token":"t"}"#)])
    let file = try TestKey.rsa.file(changing: ["token_uri": "http://example.com/token"])
    let plain = ServiceAccountCredentials(try ServiceAccountKey(json: file, source: "k"), flow: .grant(tokens))
    let error = await #expect(throws: CredentialsError.self) { try await plain.token() }
    #expect(error?.kind == .plainHTTP && tokens.requests.isEmpty)
  }

  @Test func `neither token nor key shows its secret when printed`() async throws {
    let token = AccessToken(value: "ya29.secret", expiry: VirtualTime.epoch)
    var dumped = ""
    dump(token, to: &dumped)
    dump(key, to: &dumped)
    dumped += "\(token) \(String(reflecting: token)) \(key) \(String(reflecting: key))"
    #expect(!dumped.contains("secret") && !dumped.contains("PRIVATE KEY"))
  }
}

@Suite struct ServiceAccountKeyTests {
  private func reason(_ json: Data) -> CredentialsError? {
    #expect(throws: CredentialsError.self) { try ServiceAccountKey(json: json, source: "keys/prod.json") }
  }

  @Test(arguments: [
    ("", "it is not JSON."), ("not json", "it is not JSON."), ("[]", "it is JSON, but not an object."),
    ("{}", "it has no type."), (#"{"type":7}"#, "its type is not a string."),
    (#"{"type":"authorized_user"}"#, "it holds credentials of type authorized_user, not a service account's key."),
    (#"{"type":"service_account"}"#, "it has no client_email."),
    (#"{"type":"service_account","client_email":"a@b"}"#, "it has no private_key."),
  ]) func `a broken key file says what is wrong with it`(json: String, expected: String) {
    let error = reason(Data(json.utf8))
    #expect(error?.kind == .malformed && error?.source == "keys/prod.json" && error?.reason == expected)
  }

  @Test func `a private key that cannot sign RS256 is refused when it is read`() throws {
    let broken = TestKey.rsa.privatePEM.replacing("A", with: "B")
    for pem in [
      "nonsense", "-----BEGIN PRIVATE KEY-----\n", broken, TestKey.rsa.publicPEM, TestKey.elliptic.privatePEM,
    ] {
      let error = reason(try TestKey.rsa.file(changing: ["private_key": pem]))
      #expect(error?.kind == .badKey && error?.reason.hasPrefix("its private_key is unusable:") == true)
    }
    let elliptic = reason(try TestKey.rsa.file(changing: ["private_key": TestKey.elliptic.privatePEM]))
    #expect(elliptic?.reason.contains("it is not an RSA key") == true)
  }

  @Test func `an encrypted key is refused without asking anyone for its password`() throws {
    let encrypted =
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIBvTBXBgkqhkiG9w0BBQ0wSjApBgkqhkiG9w0BBQwwHAQI\n-----END ENCRYPTED PRIVATE KEY-----\n"
    #expect(reason(try TestKey.rsa.file(changing: ["private_key": encrypted]))?.kind == .badKey)
  }

  @Test func `a file that is not there is named`() {
    let error = #expect(throws: CredentialsError.self) { try ServiceAccountKey(contentsOf: "/no/such/key.json") }
    #expect(error?.kind == .unreadable && error?.source == "/no/such/key.json")
  }
}
