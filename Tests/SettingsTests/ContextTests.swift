import Settings
import Testing

@Suite struct ContextTests {
  @Test func `a loopback endpoint needs nothing else`() throws {
    var flags = ContextFlags()
    flags.endpoint = "http://127.0.0.1:8123/"
    let context = try Context.resolve(flags: flags, environment: [:])
    #expect(context.project == Sourced("local", from: "default of a loopback endpoint"))
    #expect(context.locations.value == ["us-central1"])
    #expect(context.tasks.url == Sourced("http://127.0.0.1:8123", from: "--endpoint"))
    #expect(context.scheduler.credentials.value == .anonymous)
  }

  @Test func `flags win over TASKDECK_*, these over Google's`() throws {
    let environment = [
      "TASKDECK_PROJECT": "mine", "GOOGLE_CLOUD_PROJECT": "google", "CLOUDSDK_COMPUTE_REGION": "europe-west1",
    ]
    var flags = ContextFlags()
    #expect(
      try Context.resolve(flags: flags, environment: environment).project == Sourced("mine", from: "TASKDECK_PROJECT"))
    flags.project = "flag"
    flags.locations = ["us-east1,us-east4", "us-west1"]
    let context = try Context.resolve(flags: flags, environment: environment)
    #expect(context.project == Sourced("flag", from: "--project"))
    #expect(context.locations.value == ["us-east1", "us-east4", "us-west1"])
  }

  @Test func `emulator variables are host and port, and anonymous`() throws {
    let environment = [
      "CLOUD_TASKS_EMULATOR_HOST": "localhost:9000", "GOOGLE_APPLICATION_CREDENTIALS": "/k.json",
      "GOOGLE_CLOUD_PROJECT": "p",
    ]
    let context = try Context.resolve(flags: ContextFlags(), environment: environment)
    #expect(context.tasks.url.value == "http://localhost:9000")
    #expect(context.tasks.credentials.value == .anonymous)
    #expect(context.scheduler.url.value == "https://cloudscheduler.googleapis.com")
    #expect(context.scheduler.credentials.value == .keyFile(path: "/k.json"))
  }

  @Test func `gcloud's endpoint overrides keep credentials`() throws {
    let environment = [
      "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDTASKS": "http://127.0.0.1:1/", "GOOGLE_APPLICATION_CREDENTIALS": "/k.json",
    ]
    let context = try Context.resolve(flags: ContextFlags(), environment: environment)
    #expect(context.tasks.url.value == "http://127.0.0.1:1")
    #expect(context.tasks.credentials.value == .keyFile(path: "/k.json"))
  }

  @Test func `the project may come from the key file`() throws {
    let environment = ["GOOGLE_APPLICATION_CREDENTIALS": "/k.json", "GCP_LOCATION": "us-east1"]
    let context = try Context.resolve(flags: ContextFlags(), environment: environment) { choice in
      choice == .keyFile(path: "/k.json") ? CredentialFacts(project: "from-key", source: "/k.json") : nil
    }
    #expect(context.project == Sourced("from-key", from: "/k.json"))
  }

  @Test func `a real endpoint without a project or a location is refused, with the demo named`() {
    #expect {
      try Context.resolve(flags: ContextFlags(), environment: [:])
    } throws: { error in
      (error as? SettingsError)?.remedy.contains("taskdeck demo") == true
    }
    #expect(throws: SettingsError.self) {
      try Context.resolve(flags: ContextFlags(), environment: ["GOOGLE_CLOUD_PROJECT": "p"])
    }
  }

  @Test(arguments: ["ftp://x", "http://", "http://a:99999", "http://a?x=1", "http://u@a", "not a url"])
  func `what is not a base URL is refused with its source`(text: String) {
    var flags = ContextFlags()
    flags.endpoint = text
    #expect {
      try Context.resolve(flags: flags, environment: [:])
    } throws: { error in
      (error as? SettingsError)?.source == "--endpoint"
    }
  }

  @Test(arguments: [
    ("http://127.0.0.1:1", true), ("http://localhost", true), ("http://[::1]:80", true), ("http://127.9.9.9", true),
    ("https://cloudtasks.googleapis.com", false), ("http://127.evil.example", false), ("http://10.0.0.1", false),
    ("http://127.0.0.1.nip.example", false),
  ])
  func `loopback is this machine and nothing that looks like it`(url: String, expected: Bool) {
    #expect(isLoopbackURL(url) == expected)
  }
}
