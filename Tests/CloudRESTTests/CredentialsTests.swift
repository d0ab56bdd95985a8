// Tokens: signed here or asked for, kept while they last, and never sent where they
// could be read.

import Foundation
import TestSupport
import Testing
import Transport

@testable import CloudREST

@Suite struct CredentialsTests {
  private let silent = ScriptedSender([.lost(.refused)])

  @Test func `a self-signed token says what google-auth's says, and verifies`() async throws {
    let token = try #require(try await credentials(Files.serviceAccount(), tools(silent)).token())
    let (header, claims) = try TestKey.rsa.open(token.value)
    #expect(header as? [String: String] == ["alg": "RS256", "kid": "key-1", "typ": "JWT"])
    #expect(Set(claims.keys) == ["iss", "sub", "scope", "iat", "exp"])
    #expect(claims["iss"] as? String == "robot@p.iam.gserviceaccount.com")
    #expect(claims["sub"] as? String == "robot@p.iam.gserviceaccount.com")
    #expect(claims["scope"] as? String == "https://www.googleapis.com/auth/cloud-platform")
    #expect(claims["iat"] as? Int == 1_800_000_000 && claims["exp"] as? Int == 1_800_003_600)
    #expect(token.expiry == Date(timeIntervalSince1970: 1_800_003_600) && silent.requests.isEmpty)
  }

