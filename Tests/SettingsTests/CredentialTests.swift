// Who a run is, whom it impersonates, who pays and in which universe, each with its
// source.

import Settings
import Testing

/// Files that are a dictionary; everything else is not there.
func files(_ contents: [String: String]) -> SettingsFiles {
  SettingsFiles(
    read: { path throws(SettingsError) in contents[path] }, exists: { contents[$0] != nil })
}

@Suite struct CredentialChoiceTests {
  private let place = ["GOOGLE_CLOUD_PROJECT": "p", "CLOUDSDK_COMPUTE_REGION": "r", "HOME": "/home/me"]

  private func context(
    _ environment: [String: String] = [:], _ contents: [String: String] = [:],
    facts: CredentialFacts? = CredentialFacts(source: "the credentials"), impersonate: String? = nil
  ) throws -> Context {
    var flags = ContextFlags()
    flags.impersonate = impersonate
    return try Context.resolve(
      flags: flags, environment: place.merging(environment) { $1 }, files: files(contents)
    ) { _ in facts }
  }

  @Test func `explicit choices come before Google's order, the metadata server last`() throws {
    var environment = [
      "CLOUDSDK_AUTH_DISABLE_CREDENTIALS": "true", "TASKDECK_TOKEN_COMMAND": "give token",
      "CLOUDSDK_AUTH_ACCESS_TOKEN": "ya29.secret", "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE": "/token",
      "TASKDECK_CREDENTIALS": "/mine.json", "GOOGLE_APPLICATION_CREDENTIALS": "/k.json",
    ]
    let wellKnown = "/home/me/.config/gcloud/application_default_credentials.json"
    let expected: [(CredentialChoice, String)] = [
      (.anonymous, "CLOUDSDK_AUTH_DISABLE_CREDENTIALS"), (.tokenCommand("give token"), "TASKDECK_TOKEN_COMMAND"),
      (.accessToken(variable: "CLOUDSDK_AUTH_ACCESS_TOKEN"), "CLOUDSDK_AUTH_ACCESS_TOKEN"),
      (.accessTokenFile(path: "/token"), "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"),
      (.keyFile(path: "/mine.json"), "TASKDECK_CREDENTIALS"),
      (.keyFile(path: "/k.json"), "GOOGLE_APPLICATION_CREDENTIALS"),
    ]
    for (choice, source) in expected {
      #expect(try context(environment, [wellKnown: "{}"]).tasks.credentials == Sourced(choice, from: source))
      environment[source] = nil
    }
    let found = try context([:], [wellKnown: "{}"]).tasks.credentials
    #expect(found == Sourced(.keyFile(path: wellKnown), from: "gcloud auth application-default login"))
    #expect(try context().tasks.credentials == Sourced(.metadataServer, from: "default"))
  }

