// The Django project here, and what it defines.

import CloudModel
import Foundation
import LocalRun
import Operations
import ReplayModel
import Settings

/// Reads definitions of a Django project in the project's own interpreter.
enum DjangoDefinitions {
  static func read(_ wiring: Wiring) async throws -> DefinitionSet {
    let environment = ProcessInfo.processInfo.environment
    let project = try project(wiring.configuration, environment)
    // What the project prints while it is imported is for people, and never for a pipe that reads a plan.
    let answer = await DjangoRunner(environment: environment).definitions(of: project) { line in
      if line.source == .errors { Output.say(printable(line.text)) }
    }
    guard let json = answer.json else { throw failure(answer.report, project) }
    return DefinitionSet(django: json, directory: project.directory)
  }

  /// That of the configuration, else the one in the working directory.
  static func project(_ configuration: Configuration, _ environment: [String: String]) throws(Exit) -> DjangoProject {
    if let settings = configured(configuration) {
      return DjangoProject(
        directory: settings.directory,
        python: settings.python ?? DjangoDiscovery.python(in: settings.directory, environment: environment),
        settings: settings.settings ?? DjangoDiscovery.settings(ofProjectIn: settings.directory),
        environment: settings.environment)
    }
    let here = FileManager.default.currentDirectoryPath
    if let project = DjangoDiscovery.project(in: here, environment: environment) { return project }
    throw .usage(
      "There is no Django project here",
      reason: "\(here) has no manage.py, and no handler of kind django is configured.",
      remedy: "Run it in the folder of manage.py, or name the project in taskdeck.yaml under handlers:.")
  }

  private static func configured(_ configuration: Configuration) -> DjangoHandlerSettings? {
    let named = configuration.schedules?.handler.flatMap { configuration.handler(named: $0.value) }
    for handler in (named.map { [$0] } ?? configuration.handlers) {
      if case .django(let settings) = handler.kind { return settings }
    }
    return nil
  }

  private static func failure(_ report: RunReport, _ project: DjangoProject) -> Exit {
    let (reason, remedy) = words(report, project)
    return .refused("The Django project cannot be read", reason: printable(reason), remedy: remedy)
  }

  private static func words(_ report: RunReport, _ project: DjangoProject) -> (reason: String, remedy: String) {
    let check = "Run `\(project.python) manage.py check` in \(project.directory) and mend what it says."
    func at(_ frame: RunFault.Frame?) -> String { frame.map { " (\($0.file):\($0.line))" } ?? "" }
    switch report.fault {
    case .programMissing(let program, let reason):
      return ("\(program) cannot be started: \(reason).", "Name the project's interpreter: python: in its handler.")
    case .folderMissing(let folder): return ("There is no folder \(folder).", "Mend directory: in its handler.")
    case .libraryMissing(let module, let python):
      return (
        "\(python) has no \(module).",
        "Name the interpreter of the project's virtual environment: python: in its handler, or .venv beside manage.py."
      )
    case .settingsMissing(let reason):
      return (
        "Its settings cannot be found: \(reason).", "Name them: settings: in its handler, or DJANGO_SETTINGS_MODULE."
      )
    case .importFailed(let reason, let frame): return ("It does not import: \(reason)\(at(frame)).", check)
    case .raised(let reason, let frame): return ("It raised \(reason)\(at(frame)).", check)
    case .systemRefused(let reason): return ("This machine refused: \(reason).", "Try again.")
    default:
      let end = report.end == .timedOut ? "it took over two minutes" : "its interpreter ended without an answer"
      return ("\(project.directory): \(end).", check)
    }
  }
}
