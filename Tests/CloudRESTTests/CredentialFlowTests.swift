// The flows that ask more than one endpoint: impersonation, workload identity, the
// metadata server, and programs that give tokens.

import Foundation
import Testing
import Transport

@testable import CloudREST

private let granted = ScriptedSender.Outcome.answer(200, #"{"access_token":"source","expires_in":3600}"#)
private let impersonated = ScriptedSender.Outcome.answer(
  200, #"{"accessToken":"target","expireTime":"2027-01-15T09:00:00Z"}"#)

@Suite struct ImpersonationTests {
  @Test func `the caller's token asks IAM for the account's`() async throws {
    let sender = ScriptedSender([granted, impersonated])
    let token = try await credentials(file(Files.impersonated), tools(sender)).token()
    #expect(token?.value == "target" && token?.expiry == Date(timeIntervalSince1970: 1_800_003_600))
    let asked = try #require(sender.requests.last)
    #expect(asked.url == Files.impersonationURL && asked.headers["Authorization"] == "Bearer source")
    #expect(asked.json["scope"] as? [String] == ["https://www.googleapis.com/auth/cloud-platform"])
    #expect(asked.json["lifetime"] as? String == "3600s" && asked.json["delegates"] is NSNull)
  }

  @Test func `the caller's token is kept while the account's is renewed`() async throws {
    let time = VirtualTime()
    let brief = ScriptedSender.Outcome.answer(
      200, #"{"accessToken":"target","expireTime":"2027-01-15T08:10:00.123Z"}"#)
    let sender = ScriptedSender([granted, brief])
    let credentials = try credentials(file(Files.impersonated), tools(sender, time))
    _ = try await credentials.token()
    time.pass(.seconds(500))
    _ = try await credentials.token()
    #expect(sender.requests.map(\.url).filter { $0 == Files.impersonationURL }.count == 2)
    #expect(sender.requests.count == 3)
  }

  @Test func `who is asked for follows the universe and the endpoint`() throws {
    let email = "a@p.iam.gserviceaccount.com"
    func url(_ endpoint: String?, _ universe: String) throws -> String {
      try Impersonation(chain: email, source: "s", endpoint: endpoint, universe: universe).url
    }
    let path = "/v1/projects/-/serviceAccounts/\(email):generateAccessToken"
    #expect(try url(nil, "googleapis.com") == "https://iamcredentials.googleapis.com" + path)
    #expect(try url(nil, "x.cloud") == "https://iamcredentials.x.cloud" + path)
    #expect(try url("http://127.0.0.1:1", "x.cloud") == "http://127.0.0.1:1" + path)
  }

  @Test(arguments: ["", "deployer", "a@b/../c", "a@b,", ",a@b", "a@b c@d", "a@b?x", "@b", "a@"])
  func `what is not an account cannot be impersonated`(chain: String) throws {
    let error = #expect(throws: CredentialsError.self) {
      try credentials(file(Files.user), tools(ScriptedSender([])), impersonating: chain)
    }
    #expect(error?.source == "--impersonate" && error?.reason.contains("\"\(chain)\"") == true)
  }

  @Test func `a refusal of IAM and an answer without a token are failures with its words`() async throws {
    let no = #"{"error":{"code":403,"message":"Permission iam.getAccessToken denied","status":"PERMISSION_DENIED"}}"#
    for (answer, words) in [
      (ScriptedSender.Outcome.answer(403, no), "Permission iam.getAccessToken denied"),
      (.answer(200, #"{"accessToken":"t","expireTime":"soon"}"#), "no access token"),
      (.answer(200, #"{"expireTime":"2027-01-15T09:00:00Z"}"#), "no access token"),
    ] {
      let credentials = try credentials(file(Files.impersonated), tools(ScriptedSender([granted, answer])))
      let error = await #expect(throws: CredentialsError.self) { try await credentials.token() }
      #expect(error?.source == "file.json" && error?.reason.contains(words) == true)
      #expect(error?.reason.hasPrefix(Files.impersonationURL) == true)
    }
  }
}

@Suite struct SubjectTokenTests {
  private func external(_ source: [String: Any]) throws -> CredentialFile { try file(Files.external(source)) }

  @Test func `a file is read anew for each token`() async throws {
    let folder = try Folder()
    let path = try folder.write("token", "first")
    let sender = ScriptedSender([.answer(200, #"{"access_token":"t","expires_in":1}"#)])
    let credentials = try credentials(external(["file": path]), tools(sender))
    _ = try await credentials.token()
    _ = try folder.write("token", "second")
    _ = try await credentials.token()
    #expect(sender.requests.map { $0.form["subject_token"] } == ["first", "second"])
    #expect(sender.requests.first?.url == "https://sts.googleapis.com/v1/token")
  }

  @Test func `a place without a token is named`() async throws {
    let folder = try Folder()
    let (empty, other) = (try folder.write("empty", ""), try folder.write("other", #"{"x":1}"#))
    let json: [String: Any] = ["type": "json", "subject_token_field_name": "x"]
    for (source, kind) in [
      (["file": "/no/such/token"], CredentialsError.Kind.unreadable), (["file": empty], .noToken),
      (["file": other, "format": json], .noToken), (["file": empty, "format": json], .noToken),
    ] as [([String: Any], CredentialsError.Kind)] {
      let credentials = try credentials(external(source), tools(ScriptedSender([granted])))
      let error = await #expect(throws: CredentialsError.self) { try await credentials.token() }
      #expect(error?.kind == kind && error?.source == source["file"] as? String)
    }
  }

  @Test func `a URL on the link is asked over plain http, and its refusal is passed on`() async throws {
    let url = "http://169.254.169.254/metadata/identity?resource=x"
    let sender = ScriptedSender([.answer(200, "subject"), granted])
    let made = try credentials(external(["url": url, "headers": ["Metadata": "True"]]), tools(sender))
    _ = try await made.token()
    #expect(sender.requests.first?.headers["Metadata"] == "True" && sender.requests.first?.url == url)
    let refusing = try credentials(external(["url": url]), tools(ScriptedSender([.answer(404, "no such identity")])))
    let error = await #expect(throws: CredentialsError.self) { try await refusing.token() }
    #expect(error?.source == "http://169.254.169.254/metadata/identity")
    #expect(error?.reason.contains("no such identity") == true)
  }

  private let optIn = ["GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES": "1"]
  private let answer =
    #"{"version":1,"success":true,"token_type":"urn:ietf:params:oauth:token-type:id_token","id_token":"subject"}"#

  @Test func `a program's answer is used, and its own cache while that is valid`() async throws {
    let folder = try Folder()
    let runner = FakePrograms(["/bin/give": .printing(answer)])
    let kept = "\(folder.path)/kept"
    let source = ["executable": ["command": "/bin/give it", "output_file": kept]]
    let sender = ScriptedSender([.answer(200, #"{"access_token":"t","expires_in":1}"#)])
    let made = try credentials(external(source), tools(sender, environment: optIn, runner: runner))
    _ = try await made.token()
    #expect(runner.calls.map(\.words) == [["/bin/give", "it"]])
    #expect(runner.calls[0].environment["GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE"] == kept)
    #expect(runner.calls[0].environment["GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE"] == "0")
    for (expiry, calls) in [(1_800_000_100, 1), (1_799_999_999, 2)] {
      let text = answer.replacing("\"subject\"", with: "\"kept\",\"expiration_time\":\(expiry)")
      _ = try folder.write("kept", text)
      _ = try await made.token()
      #expect(runner.calls.count == calls)
    }
    #expect(sender.requests.map { $0.form["subject_token"] } == ["subject", "kept", "subject"])
  }

  @Test(arguments: [
    ("", "did not print a JSON object"), ("{}", "gave no version"), (#"{"version":2,"success":true}"#, "version 2"),
    (#"{"version":1}"#, "did not say"),
    (#"{"version":1,"success":false,"code":"401","message":"log in"}"#, "401: log in"),
    (#"{"version":1,"success":true,"token_type":"x"}"#, "type x"),
    (#"{"version":1,"success":true,"token_type":"urn:ietf:params:oauth:token-type:jwt"}"#, "no id_token"),
    (#"{"version":1,"success":true,"expiration_time":1}"#, "expired"),
  ]) func `an answer that is none is said to be so`(text: String, words: String) async throws {
    let runner = FakePrograms(["/bin/give": .printing(text)])
    let source = ["executable": ["command": "/bin/give"]]
    let made = try credentials(external(source), tools(ScriptedSender([granted]), environment: optIn, runner: runner))
    let error = await #expect(throws: CredentialsError.self) { try await made.token() }
    #expect(error?.kind == .program && error?.reason.contains(words) == true, "\(error?.reason ?? "")")
  }

  @Test func `without Google's opt-in nothing is run`() async throws {
    let runner = FakePrograms(["/bin/give": .printing(answer)])
    for value in [nil, "0", "true"] {
      let environment = value.map { ["GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES": $0] } ?? [:]
      let source = ["executable": ["command": "/bin/give"]]
      let made = try credentials(
        external(source), tools(ScriptedSender([granted]), environment: environment, runner: runner))
      let error = await #expect(throws: CredentialsError.self) { try await made.token() }
      #expect(error?.kind == .program && error?.remedy.contains("ALLOW_EXECUTABLES=1") == true)
    }
    #expect(runner.calls.isEmpty)
  }
}

@Suite struct MetadataServerTests {
  private let google: HTTPHeaders = ["Metadata-Flavor": "Google"]

  @Test func `it is asked who it is, then for project and universe`() async throws {
    let sender = ScriptedSender([.answer(200, "", google), .answer(200, "p\n"), .answer(404)])
    let environment = ["GCE_METADATA_HOST": "127.0.0.1:1"]
    let facts = try await MetadataServer(tools: tools(sender, environment: environment)).find()
    #expect(facts == MetadataFacts(projectID: "p", universeDomain: "googleapis.com"))
    let root = "http://127.0.0.1:1/computeMetadata/v1/"
    #expect(
      sender.requests.map(\.url) == [
        "http://127.0.0.1:1", root + "project/project-id", root + "universe/universe-domain",
      ])
    #expect(sender.requests.allSatisfy { $0.headers["Metadata-Flavor"] == "Google" })
  }

  @Test func `elsewhere one short try is all it costs`() async throws {
    for outcome in [ScriptedSender.Outcome.lost(.timedOut), .answer(200), .answer(200, "", ["Metadata-Flavor": "x"])] {
      let (sender, time) = (ScriptedSender([outcome]), VirtualTime())
      #expect(try await MetadataServer(tools: tools(sender, time)).find() == nil)
      #expect(sender.requests.map(\.url) == ["http://169.254.169.254"] && time.sleeps.isEmpty)
      #expect(sender.requests[0].timeout == .seconds(1) && sender.requests[0].connectTimeout == .seconds(1))
    }
  }

  @Test func `the variables say how long and how often`() async throws {
    let environment = ["GCE_METADATA_TIMEOUT": "7", "GCE_METADATA_DETECT_RETRIES": "3", "GCE_METADATA_IP": "10.0.0.1"]
    let (sender, time) = (ScriptedSender([.lost(.timedOut)]), VirtualTime(draw: 0.5))
    #expect(try await MetadataServer(tools: tools(sender, time, environment: environment)).find() == nil)
    #expect(sender.requests.count == 3 && sender.requests.allSatisfy { $0.timeout == .seconds(7) })
    #expect(sender.requests[0].url == "http://10.0.0.1" && time.sleeps == [.seconds(1), .seconds(2)])
  }

  @Test func `on Google's hardware it is waited for, and its silence is a failure`() async throws {
    let sender = ScriptedSender([.lost(.timedOut)])
    let server = MetadataServer(tools: tools(sender, isGoogleHardware: true))
    await #expect(throws: CredentialsError.self) { try await server.find() }
    #expect(sender.requests.count == 3 + 5 && sender.requests[0].timeout == .seconds(3))
    #expect(CredentialTools.isGoogleHardware(productName: "Google Compute Engine\n"))
    #expect(
      !CredentialTools.isGoogleHardware(productName: "ThinkPad") && !CredentialTools.isGoogleHardware(productName: nil))
  }

  @Test func `a machine without an account, or an answer without a token, says so`() async throws {
    for outcomes in [
      [ScriptedSender.Outcome.answer(404, "no account")], [.answer(200), .answer(200)],
      [.answer(200), .answer(200, #"{"access_token":"t","expires_in":-1}"#)],
    ] {
      let maker = CredentialMaker(tools: tools(ScriptedSender(outcomes)))
      let facts = MetadataFacts(projectID: nil, universeDomain: "googleapis.com")
      let made = try maker.credentials(.metadataServer(facts))
      let error = await #expect(throws: CredentialsError.self) { try await made.token() }
      #expect(error?.source == "the metadata server at metadata.google.internal")
    }
  }
}

@Suite struct GivenTokenTests {
  @Test func `a token is one line of printable ASCII, wherever it comes from`() async throws {
    let folder = try Folder()
    for (text, isToken) in [
      ("ya29.x\n", true), ("  t  ", true), ("", false), ("\n", false), ("a b", false), ("a\nb", false),
      ("a\u{7}", false),
      ("é", false),
    ] {
      let runner = FakePrograms(["tool": .printing(text)])
      let path = try folder.write("token", text)
      let origins: [CredentialOrigin] = [
        .accessToken(GivenAccessToken(text), source: "V"), .accessTokenFile(path: path),
        .command("tool", source: "TASKDECK_TOKEN_COMMAND"),
      ]
      for origin in origins {
        let made = try CredentialMaker(tools: tools(ScriptedSender([]), runner: runner)).credentials(origin)
        if isToken {
          #expect(try await made.token()?.value == text.trimmingCharacters(in: .whitespacesAndNewlines))
        } else {
          let error = await #expect(throws: CredentialsError.self) { try await made.token() }
          #expect(error?.kind == .noToken)
        }
      }
    }
  }

  @Test func `a command is run again after five minutes, and at once after a 401`() async throws {
    let (time, runner) = (VirtualTime(), FakePrograms(["gcloud": .printing("t")]))
    let made = try CredentialMaker(tools: tools(ScriptedSender([]), time, runner: runner))
      .credentials(.command("gcloud auth print-access-token", source: "V"))
    let token = try #require(try await made.token())
    time.pass(.seconds(299))
    _ = try await made.token()
    #expect(runner.calls.count == 1)
    time.pass(.seconds(1))
    _ = try await made.token()
    #expect(runner.calls.count == 2)
    #expect(await made.refused(token))
    _ = try await made.token()
    #expect(runner.calls.map(\.words) == Array(repeating: ["gcloud", "auth", "print-access-token"], count: 3))
  }

  @Test(arguments: [
    ("a b", ["a", "b"]), ("  a\t'b c' ", ["a", "b c"]), (#"a "b 'c'" d\ e"#, ["a", "b 'c'", "d e"]),
    (#"a"b"'c'"#, ["abc"]), (#"a '' """#, ["a", "", ""]), (#""a\"b\\c\d""#, [#"a"b\c\d"#]), (#"'a\b'"#, [#"a\b"#]),
    ("a $HOME|x *;", ["a", "$HOME|x", "*;"]),
  ]) func `a command is cut into words as a shell quotes, and no more`(command: String, words: [String]) throws {
    #expect(try commandWords(command, source: "V") == words)
  }

  @Test(arguments: ["", "  ", "'a", "\"a", "a\\"]) func `a command that is none is refused`(command: String) {
    let error = #expect(throws: CredentialsError.self) { try commandWords(command, source: "V") }
    #expect(error?.source == "V" && error?.kind == .malformed)
  }
}

@Suite struct ProgramRunnerTests {
  private func run(
    _ script: String, _ words: String..., timeout: Duration = .seconds(20)
  ) async throws -> ProgramOutput {
    try await SystemProgramRunner().run(
      ["sh", "-c", script, "sh"] + words, environment: ["PATH": "/usr/bin:/bin", "MARK": "seen"], timeout: timeout,
      source: "V")
  }

  @Test func `arguments, environment, outputs and status come through`() async throws {
    let output = try await run("printf \"$1 $MARK\"; echo wrong >&2; exit 3", "a b")
    #expect(String(decoding: output.output, as: UTF8.self) == "a b seen" && output.status == 3)
    #expect(output.firstErrorLine == "wrong")
  }

  @Test func `much output on both sides blocks nobody, and standard input is empty`() async throws {
    let output = try await run("cat; head -c 300000 /dev/zero >&2; head -c 300000 /dev/zero")
    #expect(output.output.count == 300_000 && output.errors.count == 300_000)
  }

  @Test func `a program that takes too long is ended`() async throws {
    for script in ["sleep 60", "exec sleep 60", "trap '' TERM; sleep 60 & wait"] {
      let start = ContinuousClock.now
      let error = await #expect(throws: CredentialsError.self) {
        try await run(script, timeout: .milliseconds(200))
      }
      #expect(error?.reason.contains("gave no token within") == true)
      #expect(ContinuousClock.now - start < .seconds(15))
    }
  }

  @Test func `what a program leaves running is not waited for`() async throws {
    let start = ContinuousClock.now
    let output = try await run("sleep 60 >/dev/null 2>&1 </dev/null & echo $!; echo token")
    let lines = String(decoding: output.output, as: UTF8.self).split(separator: "\n")
    if let left = lines.first.flatMap({ pid_t($0) }) { kill(left, SIGKILL) }
    #expect(lines.last == "token" && output.status == 0 && ContinuousClock.now - start < .seconds(30))
  }

  @Test func `a program ended by a signal has a shell's status`() async throws {
    #expect(try await run("kill -9 $$").status == 137)
  }

  @Test func `a program that is not there is named`() async {
    for name in ["no-such-program-here", "/no/such/program"] {
      let error = await #expect(throws: CredentialsError.self) {
        try await SystemProgramRunner().run([name], environment: [:], timeout: .seconds(5), source: "V")
      }
      #expect(error?.source == "V" && error?.reason.contains(name) == true)
    }
  }
}
