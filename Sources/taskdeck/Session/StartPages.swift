// The pages of a start that cannot go on by itself, and their words.

import CloudModel
import Console
import Foundation
import Settings
import Terminal

/// What stands in the way of the console.
struct Obstacle {
  var page: StartPage
  /// What is thrown where nobody can answer.
  var exit: Exit?
  var file: (path: String, line: Int)?

  /// Before the terminal has told its own.
  private static let anySize = Size(columns: 80, rows: 24)

  // MARK: Configuration

  /// A configuration that cannot be used.
  init(_ error: ConfigurationError) {
    let (faults, file) = Self.faults(error)
    let words = [
      "e opens the file in your editor and looks again.",
      "Enter goes on with the defaults. Contexts are not known then, nor which of them are protected: everything is"
        + " read-only, and no key changes that.",
    ]
    page = StartPage(
      Document(title: "The configuration cannot be used", faults: faults, then: words),
      choices: [
        (.character("e"), "edit", .edit), (.character("r"), "look again", .again),
        (.enter, "go on, read-only", .goOn), (.character("d"), "open the demo", .demo),
        (.character("q"), "quit", .quit),
      ], size: Self.anySize)
    (exit, self.file) = (Exit(error), file)
  }

  private static func faults(_ error: ConfigurationError) -> ([StartFault], (path: String, line: Int)) {
    func line(_ number: Int, of path: String) -> String? {
      guard let data = FileManager.default.contents(atPath: path), data.count < 1 << 20 else { return nil }
      let lines = String(decoding: data, as: UTF8.self).split(
        omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      return lines.indices.contains(number - 1) ? String(lines[number - 1]) : nil
    }
    func fault(_ place: FilePlace, _ reason: String, _ remedy: String?) -> StartFault {
      StartFault(
        file: place.file, line: place.line, column: place.column, text: line(place.line, of: place.file),
        reason: reason, remedy: remedy)
    }
    switch error {
    case .faults(let faults):
      let first = faults.all.first?.place
      return (faults.all.map { fault($0.place, $0.reason, $0.remedy) }, (first?.file ?? "", first?.line ?? 1))
    case .unreadable(let error):
      let fault = StartFault(
        file: error.source, line: nil, column: nil, text: nil, reason: error.reason, remedy: error.remedy)
      return ([fault], (error.source, 1))
    case .exposed(let place, let exposure):
      return (
        [fault(place, "it names a program to run, and \(exposure.path) \(exposure.reason)", exposure.remedy)],
        (place.file, place.line)
      )
    }
  }

  // MARK: Theme

  /// What is wrong with the theme that the files ask for; nil when nothing is.
  init?(theme wanted: Located<ThemeChoice>, _ themes: [ThemeFolder.Found]) {
    let missing = wanted.value.missing(from: themes.map(\.theme.name))
    let found = themes.first { missing == nil && wanted.value.names.contains($0.theme.name) && !$0.warnings.isEmpty }
    if missing == nil, found == nil { return nil }
    let faults: [StartFault]
    let file: (path: String, line: Int)
    if let found {
      guard let first = found.warnings.first, let path = found.file else { return nil }
      file = (path, first.line)
      faults = found.warnings.map {
        StartFault(file: path, line: $0.line, column: nil, text: nil, reason: $0.text, remedy: nil)
      }
    } else {
      file = (wanted.place.file, wanted.place.line)
      faults = [
        StartFault(
          file: file.path, line: file.line, column: wanted.place.column, text: nil,
          reason: "there is no theme named \"\(missing ?? "")\"",
          remedy: "The themes are \(themes.map(\.theme.name).joined(separator: ", ")).")
      ]
    }
    page = StartPage(
      Document(
        title: found == nil ? "The theme is not there" : "The theme has faults", faults: faults,
        then: ["e opens the file in your editor and looks again; Enter goes on with what there is."]),
      choices: [
        (.character("e"), "edit", .edit), (.enter, "go on", .goOn), (.character("q"), "quit", .quit),
      ], size: Self.anySize)
    let refusal = Exit.usage(
      "There is no theme of that name", reason: "\(wanted.place): \(printable(missing ?? ""))",
      remedy: faults.first?.remedy ?? "")
    (exit, self.file) = (found == nil ? refusal : nil, file)
  }

  // MARK: First run

  /// No project, no location, no credentials, or others that cannot be used.
  ///
  /// - Parameters:
  ///   - contexts: those that can be chosen instead.
  ///   - metadata: whether the metadata server was asked, and what it said.
  init(_ exit: Exit, _ run: FirstRun, contexts: [String], metadata: StartLook.Outcome) {
    let chosen = contexts.prefix(9).enumerated().map { index, name in
      (key: Key.character(Character(String(index + 1))), word: "@\(name)", answer: StartAnswer.context(name))
    }
    let lacksLogin = exit.code == .unauthenticated
    let login: [(key: Key, word: String, answer: StartAnswer)] =
      lacksLogin && run.hasGcloud ? [(.character("g"), "use gcloud's login", .gcloudLogin)] : []
    page = StartPage(
      Self.document(exit, run, metadata, hasContexts: !contexts.isEmpty),
      choices: chosen + login + [
        (.character("d"), "open the demo", .demo), (.character("r"), "look again", .again),
        (.character("q"), "quit", .quit),
      ], prompts: Self.prompts(exit, run), size: Self.anySize)
    self.exit = exit
  }

  static func document(
    _ exit: Exit, _ run: FirstRun, _ metadata: StartLook.Outcome, hasContexts: Bool
  ) -> Document {
    let (title, reason, remedy) = words(exit)
    let choice = hasContexts ? "A digit chooses a context of your configuration. " : ""
    return Document(title: title, reason: reason, remedy: choice + remedy, looked: run.looked(metadata: metadata))
  }

  /// What a person can do here and now comes before what would spare it the next time.
  private static func words(_ exit: Exit) -> (title: String, reason: String, remedy: String) {
    switch exit.missing {
    case .project:
      (
        "Which project?", "No project is set in any of the places below.",
        "p types its ID, for this session; --project ID or GOOGLE_CLOUD_PROJECT sets it. d opens the demo, which needs"
          + " no account."
      )
    case .location:
      (
        "Which location?", "Queues and jobs are of a location, such as us-central1, and none is set.",
        "l types one, or several with commas between; --location or `gcloud config set compute/region REGION` sets it."
      )
    case nil: (exit.failure.title, exit.failure.reason, exit.failure.remedy)
    }
  }

  private static func prompts(_ exit: Exit, _ run: FirstRun) -> [StartPrompt] {
    let project = StartPrompt(
      key: .character("p"), word: "type a project", label: "project", guess: run.quotaProject ?? "",
      problem: { problem(project: $0) }, answer: { .project($0) })
    let location = StartPrompt(
      key: .character("l"), word: "type a location", label: "locations", guess: "us-central1",
      problem: { text in
        text.split(whereSeparator: { $0 == "," || $0 == " " }).lazy.compactMap { problem(location: String($0)) }.first
      }, answer: { .locations($0) })
    switch exit.missing {
    case .project: return [project]
    case .location: return [location]
    case nil: return []
    }
  }

  private static func problem(project: String) -> String? {
    do throws(NameError) { _ = try LocationName(project: project, location: "us-central1") } catch {
      return error.description
    }
    return nil
  }

  private static func problem(location: String) -> String? {
    do throws(NameError) { _ = try LocationName(project: "any", location: location) } catch {
      return error.description
    }
    return nil
  }
}
