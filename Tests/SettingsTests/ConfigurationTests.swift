// The two configuration files: what they say, which wins, and what is refused.

import Settings
import Testing

@Suite struct ConfigurationTests {
  private let design = """
    theme: {dark: dusk, light: dawn}
    contexts:
      prod:
        project: acme-prod
        locations: [us-central1, europe-west1]
        app: billing
        delimiter: "--"
        endpoint: https://app.example.com/
        protected: true
        read-only: false
        credentials: keys/prod.json
        impersonate: deployer@acme-prod.iam.gserviceaccount.com
        service-account: runner@acme-prod.iam.gserviceaccount.com
        endpoints: {tasks: "http://127.0.0.1:1/"}
        ca-file: ca.pem
      laptop:
        emulator: http://127.0.0.1:8123
    handlers:
      web:    {kind: http, base: "http://127.0.0.1:8000", timeout: 30s}
      script: {kind: command, run: ["./replay.sh", "{class}", 3]}
      django: {kind: django, directory: ".", python: ".venv/bin/python", settings: "shop.settings"}
    replay:
      - {class: "Sync*", handler: script}
      - {handler: django}
    schedules: {source: schedules.yaml}
    keys: {task.discard: [D, Delete], queue.pause: "<disabled>"}
    """

  private func load(
    project: String? = nil, user: String? = nil, environment: [String: String] = [:],
    exposure: @escaping @Sendable (String) -> FileExposure? = { _ in nil }
  ) throws -> Configuration {
    var contents: [String: String] = [:]
    contents["/work/shop/taskdeck.yaml"] = project
    contents["/home/me/.config/taskdeck/config.yaml"] = user
    let kept = contents
    let files = SettingsFiles(
      read: { path throws(SettingsError) in kept[path] }, exists: { kept[$0] != nil }, exposure: exposure)
    return try Configuration.load(
      environment: ["HOME": "/home/me"].merging(environment) { $1 }, directory: "/work/shop/src/deep", files: files)
  }

  /// `FILE:LINE:COLUMN: reason` of all that is wrong.
  private func faults(_ text: String, user: Bool = false) -> [String] {
    do {
      _ = try user ? load(user: text) : load(project: text)
      return []
    } catch ConfigurationError.faults(let faults) {
      return faults.all.map(\.description)
    } catch {
      return ["\(error)"]
    }
  }

