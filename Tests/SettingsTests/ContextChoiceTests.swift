// Which context a run is about, and what wins over what.

import Settings
import Testing

@Suite struct ContextChoiceTests {
  private let text = """
    contexts:
      prod:
        project: acme-prod
        locations: [us-central1]
        app: billing
        protected: true
        read-only: true
        credentials: k.json
        service-account: runner@acme
        endpoints: {pubsub: "http://127.0.0.1:2"}
      laptop: {emulator: "http://127.0.0.1:8123"}
    """

  private func configuration(_ text: String? = nil) throws -> Configuration {
    try Configuration(text ?? self.text, file: "/w/taskdeck.yaml", scope: .project, home: nil)
  }

  private func context(
    _ name: String?, _ environment: [String: String] = [:], text: String? = nil,
    _ change: (inout ContextFlags) -> Void = { _ in }
  ) throws -> Context {
    var flags = ContextFlags()
    flags.context = name
    change(&flags)
    return try Context.resolve(flags: flags, environment: environment, configuration: configuration(text)) { _ in
      CredentialFacts(project: "from-key", source: "k.json")
    }
  }

  @Test("a context gives each value, with file and line as its source")
  func values() throws {
    let found = try context("prod")
    #expect(found.name == Sourced("prod", from: "--context"))
    #expect(found.project == Sourced("acme-prod", from: "/w/taskdeck.yaml:3"))
    #expect(found.locations.value == ["us-central1"] && found.app?.value == "billing")
    #expect(found.isProtected == Sourced(true, from: "/w/taskdeck.yaml:6") && found.readOnly.value)
    #expect(found.tasks.credentials == Sourced(.keyFile(path: "/w/k.json"), from: "/w/taskdeck.yaml:8"))
    #expect(found.pubsub.url.value == "http://127.0.0.1:2" && found.pubsub.credentials.value != .anonymous)
    #expect(found.tasks.url.value == "https://cloudtasks.googleapis.com")
    #expect(found.delimiter == Sourced("--", from: "default") && found.serviceAccount?.value == "runner@acme")
  }

  @Test("a context wins over Google's and the library's variables, TASKDECK_* and flags over the context")
  func order() throws {
    var environment = [
      "GOOGLE_CLOUD_PROJECT": "other", "GOOGLE_APPLICATION_CREDENTIALS": "/other.json", "GCP_SERVICE_ACCOUNT": "x@y",
      "CLOUDSDK_COMPUTE_REGION": "asia-east1", "DJANGO_CLOUD_TASKS_APP_NAME": "other", "PUBSUB_EMULATOR_HOST": "h:1",
      "CLOUDSDK_AUTH_ACCESS_TOKEN": "secret",
    ]
    #expect(try context("prod", environment) == context("prod"))
    environment["TASKDECK_PROJECT"] = "mine"
    environment["TASKDECK_APP"] = "own"
    environment["TASKDECK_READ_ONLY"] = "0"
    let found = try context("prod", environment)
    #expect(found.project == Sourced("mine", from: "TASKDECK_PROJECT") && found.app?.value == "own")
    #expect(!found.readOnly.value)
    let flagged = try context("prod", environment) { flags in
      (flags.project, flags.locations, flags.readOnly) = ("flag", ["l"], true)
      flags.endpoint = "http://127.0.0.1:9"
    }
    #expect(flagged.project.source == "--project" && flagged.locations.source == "--location")
    #expect(flagged.tasks.url.source == "--endpoint" && flagged.pubsub.url.source == "--endpoint")
    #expect(flagged.readOnly.source == "--read-only" && flagged.isProtected.value)
  }

  @Test("an emulator's context is anonymous for all services, and local where it says nothing else")
  func emulator() throws {
    let found = try context("laptop", ["GOOGLE_APPLICATION_CREDENTIALS": "/k.json"])
    #expect(found.project.value == "local" && found.locations.value == ["us-central1"])
    for service in [found.tasks, found.scheduler, found.pubsub] {
      #expect(service.url == Sourced("http://127.0.0.1:8123", from: "/w/taskdeck.yaml:11"))
      #expect(service.credentials.value == .anonymous)
    }
  }

