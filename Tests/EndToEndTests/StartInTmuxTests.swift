// What stands in the way of the console is a page with ways to go on; commands end with 64 as ever.

import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct StartInTmuxTests {
  private func folder(_ yaml: String) throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("taskdeck-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("taskdeck"), withIntermediateDirectories: true)
    try Data(yaml.utf8).write(to: folder.appendingPathComponent("taskdeck/config.yaml"))
    return folder
  }

  private func environment(_ folder: URL) -> [String: String] {
    [
      "XDG_CONFIG_HOME": folder.path, "XDG_STATE_HOME": "\(folder.path)/state", "HOME": folder.path,
      "NO_GCE_CHECK": "1",
    ]
  }

  private static let broken = "contexts:\n  prod: {emulator: \"http://127.0.0.1:9\", protcted: true}\n"

  @Test func `a broken configuration shows file, line and column, and goes on read-only, which no key changes`()
    async throws
  {
    let folder = try folder(Self.broken)
    let shell = try await Shell(columns: 120, environment: environment(folder))
    try await shell.run("cd \(folder.path) && \(Binary.path) --endpoint http://127.0.0.1:9")
    try await shell.wait("the page") {
      $0.contains("config.yaml:2:42") && $0.contains("^^^") && $0.contains("protcted:")
    }
    try await shell.press("Enter")
    try await shell.wait("a read-only console") { $0.contains("read-only") && $0.contains("Queues") }
    try await shell.press("C-r")
    try await shell.wait(for: "Every change is refused")
    try await shell.press("q")
    try await shell.waitForPrompt()
    try FileManager.default.removeItem(at: folder)
  }

  @Test func `it is mended in the editor and read again`() async throws {
    let folder = try folder(Self.broken)
    var variables = environment(folder)
    variables["EDITOR"] = "sed -i s/protcted/protected/"
    let shell = try await Shell(columns: 120, environment: variables)
    try await shell.run("cd \(folder.path) && \(Binary.path)")
    try await shell.wait(for: "config.yaml:2:42")
    try await shell.press("e")
    try await shell.wait("the protected context") { $0.contains("@prod") && $0.contains("PROTECTED") }
    try await shell.press("q")
    try await shell.waitForPrompt()
    try FileManager.default.removeItem(at: folder)
  }

  @Test func `commands end with 64 as ever`() async throws {
    let folder = try folder(Self.broken)
    let result = try await Binary.run(["queues", "list"], environment(folder))
    #expect(result.status == 64)
    #expect(result.errors.contains("config.yaml:2:42"))
    #expect(try await Binary.run([], environment(folder)).status == 64, "nor is there a page without a terminal")
    try FileManager.default.removeItem(at: folder)
  }

  @Test func `a theme that is not there is a page, and the console comes after it`() async throws {
    let folder = try folder("theme: pink\n")
    let shell = try await Shell(columns: 120, environment: environment(folder))
    try await shell.run("cd \(folder.path) && \(Binary.path) --endpoint http://127.0.0.1:9")
    try await shell.wait("the page") { $0.contains("config.yaml:1:8") && $0.contains("pink") && $0.contains("dusk") }
    try await shell.press("Enter")
    try await shell.wait(for: "No answer from http://127.0.0.1:9")
    try await shell.press("q")
    try await shell.waitForPrompt()
    try FileManager.default.removeItem(at: folder)
  }

  @Test func `a first run says what it looked at, and d opens the demo`() async throws {
    let folder = try folder("")
    let shell = try await Shell(columns: 120, environment: environment(folder))
    try await shell.run("cd \(folder.path) && \(Binary.path)")
    try await shell.wait("the page") {
      $0.contains("Looked at") && $0.contains("GOOGLE_CLOUD_PROJECT") && $0.contains("d open the demo")
    }
    try await shell.press("d")
    try await shell.wait(for: "webhooks")
    try await shell.press("q")
    try await shell.waitForPrompt()
    try FileManager.default.removeItem(at: folder)
  }

  @Test func `a theme with faults is a page with the lines, and the console comes after it`() async throws {
    let folder = try folder("theme: mine\n")
    let themes = folder.appendingPathComponent("taskdeck/themes")
    try FileManager.default.createDirectory(at: themes, withIntermediateDirectories: true)
    try Data("name: mine\nroles:\n  nonsense: red\n".utf8).write(to: themes.appendingPathComponent("mine.yaml"))
    let shell = try await Shell(columns: 120, environment: environment(folder))
    try await shell.run("cd \(folder.path) && \(Binary.path) --endpoint http://127.0.0.1:9")
    try await shell.wait("the page") { $0.contains("mine.yaml:3") && $0.contains("nonsense") }
    try await shell.press("Enter")
    try await shell.wait(for: "No answer from http://127.0.0.1:9")
    try await shell.press("q")
    try await shell.waitForPrompt()
    try FileManager.default.removeItem(at: folder)
  }

  @Test func `the demo opens whatever is broken in the configuration, and says so`() async throws {
    let folder = try folder(Self.broken)
    let shell = try await Shell(columns: 120, environment: environment(folder))
    try await shell.run("cd \(folder.path) && \(Binary.path) demo --tasks 200")
    try await shell.wait("the demo") { $0.contains("webhooks") && $0.contains("without your configuration") }
    try await shell.press("q")
    try await shell.waitForPrompt()
    try FileManager.default.removeItem(at: folder)
  }

  @Test func `a project and a location are typed on the page, and the console opens there`() async throws {
    let folder = try folder("")
    var variables = environment(folder)
    variables["CLOUDSDK_AUTH_ACCESS_TOKEN"] = "ya29.token"
    variables["CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDTASKS"] = "https://taskdeck.invalid"
    let shell = try await Shell(columns: 120, environment: variables)
    try await shell.run("cd \(folder.path) && \(Binary.path)")
    try await shell.wait("what to type") { $0.contains("Which project?") && $0.contains("p type a project") }
    try await shell.press("p")
    try await shell.type("no such")
    try await shell.press("Enter")
    try await shell.wait(for: "is not a project ID")
    try await shell.press("C-u")
    try await shell.type("acme-dev")
    try await shell.press("Enter")
    try await shell.wait(for: "Which location?")
    try await shell.press("l")
    try await shell.press("Enter")
    try await shell.wait("the console there") {
      $0.contains("acme-dev") && $0.contains("No answer from https://taskdeck")
    }
    try await shell.press("q")
    try await shell.waitForPrompt()
    try FileManager.default.removeItem(at: folder)
  }

  @Test func `the metadata server is asked behind the page, which goes away when it answers`() async throws {
    let folder = try folder("")
    let flavor = [("Metadata-Flavor", "Google")]
    let server = try TestServer { request in
      // As slow as the network of a laptop is in finding out that nobody is there.
      if request.path == "/" { Thread.sleep(forTimeInterval: 2) }
      let isProject = request.path.hasSuffix("project-id")
      return .answer(200, isProject ? "machine-project" : "googleapis.com", headers: flavor)
    }
    var variables = environment(folder)
    variables["NO_GCE_CHECK"] = nil
    variables["GCE_METADATA_HOST"] = "127.0.0.1:\(server.port)"
    variables["GCE_METADATA_TIMEOUT"] = "5"
    variables["CLOUDSDK_COMPUTE_REGION"] = "us-central1"
    let shell = try await Shell(columns: 120, environment: variables)
    try await shell.run("cd \(folder.path) && \(Binary.path)")
    try await shell.wait(for: "asking, this may take some seconds")
    try await shell.wait(for: "machine-project")
    try await shell.press("q")
    try await shell.waitForPrompt()
    server.stop()
    try FileManager.default.removeItem(at: folder)
  }
}
