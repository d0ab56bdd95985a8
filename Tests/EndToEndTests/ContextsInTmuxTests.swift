// Two contexts on two emulators, in the real binary: nothing of the one is seen in the other.

import CloudModel
import Emulator
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct ContextsInTmuxTests {
  /// A folder with a configuration of two contexts.
  private struct Place {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("taskdeck-\(UUID().uuidString)")

    init(_ first: String, _ second: String) throws {
      try FileManager.default.createDirectory(
        at: folder.appendingPathComponent("taskdeck"), withIntermediateDirectories: true)
      let yaml = """
        context: laptop
        contexts:
          laptop: {emulator: "\(first)", project: shop-dev, locations: [us-central1, europe-west1], colour: cyan}
          prod: {emulator: "\(second)", project: shop-prod, protected: true}
          broken: {emulator: "http://127.0.0.1:9", project: nowhere}
        """
      try Data(yaml.utf8).write(to: folder.appendingPathComponent("taskdeck/config.yaml"))
    }

    var environment: [String: String] {
      ["XDG_CONFIG_HOME": folder.path, "XDG_STATE_HOME": folder.appendingPathComponent("state").path]
    }
  }

  private func emulator(_ queues: String...) async throws -> EmulatorServer {
    var configuration = EmulatorConfiguration()
    configuration.queues = try queues.map { try QueueName("projects/\($0)") }
    return try await EmulatorServer.start(configuration)
  }

  private func console(_ body: (Shell, Place) async throws -> Void) async throws {
    let dev = try await emulator(
      "shop-dev/locations/us-central1/queues/dev-orders", "shop-dev/locations/europe-west1/queues/dev-mail")
    let prod = try await emulator("shop-prod/locations/us-central1/queues/live-orders")
    let place = try Place(dev.url, prod.url)
    let shell = try await Shell(columns: 120, environment: place.environment)
    try await shell.run("cd \(place.folder.path) && \(Binary.path)")
    try await shell.wait(for: "dev-orders")
    try await body(shell, place)
    try await shell.press("q")
    try await shell.waitForPrompt()
    try FileManager.default.removeItem(at: place.folder)
    await dev.stop()
    await prod.stop()
  }

  @Test func `the list of contexts leads to another one and back, and neither shows a row of the other`() async throws {
    try await console { shell, _ in
      #expect(try await shell.screen().contains("europe-west1"), "locations are merged")
      try await shell.press("W")
      try await shell.wait("the contexts") { $0.contains("@prod") && $0.contains("config.yaml:4") }
      try await shell.press("j", "Enter")
      try await shell.wait("the other context") { $0.contains("live-orders") && $0.contains("PROTECTED") }
      #expect(try await !shell.screen().contains("dev-"))
      try await shell.type(":@laptop")
      try await shell.press("Enter")
      try await shell.wait("the first one again") { $0.contains("dev-orders") && $0.contains("dev-mail") }
      #expect(try await !shell.screen().contains("live-"))
    }
  }

  @Test func `a queue, its filter and its plan do not come along`() async throws {
    try await console { shell, _ in
      try await shell.type("/dev")
      try await shell.press("Enter", "P")
      try await shell.wait(for: "Cancel")
      try await shell.type(":@prod")
      try await shell.press("Enter")
      try await shell.press("Escape")
      try await shell.type(":@prod")
      try await shell.press("Enter")
      try await shell.wait("the other context") { $0.contains("live-orders") && !$0.contains("filter dev") }
      try await shell.press("P")
      try await shell.wait("a name to type") { $0.contains("live-orders and press Enter") }
      try await shell.press("Escape")
    }
  }

  @Test func `an unreachable context says so, and leaves no row of the one before`() async throws {
    try await console { shell, _ in
      try await shell.type(":@broken")
      try await shell.press("Enter")
      try await shell.wait(for: "No answer from http://127.0.0.1:9")
      #expect(try await !shell.screen().contains("dev-"))
      try await shell.type(":@laptop")
      try await shell.press("Enter")
      try await shell.wait(for: "dev-orders")
    }
  }

  @Test func `a configuration that was broken meanwhile keeps the context, with file and line`() async throws {
    try await console { shell, place in
      let file = place.folder.appendingPathComponent("taskdeck/config.yaml")
      let good = try Data(contentsOf: file)
      try Data("contexts:\n  prod: {projct: x}\n".utf8).write(to: file)
      try await shell.type(":@prod")
      try await shell.press("Enter")
      try await shell.wait("the reason") { $0.contains("Still in laptop") && $0.contains("config.yaml:2:10") }
      #expect(try await shell.screen().contains("dev-orders"))
      try good.write(to: file)
      try await shell.type(":reload")
      try await shell.press("Enter")
      try await shell.wait("the context anew") { $0.contains("Now in laptop.") && $0.contains("dev-orders") }
    }
  }
}
