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
    var (configuration, fault) = ownConfiguration()
    if let fault { Output.say("taskdeck: \(fault)") }
    // So that `B` runs a task of the sample: its worker is a server on this machine, as yours would be.
    let place = FilePlace(file: "the demo", line: 1, column: 1)
    configuration.handlers.insert(
      HandlerSettings(name: "worker", place: place, kind: .http(HTTPHandlerSettings(base: worker.url))), at: 0)
    let definitions = try SampleDefinitions(worker: worker.url)
    defer { definitions.remove() }
    configuration.schedules = definitions.settings
    let environment = Self.environment
    let sample = try Wiring(quiet, environment: environment, configuration: configuration)
    let workload = SampleWorkload(sample, worker: worker.url, tasks: tasks)
    do {
      if noConsole {
        try await keepRunning(workload, server.url)
      } else {
        let wiring = try Wiring(local, environment: environment, configuration: configuration)
        try await open(workload, wiring, local, notice: fault)
      }
    } catch {
      await end(server, worker)
      throw error
    }
    await end(server, worker)
  }

  /// Themes, keys and handlers are the person's own; a context would turn the sample into that of another project. What
  /// is broken there is told, and is no reason to show nothing.
  private func ownConfiguration() -> (Configuration, fault: String?) {
    var configuration: Configuration
    do throws(ConfigurationError) {
      configuration = try Configuration.found(ProcessInfo.processInfo.environment).withoutContexts
    } catch {
      let exit = Exit(error)
      return (.none, "The demo goes on without your configuration. \(exit.failure.title): \(exit.failure.reason)")
    }
    let themes = ThemeFolder(ProcessInfo.processInfo.environment).all
    guard console.theme == nil, let wanted = configuration.theme,
      !themes.contains(where: { $0.theme.name == wanted.value.dark })
    else { return (configuration, nil) }
    configuration.theme = nil
    return (configuration, "\(wanted.place): there is no theme named \(printable(wanted.value.dark)).")
  }

  /// Without what would point the sample elsewhere, or refuse to make it.
  private static var environment: [String: String] {
    let foreign = ["TASKDECK_CONTEXT", "TASKDECK_PROJECT", "TASKDECK_LOCATION", "TASKDECK_ENDPOINT"]
    return ProcessInfo.processInfo.environment.filter { !foreign.contains($0.key) }
  }

  private func open(
    _ workload: SampleWorkload, _ wiring: Wiring, _ local: GlobalOptions, notice: String?
  ) async throws {
    try await workload.createQueues()
    let feeding = Task { try await workload.run() }
    defer { feeding.cancel() }
    try await ConsoleSession.run(wiring, local, console, notice: notice)
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
