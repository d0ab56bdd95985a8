// A Python script in the user's Django project, run by the project's own
// interpreter.
//
// The script gets its request on descriptor 3 and answers on descriptor 4, so that
// whatever the project prints, reads or redirects never mixes with either. What
// every script needs is in Django/project.py, which comes before it.

import CloudModel
import Foundation
import ReplayModel

/// What a script left.
package struct DjangoAnswer: Equatable, Sendable {
  /// How the interpreter ended. Its fault is set when the project could not be set up.
  package var report: RunReport
  /// The answer; nil when it gave none.
  package var json: JSON?

  package init(report: RunReport, json: JSON?) { (self.report, self.json) = (report, json) }
}

/// Runs scripts in Django projects.
package struct DjangoRunner: Sendable {
  private let environment: [String: String]
  private let grace: Duration

  /// - Parameters:
  ///   - environment: of this process; the interpreter gets it, with the project's own on top.
  ///   - grace: what it has between SIGTERM and SIGKILL.
  package init(environment: [String: String], grace: Duration = .seconds(3)) {
    (self.environment, self.grace) = (environment, grace)
  }

  /// Runs `script` after Django/project.py, which defines `REQUEST`, `set_up()` and `answer()`.
  ///
  /// - Parameters:
  ///   - withTerminal: hands over the terminal, so that nothing is received.
  ///   - receive: gets what it prints, line by line. Nothing else is printed.
  package func run(
    _ script: String, request: JSONObject, in project: DjangoProject, timeout: Duration, withTerminal: Bool = false,
    _ receive: @escaping @Sendable (OutputLine) -> Void
  ) async -> DjangoAnswer {
    do throws(RunFault) {
      let process = try ChildProcess(
        command(script, request, project, withTerminal), timeout: timeout, grace: grace)
      return Self.answer(try await process.run(receive).get())
    } catch {
      return DjangoAnswer(report: RunReport(.neverRan, seconds: 0, fault: error), json: nil)
    }
  }

  private func command(
    _ script: String, _ request: JSONObject, _ project: DjangoProject, _ withTerminal: Bool
  ) throws(RunFault) -> ChildCommand {
    let variables = environment.merging(project.environment) { _, own in own }
    // -u: a line is there when it is printed. The script is an argument, so there is no file to leave behind.
    let words = [project.python, "-u", "-c", Self.preamble + "\n" + script]
    var command = try ChildCommand(words, directory: project.directory, environment: variables)
    var request = request
    request["directory"] = .string(project.directory)
    request["settings"] = project.settings.map(JSON.string) ?? .null
    command.request = JSON.object(request).data
    if withTerminal { command.input = .terminal }
    return command
  }

  private static var preamble: String { String(decoding: PackageResources.project_py, as: UTF8.self) }

  private static func answer(_ end: ChildEnd) -> DjangoAnswer {
    var report = RunReport(end.end, seconds: end.seconds)
    report.peakMemory = end.peakMemory
    var json: JSON?
    // Without an answer, or with half of one, the exit status says all there is to say.
    if !end.answer.isEmpty { do { json = try JSON(parsing: end.answer) } catch { json = nil } }
    if let fault = json?["fault"]?.object {
      report.fault = RunFault(fault)
      json = nil
    }
    return DjangoAnswer(report: report, json: json)
  }
}

extension RunFault {
  /// As project.py writes it.
  init(_ fault: JSONObject) {
    func text(_ key: String) -> String { fault[key]?.string ?? "" }
    let frame = fault["frame"]?.object.map {
      Frame(file: $0["file"]?.string ?? "", line: $0["line"]?.int ?? 0, function: $0["function"]?.string ?? "")
    }
    switch text("kind") {
    case "library": self = .libraryMissing(module: text("module"), python: text("python"))
    case "settings": self = .settingsMissing(text("reason"))
    case "import": self = .importFailed(text("reason"), frame)
    case "class": self = .classUnknown(text("name"), near: fault["near"]?.array?.compactMap(\.string) ?? [])
    case "function": self = .functionUnknown(text("name"), reason: text("reason"))
    case "payload": self = .payloadUnusable(text("reason"))
    default: self = .raised(text("reason"), frame)
    }
  }
}