  @Test func `the grant posts a signed assertion to the key's token_uri`() async throws {
    let server = try TestServer { _ in
      .answer(200, #"{"access_token":"ya29.x","expires_in":3599,"token_type":"Bearer"}"#)
    }
    let key = try Files.serviceAccount(["token_uri": server.url + "/token"])
    let token = try await credentials(key, tools(HTTPClient())).token()
    #expect(token == AccessToken(value: "ya29.x", expiry: VirtualTime.epoch.addingTimeInterval(3599)))
    let seen = try #require(server.requests.first)
    let body = String(decoding: seen.body, as: UTF8.self)
    #expect(seen.method == "POST" && seen.path == "/token")
    #expect(seen["Content-Type"] == "application/x-www-form-urlencoded")
    #expect(seen["x-goog-api-client"] == "gl-swift/6 gccl/0 auth-request-type/at cred-type/sa")
    #expect(body.hasPrefix("assertion="))
    #expect(body.hasSuffix("&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"))
    let assertion = body.dropFirst("assertion=".count).prefix { $0 != "&" }
    let claims = try TestKey.rsa.open(String(assertion)).claims
    #expect(Set(claims.keys) == ["iss", "aud", "scope", "iat", "exp"])
    #expect(claims["aud"] as? String == "https://oauth2.googleapis.com/token")
  }

  @Test func `the flow follows gcloud's property, the universe, the purpose and the token_uri, in this order`() throws {
    func flow(_ changes: [String: Any?], _ property: String? = nil, forIAM: Bool = false) throws
      -> ServiceAccountTokens.Flow
    {
      guard case .serviceAccount(let key) = try Files.serviceAccount(changes).content else { return .grant }
      let environment = property.map { ["CLOUDSDK_AUTH_SERVICE_ACCOUNT_USE_SELF_SIGNED_JWT": $0] } ?? [:]
      return .suited(to: key, environment: environment, forIAM: forIAM)
    }
    #expect(try flow([:]) == .selfSigned && flow(["token_uri": nil]) == .selfSigned)
    #expect(try flow(["token_uri": "https://accounts.google.com/o/oauth2/token"]) == .selfSigned)
    #expect(try flow(["token_uri": "http://127.0.0.1:1/token"]) == .grant)
    #expect(try flow(["token_uri": "https://oauth2.googleapis.com.evil.example/token"]) == .grant)
    #expect(try flow([:], forIAM: true) == .grant)
    #expect(try flow([:], "false") == .grant && flow(["token_uri": "http://127.0.0.1:1"], "true") == .selfSigned)
    #expect(try flow(["universe_domain": "x.cloud"], "false", forIAM: true) == .selfSigned)
  }

  @Test func `a token endpoint in trouble is asked three times, one that says no once`() async throws {
    let rows: [(ScriptedSender.Outcome, asked: Int, words: String)] = [
      (.answer(503, ""), 3, "HTTP 503"), (.answer(500, ""), 3, "HTTP 500"),
      (.answer(400, #"{"error":"server_error"}"#), 3, "server_error"),
      (
        .answer(400, #"{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"#), 1,
        "Invalid JWT Signature."
      ),
      (.answer(200, "<html>"), 1, "no access token"), (.answer(200, #"{"access_token":""}"#), 1, "no access token"),
      (.lost(.refused), 1, "a test"),
    ]
    for row in rows {
      let (sender, time) = (ScriptedSender([row.0]), VirtualTime(draw: 0.5))
      let credentials = try credentials(file(Files.user), tools(sender, time))
      let error = await #expect(throws: CredentialsError.self) { try await credentials.token() }
      #expect(error?.kind == .noToken && error?.reason.contains(row.words) == true)
      #expect(sender.requests.count == row.asked)
      #expect(time.sleeps == Array([Duration.seconds(1), .seconds(2)].prefix(row.asked - 1)))
    }
  }

  @Test(arguments: [
    (#"{"access_token":"t","expires_in":"60"}"#, 60), (#"{"access_token":"t"}"#, 3600),
    (#"{"access_token":"t","expires_in":-5}"#, 3600), (#"{"access_token":"t","expires_in":1e300}"#, 31_536_000),
  ]) func `a lifetime may be a string or missing, and is never absurd`(body: String, seconds: Double) async throws {
    let token = try await credentials(file(Files.user), tools(ScriptedSender([.answer(200, body)]))).token()
    #expect(token?.expiry == VirtualTime.epoch.addingTimeInterval(seconds))
  }

  @Test func `a token is kept until 3 min 45 s before its expiry`() async throws {
    let time = VirtualTime()
    let sender = ScriptedSender([.answer(200, #"{"access_token":"t","expires_in":3600}"#)])
    let credentials = try credentials(file(Files.user), tools(sender, time))
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
    let credentials = try credentials(file(Files.user), tools(sender, time))
    _ = try await credentials.token()
    time.pass(.seconds(3500))
    #expect(try await credentials.token()?.value == "t")
    time.pass(.seconds(100))
    await #expect(throws: CredentialsError.self) { try await credentials.token() }
  }

  @Test func `a newer refresh token takes the place of the file's`() async throws {
    for members in [Files.user, Files.workforceUser] {
      let sender = ScriptedSender([
        .answer(200, #"{"access_token":"t","expires_in":1,"refresh_token":"newer"}"#),
        .answer(200, #"{"access_token":"t","expires_in":1}"#),
      ])
      let credentials = try credentials(file(members), tools(sender))
      for _ in 1...3 { _ = try await credentials.token() }
      #expect(sender.requests.map { $0.form["refresh_token"] } == ["\(marker)-refresh", "newer", "newer"])
    }
  }

  @Test func `a 401 gets another token once, for any method, and then is the answer`() async throws {
    for call in [RESTCall.get(), .post] {
      let time = VirtualTime()
      let tokens = ScriptedSender([
        .answer(200, #"{"access_token":"old","expires_in":3600}"#),
        .answer(200, #"{"access_token":"new","expires_in":3600}"#),
      ])
      let credentials = try credentials(file(Files.user), tools(tokens, time))
      let sender = ScriptedSender([.answer(401), .answer(200)])
      _ = try await client(sender, time, credentials: credentials).perform(call)
      #expect(sender.requests.map { $0.headers["Authorization"] } == ["Bearer old", "Bearer new"])
      let stubborn = ScriptedSender([.answer(401)])
      #expect(await failure(try client(stubborn, time, credentials: credentials), call)?.httpStatus == 401)
      #expect(stubborn.requests.count == 2 && time.sleeps.isEmpty)
    }
  }

  @Test func `a token that was given and is refused is not tried again`() async throws {
    let maker = CredentialMaker(tools: tools(silent))
    let given = try maker.credentials(.accessToken(GivenAccessToken("t"), source: "V"), quotaProject: "paying")
    let sender = ScriptedSender([.answer(401)])
    #expect(await failure(try client(sender, credentials: given), .get())?.httpStatus == 401)
    #expect(sender.requests.map { $0.headers["Authorization"] } == ["Bearer t"])
    #expect(sender.requests.map { $0.headers["x-goog-user-project"] } == ["paying"])
  }

  @Test func `a token goes over plain http to this machine only`() async throws {
    let credentials = try credentials(Files.serviceAccount(), tools(silent))
    for (endpoint, isAllowed) in [
      ("http://127.0.0.1:8123", true), ("http://localhost", true), ("http://[::1]:1", true),
      ("https://example.com", true),
      ("http://example.com", false), ("http://10.0.0.7:8123", false),
    ] {
      let sender = ScriptedSender([.answer(200)])
      let error = await failure(try client(sender, endpoint: endpoint, credentials: credentials), .get())
      #expect((error == nil) == isAllowed && sender.requests.count == (isAllowed ? 1 : 0))
    }
  }

  @Test func `no token is asked for over plain http to another machine, whatever the kind`() async throws {
    let plain = "http://example.com/token"
    let folder = try Folder()
    let subject = try folder.write("subject", "token")
    let files = try [
      Files.serviceAccount(["token_uri": plain]), file(Files.user, changing: ["token_uri": plain]),
      file(Files.workforceUser, changing: ["token_url": plain]),
      file(Files.external(["file": subject]), changing: ["token_url": plain]),
      file(Files.external(["url": "http://example.com/subject"])),
    ]
    for file in files {
      let sender = ScriptedSender([.answer(200, #"{"access_token":"t"}"#)])
      let credentials = try credentials(file, tools(sender))
      let error = await #expect(throws: CredentialsError.self) { try await credentials.token() }
      #expect(error?.kind == .plainHTTP && sender.requests.isEmpty)
    }
    let sender = ScriptedSender([.answer(200, #"{"access_token":"t"}"#)])
    let url = "http://example.com/a@b:generateAccessToken"
    let impersonated = try credentials(
      file(Files.impersonated, changing: ["service_account_impersonation_url": url]), tools(sender))
    let error = await #expect(throws: CredentialsError.self) { try await impersonated.token() }
    #expect(error?.kind == .plainHTTP && sender.requests.allSatisfy { $0.url != url })
  }
}

@Suite struct SecretTests {
  private func printed(_ value: Any) -> String {
    var text = "\(value) \(String(reflecting: value)) "
    dump(value, to: &text)
    return text
  }

  @Test func `no kind of credentials shows a secret when it is printed or dumped`() async throws {
    let answer =
      #"{"access_token":"\#(marker)-token","accessToken":"\#(marker)-token","refresh_token":"\#(marker)-new","#
      + #""expireTime":"2099-01-01T00:00:00Z","expires_in":3600}"#
    let folder = try Folder()
    let subject = try folder.write("subject", "\(marker)-subject")
    let environment = ["CLOUDSDK_AUTH_ACCESS_TOKEN": "\(marker)-variable"]
    let tools = tools(ScriptedSender([]), environment: environment)
    #expect(!printed(tools).contains(marker))
    let url = Files.external(["url": "https://x.example", "headers": ["X-Key": "\(marker)-header"]])
    let files = try [
      Files.serviceAccount(), file(Files.user, changing: ["rapt_token": marker]), file(Files.workforceUser),
      file(Files.impersonated), file(Files.external(["file": subject])), file(url),
    ]
    for file in files {
      let sender = ScriptedSender([.answer(200, answer)])
      let made = try credentials(file, CloudRESTTests.tools(sender, environment: environment))
      let words = printed(file) + printed(file.content) + printed(made) + printed(made.cache)
      #expect(!words.contains(marker) && !words.contains("PRIVATE KEY"))
      if file.type != "external_account" || sender.requests.isEmpty {
        let token = try await made.token()
        #expect(!printed(token as Any).contains(marker) && !printed(made.cache).contains(marker))
      }
    }
  }

  @Test func `neither do the pieces they are made of`() async throws {
    guard case .authorizedUser(let user) = try file(Files.user).content,
      case .externalAccountUser(let workforce) = try file(Files.workforceUser).content,
      case .serviceAccount(let key) = try Files.serviceAccount().content
    else { return #expect(Bool(false)) }
    let tools = tools(ScriptedSender([]), environment: ["CLOUDSDK_AUTH_ACCESS_TOKEN": marker])
    let given = GivenAccessToken(marker)
    let pieces: [Any] = [
      user, workforce, key, given, UserTokens(user, tools: tools), ExternalAccountUserTokens(workforce, tools: tools),
      ServiceAccountTokens(key: key, scopes: [], flow: .grant, tools: tools), CredentialMaker(tools: tools),
      GivenToken(token: given.secret, source: "V"), CredentialOrigin.accessToken(given, source: "V"),
      AccessToken(value: marker, expiry: VirtualTime.epoch), ProgramOutput.printing(marker),
      TokenEndpoint.Grant(token: AccessToken(value: marker, expiry: VirtualTime.epoch), refreshToken: Secret(marker)),
      basicAuthorization("id", Secret(marker)), MetadataServer(tools: tools),
    ]
    for piece in pieces {
      let words = printed(piece)
      #expect(!words.contains(marker) && !words.contains("PRIVATE KEY"), "\(type(of: piece))")
    }
  }

  @Test func `errors of every kind of refusal show none either`() async throws {
    for body in [#"{"error":"invalid_grant"}"#, "<html>", "", #"{"access_token":""}"#] {
      for members in [Files.user, Files.workforceUser, Files.impersonated] {
        let made = try credentials(file(members), tools(ScriptedSender([.answer(400, body)])))
        let error = await #expect(throws: CredentialsError.self) { try await made.token() }
        #expect(!printed(error as Any).contains(marker))
      }
    }
  }
}