  @Test("flag, then TASKDECK_CONTEXT, then context:, then the only one; none of several")
  func choice() throws {
    #expect(try context("prod", ["TASKDECK_CONTEXT": "laptop"]).name?.value == "prod")
    #expect(try context(nil, ["TASKDECK_CONTEXT": "laptop"]).name == Sourced("laptop", from: "TASKDECK_CONTEXT"))
    #expect(try context(nil, text: text + "\ncontext: laptop").name == Sourced("laptop", from: "/w/taskdeck.yaml:12"))
    #expect(
      try context(nil, text: "contexts: {one: {project: p, locations: l}}").name
        == Sourced("one", from: "the only context"))
    let flags = ContextFlags()
    let none = try Context.resolve(
      flags: flags, environment: ["TASKDECK_ENDPOINT": "127.0.0.1:1", "TASKDECK_CONTEXT": ""],
      configuration: configuration())
    #expect(none.name == nil && !none.isProtected.value && none.project.value == "local")
  }

  @Test("an unknown context is refused with the nearest, or with all there are")
  func unknown() throws {
    for (name, words) in [("prd", "Did you mean prod?"), ("zzz", "There are: prod, laptop.")] {
      #expect { try context(name) } throws: { error in
        let error = error as? SettingsError
        return error?.source == "--context" && error?.remedy == words
      }
    }
    #expect { try context(nil, ["TASKDECK_CONTEXT": "x"], text: "theme: dusk") } throws: { error in
      let error = error as? SettingsError
      return error?.source == "TASKDECK_CONTEXT" && error?.remedy.contains("taskdeck.yaml") == true
    }
  }

  @Test("the library's variables are read as the library reads them")
  func library() throws {
    let loopback = ["TASKDECK_ENDPOINT": "http://127.0.0.1:1"]
    func resolved(_ environment: [String: String]) throws -> Context {
      try Context.resolve(flags: ContextFlags(), environment: environment.merging(loopback) { $1 })
    }
    let set = try resolved([
      "DJANGO_CLOUD_TASKS_APP_NAME": "shop", "DJANGO_CLOUD_TASKS_DELIMITER": "_", "GCP_LOCATION": "l", "APP_NAME": "no",
      "DJANGO_CLOUD_TASKS_ENDPOINT": "http://localhost:8080/", "GCP_PROJECT": "p", "GCP_SERVICE_ACCOUNT": "a@b",
    ])
    #expect(set.app?.value == "shop" && set.delimiter.value == "_" && set.appEndpoint?.value == "http://localhost:8080")
    #expect(set.project.value == "p" && set.locations.value == ["l"] && set.serviceAccount?.value == "a@b")
    #expect(set.backupQueueID(of: "shop") == "shop_temp")
    #expect(try resolved(["APP_NAME": "plain"]).app == Sourced("plain", from: "APP_NAME"))
    #expect(try resolved(["APP_NAME": "plain", "DJANGO_CLOUD_TASKS_APP_NAME": ""]).app == nil)
    #expect(try resolved(["DJANGO_CLOUD_TASKS_DELIMITER": ""]).delimiter.value.isEmpty)
    #expect(try resolved(["DJANGO_CLOUD_TASKS_BACKUP_QUEUE_NAME": "spare"]).backupQueueID(of: "shop") == "spare")
    #expect(try resolved([:]).backupQueueID(of: "shop") == "shop--temp")
  }

  @Test("extra certificates: the context's, gcloud's property, OpenSSL's variable; a missing file is refused")
  func certificates() throws {
    let files = SettingsFiles(read: { _ throws(SettingsError) in nil }, exists: { $0 == "/ca.pem" })
    func found(_ text: String, _ environment: [String: String] = [:]) throws -> Sourced<String>? {
      try Context.caFile(
        flags: ContextFlags(), environment: environment, configuration: configuration(text), files: files)
    }
    let context = "contexts: {a: {ca-file: /ca.pem}}"
    let both = ["SSL_CERT_FILE": "/ca.pem", "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE": "/ca.pem"]
    #expect(try found(context, both)?.source == "/w/taskdeck.yaml:1")
    #expect(try found("", both)?.source == "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE")
    #expect(try found("", ["SSL_CERT_FILE": "/ca.pem"])?.source == "SSL_CERT_FILE")
    #expect(try found("") == nil)
    #expect(throws: SettingsError.self) { try found("contexts: {a: {ca-file: /gone.pem}}") }
  }
}
