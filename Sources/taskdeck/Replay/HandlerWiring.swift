// The handlers of a run: those of the configuration files, a Django project that
// lies where taskdeck was started, and a URL that was given instead of a name.

import CloudModel
import Foundation
import LocalRun
import Operations
import ReplayModel
import Settings

extension Handlers {
  /// - Parameters:
  ///   - directory: where taskdeck was started; its manage.py is a handler where the files name no django handler.
  init(_ configuration: Configuration, directory: String, environment: [String: String]) {
    var all = configuration.handlers.map { Handler($0, environment) }
    let hasDjango = all.contains { if case .django = $0.kind { true } else { false } }
    if !hasDjango, let project = DjangoDiscovery.project(in: directory, environment: environment) {
      let name = all.contains { $0.name == "django" } ? "manage.py" : "django"
      all.append(Handler(name, .django(project), source: "manage.py in \(directory)"))
    }
    let rules = configuration.replayRules.map { HandlerRule(pattern: $0.classPattern, handler: $0.handler.value) }
    self.init(all, rules: rules)
  }

  /// The handler of a name, or of a base URL.
  ///
  /// - Throws: `Exit` with 64 when there is none of that name.
  func handler(named text: String) throws(Exit) -> Handler {
    if text.hasPrefix("http://") || text.hasPrefix("https://") {
      return Handler(text, .http(HTTPHandler(base: text)), source: "--handler")
    }
    return try settled(named(text))
  }

  /// - Throws: `Exit` where the choice is no handler; 64, for it is the configuration's or the command line's to say.
  func settled(_ choice: Choice) throws(Exit) -> Handler {
    switch choice {
    case .handler(let handler): return handler
    case .ask(let handlers):
      throw .usage(
        "Which handler is to run it?",
        reason: "There are \(handlers.map(\.name).joined(separator: ", ")), and no rule under `replay` names one.",
        remedy: "Give --handler \(handlers[0].name), or write a rule: replay: [{handler: \(handlers[0].name)}].")
    case .none:
      throw .usage(
        "There is no handler to run it", reason: "No configuration file names one, and there is no manage.py here.",
        remedy: "Give --handler http://127.0.0.1:8000 (your server), run taskdeck beside manage.py, or write handlers"
          + " into taskdeck.yaml.")
    case .unknown(let name, let near):
      let known = all.map(\.name)
      let guess = near.first.map { "Did you mean \($0)? " } ?? ""
      throw .usage(
        "There is no handler \(name)",
        reason: known.isEmpty ? "No configuration file names any." : "Known are \(known.joined(separator: ", ")).",
        remedy: guess + "Name one of `handlers:` in taskdeck.yaml, or give a base URL.")
    }
  }
}

extension Handler {
  fileprivate init(_ settings: HandlerSettings, _ environment: [String: String]) {
    self.init(
      settings.name, Self.kind(settings.kind, environment), timeout: settings.timeout,
      source: settings.place.description)
  }

  private static func kind(_ kind: HandlerSettings.Kind, _ environment: [String: String]) -> Kind {
    switch kind {
    case .http(let http):
      let headers = http.headers.sorted { $0.key < $1.key }.map { Header($0.key, $0.value) }
      return .http(HTTPHandler(base: http.base, headers: headers, wantsToken: http.sendsToken))
    case .command(let command):
      return .command(
        CommandHandler(words: command.run, directory: command.directory, environment: command.environment))
    case .django(let django):
      let settings = django.settings ?? DjangoDiscovery.settings(ofProjectIn: django.directory)
      let python = django.python ?? DjangoDiscovery.python(in: django.directory, environment: environment)
      var project = DjangoProject(
        directory: django.directory, python: python, settings: settings, environment: django.environment)
      project.callsProcess = django.callsProcess
      return .django(project)
    }
  }
}