  @Test func `settings never hold the token itself`() throws {
    let context = try context(["CLOUDSDK_AUTH_ACCESS_TOKEN": "ya29.secret"])
    var text = "\(context)"
    dump(context, to: &text)
    #expect(
      !text.contains("ya29.secret") && context.tasks.credentials.value.words.contains("CLOUDSDK_AUTH_ACCESS_TOKEN"))
  }

  @Test func `no metadata server: told so, or not there`() throws {
    #expect(try context(["NO_GCE_CHECK": "true"]).tasks.credentials == Sourced(.none, from: "NO_GCE_CHECK"))
    let told = try context(["CLOUDSDK_CORE_CHECK_GCE_METADATA": "false"]).tasks.credentials
    #expect(told == Sourced(.none, from: "CLOUDSDK_CORE_CHECK_GCE_METADATA"))
    #expect(try context(facts: nil).tasks.credentials == Sourced(.none, from: "default"))
  }

  @Test func `anonymous services look for no credentials and read no file`() throws {
    for environment in [
      ["TASKDECK_ENDPOINT": "http://127.0.0.1:1"],
      ["CLOUD_TASKS_EMULATOR_HOST": "127.0.0.1:1", "CLOUD_SCHEDULER_EMULATOR_HOST": "127.0.0.1:1"],
    ] {
      let broken = SettingsFiles(
        read: { path throws(SettingsError) in
          throw SettingsError(source: path, reason: "read", remedy: "")
        }, exists: { _ in true })
      var asked = false
      let context = try Context.resolve(
        flags: ContextFlags(), environment: environment.merging(["HOME": "/home/me"]) { $1 }, files: broken
      ) { _ in
        asked = true
        return nil
      }
      #expect(!asked && context.project.value == "local" && context.tasks.credentials.value == .anonymous)
    }
  }

  @Test func `whom to impersonate: flag, TASKDECK_IMPERSONATE, gcloud's property`() throws {
    let config = [
      "/home/me/.config/gcloud/configurations/config_default": "[auth]\nimpersonate_service_account = c@d\n"
    ]
    var environment = ["TASKDECK_IMPERSONATE": "a@b", "CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT": "b@c"]
    #expect(try context(environment, config, impersonate: "f@g").impersonate == Sourced("f@g", from: "--impersonate"))
    #expect(try context(environment, config).impersonate == Sourced("a@b", from: "TASKDECK_IMPERSONATE"))
    environment["TASKDECK_IMPERSONATE"] = nil
    #expect(try context(environment, config).impersonate?.source == "CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT")
    let configured = try context([:], config).impersonate
    #expect(configured?.value == "c@d")
    #expect(configured?.source.hasSuffix("config_default [auth] impersonate_service_account") == true)
    #expect(try context().impersonate == nil)
  }

  @Test func `who pays: the environment before the file`() throws {
    let facts = CredentialFacts(quotaProject: "files", source: "/k.json")
    #expect(try context(facts: facts).quotaProject == Sourced("files", from: "/k.json"))
    let said = try context(["GOOGLE_CLOUD_QUOTA_PROJECT": "mine"], facts: facts).quotaProject
    #expect(said == Sourced("mine", from: "GOOGLE_CLOUD_QUOTA_PROJECT"))
    #expect(try context().quotaProject == nil)
  }

  @Test func `endpoints lie in the universe that is said, else the credentials'`() throws {
    let facts = CredentialFacts(universe: "x.cloud", source: "/k.json")
    let followed = try context(facts: facts)
    #expect(followed.universe == Sourced("x.cloud", from: "/k.json"))
    #expect(followed.tasks.url.value == "https://cloudtasks.x.cloud")
    #expect(followed.scheduler.url.value == "https://cloudscheduler.x.cloud")
    let said = try context(["GOOGLE_CLOUD_UNIVERSE_DOMAIN": "y.cloud"], facts: facts)
    #expect(said.tasks.url.value == "https://cloudtasks.y.cloud")
    let config = ["/home/me/.config/gcloud/configurations/config_default": "[core]\nuniverse_domain=z.cloud\n"]
    #expect(try context([:], config, facts: facts).universe.value == "z.cloud")
    #expect(try context().universe == Sourced("googleapis.com", from: "default"))
  }
}

@Suite struct GcloudConfigurationTests {
  private let folder = "/home/me/.config/gcloud"

  private func context(_ environment: [String: String] = [:], _ contents: [String: String]) throws -> Context {
    try Context.resolve(
      flags: ContextFlags(), environment: ["HOME": "/home/me"].merging(environment) { $1 }, files: files(contents)
    ) { choice in
      CredentialFacts(project: choice == .metadataServer ? "machine" : "key", source: choice.words)
    }
  }

  private let work = """
    # written by gcloud
    [core]
    project = acme
    account = me@acme.example
    [compute]
    region = europe-west1
    [api_endpoint_overrides]
    cloudtasks = http://127.0.0.1:1/
    iamcredentials = https://iam.acme.example/
    """

