// Where definitions come from: a file, or the Django project here.

import ArgumentParser
import CloudModel
import Foundation
import Operations
import Settings

/// Flags of what a plan is made of.
struct DefinitionFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where the definitions are: django, or a YAML or JSON file (default: what the configuration says, else schedules.yaml, else the Django project here).",
      valueName: "source"))
  var source: String?

  @Option(help: ArgumentHelp("The app whose jobs are its own.", valueName: "name")) var app: String?

  @Option(help: ArgumentHelp("Between the app and the name in an ID.", valueName: "text")) var delimiter: String?
}

/// What the flags of a plan say, without a command line.
struct DefinitionWishes {
  var source: String?
  var app: String?
  var delimiter: String?
}

extension DefinitionFlags {
  var wishes: DefinitionWishes { DefinitionWishes(source: source, app: app, delimiter: delimiter) }
}

/// A source, found.
enum DefinitionSource: Equatable {
  case django
  case file(String)

  /// What `--source` says, else the configuration, else what lies in the working directory.
  ///
  /// - Throws: `Exit` when nothing is to be found.
  static func find(_ flag: String?, _ configuration: Configuration) throws(Exit) -> DefinitionSource {
    if let flag { return flag == "django" ? .django : .file(flag) }
    switch configuration.schedules?.source.value {
    case .django?: return .django
    case .file(let path)?: return .file(path)
    case nil: break
    }
    let files = FileManager.default
    for name in ["schedules.yaml", "schedules.yml", "schedules.json"] where files.fileExists(atPath: name) {
      return .file(name)
    }
    if files.fileExists(atPath: "manage.py") { return .django }
    throw .usage(
      "There are no definitions", reason: "Here is no schedules.yaml and no manage.py, and no source is configured.",
      remedy: "Give --source FILE, or --source django in the folder of manage.py.")
  }

  /// Whether reading them costs no more than a file, so that it can be done without being asked.
  static func isFile(_ configuration: Configuration) -> Bool {
    do throws(Exit) {
      if case .file = try find(nil, configuration) { return true }
    } catch {
      // No definitions at all; the Schedule tab says so.
      return false
    }
    return false
  }

  /// Reads the definitions.
  func read(_ wiring: Wiring) async throws -> DefinitionSet {
    switch self {
    case .file(let path): return try Self.read(file: path)
    case .django: return try await DjangoDefinitions.read(wiring)
    }
  }

  private static func read(file path: String) throws(Exit) -> DefinitionSet {
    let text: String
    do { text = try String(contentsOfFile: path, encoding: .utf8) } catch {
      throw .usage(
        "The definitions cannot be read", reason: "\(path): \(error.localizedDescription)",
        remedy: "Check the path, and that the file is text in UTF-8.")
    }
    do throws(FileFaults) { return try DefinitionSet.read(text, file: path) } catch {
      throw .usage(
        "The definitions cannot be used", reason: error.all[0].description,
        excerpt: error.all.dropFirst().map(\.description), remedy: error.remedy)
    }
  }
}

/// What `schedule diff` and `schedule apply` work out before anything is shown.
struct ScheduleSurvey {
  let scope: ScheduleScope
  let definitions: DefinitionSet
  let plan: SchedulePlan

  /// Reads the definitions and the jobs. Nothing is changed.
  static func make(
    _ wiring: Wiring, _ flags: DefinitionWishes, _ wishes: SchedulePlanner.Wishes, now: Date = Date()
  ) async throws -> ScheduleSurvey {
    let definitions = try await DefinitionSource.find(flags.source, wiring.configuration).read(wiring)
    return try await make(wiring, definitions, flags, wishes, now: now)
  }

  static func make(
    _ wiring: Wiring, _ definitions: DefinitionSet, _ flags: DefinitionWishes, _ wishes: SchedulePlanner.Wishes,
    now: Date
  ) async throws -> ScheduleSurvey {
    let scope = scope(wiring, definitions, flags)
    var jobs: [Job] = []
    for location in scope.locations(of: definitions) { jobs += try await wiring.jobs().jobs(in: location) }
    let plan = SchedulePlanner(definitions, scope, wishes, now: now).plan(against: jobs)
    return ScheduleSurvey(scope: scope, definitions: definitions, plan: plan)
  }

  /// Flags, then the source itself, then the context.
  static func scope(_ wiring: Wiring, _ definitions: DefinitionSet, _ flags: DefinitionWishes) -> ScheduleScope {
    let context = wiring.context
    // A Django project answers for itself: what it leaves open, the library leaves open too.
    let app = flags.app ?? definitions.app ?? (definitions.isDjango ? nil : context.app?.value)
    let ownership = Ownership(
      app: app, delimiter: flags.delimiter ?? definitions.delimiter ?? context.delimiter.value,
      endpoint: definitions.endpoint ?? context.appEndpoint?.value)
    let isAnonymous = context.scheduler.credentials.value == .anonymous
    return ScheduleScope(
      parent: wiring.parents[0], others: Array(wiring.parents.dropFirst()), ownership: ownership,
      serviceAccount: context.serviceAccount?.value,
      standInAccount: isAnonymous ? "runner@\(context.project.value).iam.gserviceaccount.com" : nil)
  }
}
