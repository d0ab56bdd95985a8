// The switch behind Ctrl-R, below every screen: the port itself refuses.

import CloudModel
import Foundation
import Operations
import TestSupport
import Testing

@testable import taskdeck

@Suite struct ReadOnlySwitchTests {
  private func bench(_ more: [String] = []) throws -> (Workbench, ReadOnlySwitch, TaskName, URL) {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("taskdeck-\(UUID().uuidString)")
    let environment = ["XDG_STATE_HOME": folder.path, "HOME": folder.path]
    // Nothing listens on port 9: a call that gets through fails, and not by being refused.
    let options = try GlobalOptions.parse(["--endpoint", "http://127.0.0.1:9"] + more)
    let wiring = try Wiring(options, environment: environment)
    let readOnly = ReadOnlySwitch(wiring.context.readOnly)
    let bench = try Workbench(wiring, readOnly: readOnly, environment: environment)
    return (bench, readOnly, try wiring.task("1", in: try wiring.queue("orders")), folder)
  }

  @Test func `turning it makes the port refuse every change, and allow them again`() async throws {
    let (bench, readOnly, task, folder) = try bench()
    #expect(bench.service.refusalOfChanges == nil)
    readOnly.isOn = true
    #expect(bench.service.refusalOfChanges?.message.contains("Ctrl-R") == true)
    await #expect(throws: APIError.self) { try await bench.service.deleteTask(task) }
    do throws(APIError) { try await bench.service.deleteTask(task) } catch {
      #expect(error.status == .failedPrecondition)
      #expect(error.message.contains("read-only"))
    }
    readOnly.isOn = false
    #expect(bench.service.refusalOfChanges == nil)
    try FileManager.default.removeItem(at: folder)
  }

  @Test func `the flag turns it on from the start and is named as the reason`() throws {
    let (bench, readOnly, _, folder) = try bench(["--read-only"])
    #expect(readOnly.isOn)
    #expect(bench.service.refusalOfChanges?.message.contains("--read-only") == true)
    try FileManager.default.removeItem(at: folder)
  }
}