  @Test func `the active configuration gives project, region and endpoints`() throws {
    let contents = ["\(folder)/active_config": "work\n", "\(folder)/configurations/config_work": work]
    let context = try context([:], contents)
    let path = "\(folder)/configurations/config_work"
    #expect(context.project == Sourced("acme", from: "\(path) [core] project"))
    #expect(context.locations == Sourced(["europe-west1"], from: "\(path) [compute] region"))
    #expect(context.tasks.url.value == "http://127.0.0.1:1" && context.tasks.credentials.value == .metadataServer)
    #expect(context.scheduler.url.value == "https://cloudscheduler.googleapis.com")
    #expect(context.iamEndpoint?.value == "https://iam.acme.example")
  }

  @Test func `variables win over the configuration, a key file's project too, a machine's does not`() throws {
    let contents = ["\(folder)/configurations/config_default": work]
    let environment = [
      "CLOUDSDK_COMPUTE_REGION": "r", "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDTASKS": "http://127.0.0.1:2",
    ]
    #expect(try context(environment, contents).tasks.url.value == "http://127.0.0.1:2")
    #expect(try context(environment, contents).locations.value == ["r"])
    #expect(try context(environment, contents).project.value == "acme")
    let keyed = environment.merging(["GOOGLE_APPLICATION_CREDENTIALS": "/k.json"]) { $1 }
    #expect(try context(keyed, contents).project == Sourced("key", from: "/k.json"))
    #expect(
      try context(["CLOUDSDK_COMPUTE_REGION": "r"], [:]).project == Sourced("machine", from: "the metadata server"))
  }

  @Test func `folder and name may come from variables`() throws {
    let contents = [
      "/g/active_config": "one", "/g/configurations/config_two": "[core]\nproject=two\n[compute]\nregion=r\n",
    ]
    let environment = ["CLOUDSDK_CONFIG": "/g", "CLOUDSDK_ACTIVE_CONFIG_NAME": "two"]
    #expect(try context(environment, contents).project.value == "two")
    let none = environment.merging(["CLOUDSDK_ACTIVE_CONFIG_NAME": "NONE", "CLOUDSDK_COMPUTE_REGION": "r"]) { $1 }
    #expect(try context(none, contents).project.value == "machine")
  }

  @Test func `a configuration that is not there, or has no name, is refused`() {
    for (name, words) in [("gone", "no gcloud configuration named gone"), ("../x", "is not the name")] {
      #expect {
        try context(["CLOUDSDK_ACTIVE_CONFIG_NAME": name], [:])
      } throws: { error in
        let error = error as? SettingsError
        return error?.source == "CLOUDSDK_ACTIVE_CONFIG_NAME" && error?.reason.contains(words) == true
      }
    }
  }

  @Test(arguments: [
    ("project = p\n", 1, "before the first [section]"), ("[core]\n\nnonsense\n", 3, "neither a [section]"),
    ("[core\n", 1, "no end"), ("[]\n", 1, "no name"), ("[core]\na = 1\r\nA = 2\r\n", 3, "twice"),
    ("[core]\n = 1\n", 2, "neither"),
  ]) func `a broken line is named with its number`(text: String, line: Int, words: String) {
    let path = "\(folder)/configurations/config_default"
    #expect {
      try context([:], [path: text])
    } throws: { error in
      let error = error as? SettingsError
      return error?.source == "\(path):\(line)" && error?.reason.contains(words) == true
    }
  }

  @Test(arguments: [
    "[core]\r\nproject = p\r\n", "; c\n[core]\nPROJECT: p", "[other]\n[core]\n  # indented\nproject=p  \n[other]\nx=\n",
    "[core]\naccount = a\n  b\nproject = p\n",
  ]) func `what configparser reads is read`(text: String) throws {
    let contents = ["\(folder)/configurations/config_default": text]
    #expect(try context(["CLOUDSDK_COMPUTE_REGION": "r"], contents).project.value == "p")
  }
}