  @Test("the design's example is read, found above the working directory, its paths made whole")
  func design_() throws {
    let found = try load(project: design)
    #expect(found.files == ["/work/shop/taskdeck.yaml"])
    #expect(found.theme?.value == ThemeChoice(dark: "dusk", light: "dawn"))
    let prod = try #require(found.context(named: "prod"))
    #expect(prod.credentials?.value == "/work/shop/keys/prod.json" && prod.caFile?.value == "/work/shop/ca.pem")
    #expect(prod.locations?.value == ["us-central1", "europe-west1"] && prod.isProtected?.value == true)
    #expect(prod.endpoint?.value == "https://app.example.com" && prod.project?.place.line == 4)
    #expect(found.context(named: "laptop")?.emulator?.value == "http://127.0.0.1:8123")
    #expect(found.handlers.map(\.name) == ["web", "script", "django"])
    #expect(found.handlers[0].kind == .http(HTTPHandlerSettings(base: "http://127.0.0.1:8000")))
    #expect(found.handlers[0].timeout == .seconds(30))
    #expect(
      found.handlers[1].kind
        == .command(CommandHandlerSettings(run: ["/work/shop/replay.sh", "{class}", "3"], directory: "/work/shop")))
    var django = DjangoHandlerSettings(directory: "/work/shop")
    (django.python, django.settings) = ("/work/shop/.venv/bin/python", "shop.settings")
    #expect(found.handlers[2].kind == .django(django))
    #expect(found.replayRule(forClass: "SyncWarehouse")?.handler.value == "script")
    #expect(found.replayRule(forClass: nil)?.handler.value == "django")
    #expect(found.schedules?.source.value == .file("/work/shop/schedules.yaml"))
    #expect(found.keyChanges.map { $0.keys.map(\.value) } == [["D", "Delete"], []])
  }

  @Test("the project's file wins key by key; the person's fills in the rest")
  func merging() throws {
    let user = """
      theme: dawn
      contexts:
        prod: {project: mine, protected: true, locations: us-east1}
        home: {project: home}
      handlers: {web: {kind: http, base: "http://127.0.0.1:1"}}
      keys: {app.theme: F4, app.help: F5}
      """
    let project = """
      contexts: {prod: {project: theirs}}
      replay: [{handler: web}]
      keys: {app.theme: F6}
      """
    let found = try load(project: project, user: user)
    #expect(found.files == ["/work/shop/taskdeck.yaml", "/home/me/.config/taskdeck/config.yaml"])
    #expect(found.context(named: "prod")?.project?.value == "theirs")
    #expect(found.context(named: "prod")?.isProtected?.value == true && found.theme?.value.dark == "dawn")
    #expect(found.contexts.map(\.name) == ["prod", "home"])
    #expect(
      found.keyChanges.map { [$0.action.value, $0.keys[0].value] } == [["app.theme", "F6"], ["app.help", "F5"]])
  }

  @Test("no files, and empty ones, are no settings")
  func nothing() throws {
    #expect(try load() == .none)
    #expect(try load(project: "# later\n").contexts.isEmpty)
    #expect(try load(project: "contexts:\nkeys:\n").files.count == 1)
    let relative = try load(user: "theme: dusk", environment: ["XDG_CONFIG_HOME": "relative"])
    #expect(relative.theme?.value.dark == "dusk")
  }

  @Test(
    "each mistake is told with file, line, column and what may have been meant",
    arguments: [
      ("contexs: {}", "1:1: unknown key \"contexs\"; did you mean \"contexts\"?"),
      ("contexts:\n  p:\n    projct: a\n", "3:5: unknown key \"projct\"; did you mean \"project\"?"),
      ("contexts: {p: {protected: \"yes\"}}", "1:27: true or false is wanted here, not \"yes\""),
      ("contexts: {p: {locations: [a, b/c]}}", "1:31: \"b/c\" is not a location such as us-central1"),
      ("contexts: {p: {endpoint: ftp://x}}", "1:26: \"ftp://x\" is not a base URL"),
      ("contexts: [a]", "1:11: a mapping is wanted here, not a list"),
      (
        "contexts: {p: {emulator: \"127.0.0.1:1\", credentials: k.json}}",
        "1:54: an emulator is asked without credentials, so credentials has no meaning beside emulator"
      ),
      (
        "contexts: {p: {endpoints: {task: \"http://127.0.0.1:1\"}}}",
        "1:28: unknown service \"task\"; did you mean \"tasks\"?"
      ),
      ("contexts: {p: {impersonate: nobody}}", "1:29: \"nobody\" is not the e-mail address of a service account"),
      ("handlers: {a: {kind: htp, base: x}}", "1:22: unknown kind of handler \"htp\"; did you mean \"http\"?"),
      ("handlers: {a: {base: x}}", "1:15: a handler has a kind"),
      (
        "handlers: {a: {kind: http, bass: x}}",
        "1:28: unknown key of handlers of kind http \"bass\"; did you mean \"base\"?"
      ),
      (
        "handlers: {a: {kind: command, run: \"rm -rf x\"}}",
        "1:36: run is a list: the program and its arguments"
      ),
      (
        "handlers: {a: {kind: http, base: \"http://127.0.0.1:1\", timeout: soon}}",
        "1:65: a span of time such as 30s, 10m or 1h30m is wanted here, not \"soon\""
      ),
      ("replay: [{handler: web}]", "1:20: unknown handler \"web\""),
      ("replay: [{class: X}]", "1:10: a replay rule names its handler"),
      ("schedules: {sorce: django}", "1:13: unknown key \"sorce\"; did you mean \"source\"?"),
      ("context: prod\ncontexts: {prd: {}}", "1:10: unknown context \"prod\"; did you mean \"prd\"?"),
      ("theme: [a]", "1:8: text is wanted here, not a list"),
      ("a: b: c", "1:5: it is not YAML: mapping values are not allowed in this context"),
    ]) func mistakes(text: String, fault: String)
  {
    #expect(faults(text).first == "/work/shop/taskdeck.yaml:\(fault)")
  }

  @Test("how long and how much of the journal is kept")
  func retention() throws {
    let found = try load(project: "journal: {keep: 30d}", user: "journal: {keep: 1d, size: 500MB}").journal
    #expect(found.age == .seconds(30 * 86400) && found.bytes == 500_000_000)
    #expect(try load().journal.age == .seconds(90 * 86400) && load().journal.bytes == 2 << 30)
    #expect(faults("journal: {size: big}").first?.contains("1:17: a number of bytes") == true)
    #expect(faults("journal: {size: 99999999999GiB}").count == 1)
  }

  @Test("endpoints that keep credentials may lead elsewhere from the person's own file only")
  func strangersEndpoints() throws {
    let text = "contexts: {p: {endpoints: {tasks: \"https://evil.example\"}}}"
    #expect(faults(text).first?.contains("your credentials would go to evil.example") == true)
    #expect(faults(text, user: true).isEmpty)
    #expect(faults("contexts: {p: {endpoints: {tasks: \"https://tasks-x.p.googleapis.com\"}}}").isEmpty)
    #expect(faults("contexts: {p: {endpoints: {tasks: \"https://evilgoogleapis.com\"}}}").count == 1)
  }

  @Test("a file that others can write is refused where it names a program, and only there")
  func exposed() throws {
    let exposure = FileExposure(path: "/work/shop", reason: "is writable by everybody", remedy: "chmod")
    for text in [
      "handlers: {a: {kind: command, run: [x]}}", "handlers: {a: {kind: django}}", "schedules: {source: django}",
    ] {
      #expect { try load(project: text) { _ in exposure } } throws: { error in
        guard case .exposed(let place, exposure)? = error as? ConfigurationError else { return false }
        return place.file == "/work/shop/taskdeck.yaml" && place.line == 1
      }
    }
    #expect(try load(project: "contexts: {p: {project: a}}") { _ in exposure }.contexts.count == 1)
    #expect(
      try load(project: "handlers: {a: {kind: http, base: \"127.0.0.1:1\"}}") { _ in exposure }.handlers.count == 1)
  }

  @Test(
    "class patterns are globs",
    arguments: [
      ("Sync*", "SyncWarehouse", true), ("Sync*", "sync", false), ("*Mail", "SendMail", true), ("*", "", true),
      ("S?nd*l", "SendMail", true), ("Send", "SendMail", false), ("*a*b*c", "xxaxxbxxbxc", true), ("a*b", "axc", false),
    ]) func patterns(pattern: String, taskClass: String, matches: Bool) throws
  {
    let text = "handlers: {w: {kind: http, base: \"127.0.0.1:1\"}}\nreplay: [{class: \"\(pattern)\", handler: w}]"
    #expect((try load(project: text).replayRule(forClass: taskClass) != nil) == matches)
  }
}
