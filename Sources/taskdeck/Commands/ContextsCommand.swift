// `contexts`: what there is to choose from, and where every value of a run comes from.

import ArgumentParser
import CloudModel
import Console
import Foundation
import Settings

struct ContextsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "contexts", abstract: "Contexts of the configuration files, and where each value comes from.",
    discussion: """
      A context is a project with its locations, app, endpoints, credentials and safety, under contexts: in taskdeck.yaml \
      (looked for in this folder and those above it) or in config.yaml ($XDG_CONFIG_HOME/taskdeck). One is chosen by \
      --context, TASKDECK_CONTEXT, or context: in a file; the only one there is needs no choice.
      """,
    subcommands: [List.self, Show.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List the contexts; the one in use has a star.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
      let environment = ProcessInfo.processInfo.environment
      let configuration = try Configuration.load(environment)
      let chosen: String?
      do throws(SettingsError) {
        chosen = try configuration.choice(flag: options.context, environment: environment)?.value
      } catch {
        throw Exit(error)
      }
      var printer = Output(format: options.output).list(ContextsCommand.columns(chosen)) {
        ContextsCommand.json($0, isCurrent: $0.name == chosen)
      }
      printer.print(configuration.contexts)
      printer.finish()
      if configuration.files.isEmpty { Output.say("There is no configuration file: no taskdeck.yaml, no config.yaml.") }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Print each value of a context and where it comes from.",
      discussion: "Without a name: what a command run here and now would use, with or without a context.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Context name.", completion: Offers.contexts) var name: String?

    func run() async throws {
      var options = options
      if let name { options.context = name }
      let (context, configuration) = try Wiring.settings(options)
      let settings = ContextSetting.all(of: context, configuration)
      let json: JSON = [
        "name": context.name.map { .string($0.value) } ?? .null, "settings": .array(settings.map(\.json)),
      ]
      if options.isJSON { return Output(format: options.output).show(json) { [] } }
      var printer = Output(format: .table).list(
        [TableColumn("KEY") { $0.key }, TableColumn("VALUE") { $0.text }, TableColumn("SOURCE") { $0.source }],
        json: { (setting: ContextSetting) in setting.json })
      printer.print(settings)
      printer.finish()
    }
  }

  private static func columns(_ chosen: String?) -> [TableColumn<ContextSettings>] {
    [
      TableColumn("NAME") { "\($0.name == chosen ? "* " : "  ")\($0.name)" },
      TableColumn("PROJECT") { $0.project?.value ?? "-" },
      TableColumn("LOCATIONS") { $0.locations?.value.joined(separator: ",") ?? "-" },
      TableColumn("APP") { $0.app?.value ?? "-" },
      TableColumn("ENDPOINT") { $0.emulator?.value ?? $0.tasksEndpoint?.value ?? "Google" },
      TableColumn("SAFETY") { context in
        let words = [(context.isProtected, "protected"), (context.readOnly, "read-only")]
        return words.filter { $0.0?.value == true }.map(\.1).joined(separator: ", ")
      },
    ]
  }

  private static func json(_ context: ContextSettings, isCurrent: Bool) -> JSON {
    [
      "name": .string(context.name), "current": .bool(isCurrent),
      "project": context.project.map { .string($0.value) } ?? .null,
      "locations": .array((context.locations?.value ?? []).map(JSON.string)),
      "app": context.app.map { .string($0.value) } ?? .null,
      "endpoint": (context.emulator ?? context.tasksEndpoint).map { .string($0.value) } ?? .null,
      "emulator": .bool(context.emulator != nil), "protected": .bool(context.isProtected?.value ?? false),
      "readOnly": .bool(context.readOnly?.value ?? false),
    ]
  }
}

/// One value of a context, as `contexts show` prints it.
private struct ContextSetting {
  let key: String
  let value: JSON
  let source: String

  var json: JSON { ["key": .string(key), "value": value, "source": .string(source)] }

  /// For people.
  var text: String {
    switch value {
    case .null: "-"
    case .string(let text): text
    case .array(let items): items.compactMap(\.string).joined(separator: ", ")
    default: value.compact
    }
  }

  static func all(of context: Context, _ configuration: Configuration) -> [ContextSetting] {
    [
      row("context", context.name), row("project", context.project),
      ContextSetting(
        key: "locations", value: .array(context.locations.value.map(JSON.string)), source: context.locations.source),
      row("app", context.app), row("delimiter", context.delimiter), row("endpoint", context.appEndpoint),
      row("service-account", context.serviceAccount), row("protected", context.isProtected),
      row("read-only", context.readOnly), row("endpoints.tasks", context.tasks.url),
      row("endpoints.scheduler", context.scheduler.url), row("endpoints.pubsub", context.pubsub.url),
      row("endpoints.iam-credentials", context.iamEndpoint),
      row("credentials", credentials(context)), row("impersonate", context.impersonate),
      row("quota-project", context.quotaProject), row("universe", context.universe), row("ca-file", context.caFile),
      row(
        "theme", configuration.theme.map { Sourced($0.value.names.joined(separator: ", "), from: $0.place.description) }
      ),
      ContextSetting(
        key: "handlers", value: .array(configuration.handlers.map { .string($0.name) }),
        source: configuration.handlers.first?.place.file ?? notSet),
      row(
        "schedules", configuration.schedules.map { Sourced($0.source.value.words, from: $0.source.place.description) }),
      ContextSetting(
        key: "files", value: .array(configuration.files.map(JSON.string)),
        source: configuration.files.isEmpty ? notSet : "found"),
    ]
  }

  private static let notSet = "not set"

  private static func credentials(_ context: Context) -> Sourced<String> {
    Sourced(context.tasks.credentials.value.words, from: context.tasks.credentials.source)
  }

  private static func row(_ key: String, _ found: Sourced<String>?) -> ContextSetting {
    ContextSetting(key: key, value: found.map { .string($0.value) } ?? .null, source: found?.source ?? notSet)
  }

  private static func row(_ key: String, _ found: Sourced<Bool>) -> ContextSetting {
    ContextSetting(key: key, value: .bool(found.value), source: found.source)
  }
}

extension SchedulesSettings.Source {
  /// As it is written.
  fileprivate var words: String {
    switch self {
    case .django: "django"
    case .file(let path): path
    }
  }
}
