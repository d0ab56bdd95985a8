import ArgumentParser
import CloudModel
import Emulator
import Foundation
import Settings

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Open the console on an embedded emulator with a lively sample workload.",
    discussion: """
      Emulator, worker and workload live in this process: nothing outside loopback is touched, and nothing is left \
      behind. With --no-console it prints `listening on URL` and keeps running for other commands.
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var console: ConsoleOptions
  @Option(parsing: .unconditional, help: "Sample tasks to begin with.") var tasks = 3000
  @Flag(name: .customLong("no-console"), help: "Print the URL and keep the sample running instead.")
  var noConsole = false

  func validate() throws {
    if !(0...1_000_000).contains(tasks) { throw ValidationError("--tasks must be 0 to 1000000, not \(tasks).") }
    if options.endpoint != nil { throw ValidationError("The demo brings its own emulator; leave --endpoint out.") }
  }

  func run() async throws {
    let server = try await EmulatorCommand.start(EmulatorConfiguration())
    let worker = try await SampleWorker.start(behaviours: SampleWorkload.behaviours)
    var local = options
    (local.endpoint, local.project, local.location) = (server.url, "local", ["us-central1"])
    var quiet = local
    (quiet.verbose, quiet.trace) = (false, nil)
    // Themes, keys and handlers are the person's own; a context would turn the sample into that of another project.
    var configuration = try Configuration.load(ProcessInfo.processInfo.environment).withoutContexts
    let definitions = try SampleDefinitions(worker: worker.url)
    defer { definitions.remove() }
    configuration.schedules = definitions.settings
    let workload = SampleWorkload(try Wiring(quiet, configuration: configuration), worker: worker.url, tasks: tasks)
    do {
      try await noConsole
        ? keepRunning(workload, server.url)
        : open(
          workload, try Wiring(local, configuration: configuration), local)
    } catch {
      await end(server, worker)
      throw error
    }
    await end(server, worker)
  }

  private func open(_ workload: SampleWorkload, _ wiring: Wiring, _ local: GlobalOptions) async throws {
    try await workload.createQueues()
    let feeding = Task { try await workload.run() }
    defer { feeding.cancel() }
    try await ConsoleSession.run(wiring, local, console)
  }

  private func keepRunning(_ workload: SampleWorkload, _ url: String) async throws {
    let ending = Endings()
    try await workload.createQueues()
    try await workload.seed()
    let feeding = Task { try await workload.feed() }
    Output.write("listening on \(url)\n")
    await ending.first()
    feeding.cancel()
  }

  private func end(_ server: EmulatorServer, _ worker: SampleWorker) async {
    await server.stop()
    await worker.stop()
  }
}
