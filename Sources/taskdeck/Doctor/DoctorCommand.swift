// `doctor`: everything that has to be right, looked at one by one.
//
// From the near to the far: the files of this machine, the terminal, who one is, the way to each service, what the
// services answer, and what they allow. What needs an earlier thing that failed is said not to have been looked at.

import ArgumentParser
import CloudModel
import Console
import Foundation
import Settings

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check configuration, credentials, permissions, reachability and the terminal; exit 1 when one fails.",
    discussion: """
      It only reads: one list call for each service and location, and one question about permissions. Each check is \
      bounded in time; tokens are never printed.
      """)

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let (files, configuration) = FileChecks(environment).run()
    let local = files + TerminalChecks(environment).all + StateChecks(environment).all
    // What others are asked for may take half a minute where they do not answer; a person sees the rest at once.
    if options.output == .table { show(local) }
    let remote: [Check]
    if let configuration {
      remote = await remoteChecks(configuration, environment)
    } else {
      remote = [
        Check(
          "context", .warn, "not looked at: without the configuration nobody knows which project is meant",
          remedy: "Mend the configuration first.")
      ]
    }
    let checks = local + remote
    show(options.output == .table ? remote : checks)
    if checks.contains(where: { $0.status == .fail }) { throw ExitCode(1) }
  }

  private func remoteChecks(_ configuration: Configuration, _ environment: [String: String]) async -> [Check] {
    var options = options
    // A handful of calls must not wait for a limit that is meant for a console left open.
    options.listCalls = nil
    do throws(Exit) {
      let wiring = try Wiring(options, environment: environment, configuration: configuration)
      return Self.context(wiring.context) + (await ServiceChecks(wiring, environment).all())
    } catch {
      return contextChecks(error, configuration, environment)
    }
  }

  /// There are no clients: where the context itself is known it is said, and what is wrong is the credentials.
  private func contextChecks(
    _ error: Exit, _ configuration: Configuration, _ environment: [String: String]
  ) -> [Check] {
    let isAboutCredentials = error.code == .unauthenticated
    do throws(Exit) {
      let (context, _) = try Wiring.settings(options)
      var checks = Self.context(context)
      if checks.last?.name == "credentials" { checks.removeLast() }
      return checks + [Check(isAboutCredentials ? "credentials" : "clients", error.failure)]
    } catch {
      return [Check(isAboutCredentials ? "credentials" : "context", error.failure)]
    }
  }

  private static func context(_ context: Context) -> [Check] {
    let name = context.name.map { "@\($0.value) (\($0.source)), " } ?? ""
    let safety = [(context.isProtected.value, "protected"), (context.readOnly.value, "read-only")]
      .filter(\.0).map { ", \($0.1)" }.joined()
    return [
      Check(
        "context", .ok,
        "\(name)project \(context.project.value) (\(context.project.source)), "
          + "\(context.locations.value.joined(separator: ", ")) (\(context.locations.source))\(safety)"),
      Check("credentials", .ok, "\(context.tasks.credentials.value.words) (\(context.tasks.credentials.source))"),
    ]
  }

  /// That of the longest name there is, `may browse topics and subscriptions`, for what is said in parts stands in line.
  private static let nameWidth = 35

  private func show(_ checks: [Check]) {
    let json: JSON = ["checks": .array(checks.map(\.json))]
    Output(format: options.output).show(json) {
      checks.flatMap { $0.lines(nameWidth: Self.nameWidth, columns: Self.columns) }
    }
  }

  /// Of the terminal that the output goes to.
  private static var columns: Int? {
    var size = winsize()
    guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return nil
    }
    return Int(size.ws_col)
  }
}
