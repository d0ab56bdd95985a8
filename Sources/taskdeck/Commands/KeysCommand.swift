// The keys of the console, from the registry.

import ArgumentParser
import CloudModel
import Console
import Foundation
import Settings

struct KeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "The keys of the console, and the names that the configuration calls them by.")

  @OptionGroup var options: GlobalOptions
  @Flag(help: "Print the table that the README holds, of the keys nobody has changed.") var markdown = false

  func run() throws {
    if markdown { return Output.write(KeyTable.markdown(KeyMap())) }
    // No context: keys are the same in all of them, and somebody without a project wants to read them too.
    let configuration = try Configuration.load(ProcessInfo.processInfo.environment)
    let keys: KeyMap
    do throws(FileFaults) { keys = try configuration.keyMap() } catch { throw Exit(error) }
    var printer = Output(format: options.output).list(Self.columns(keys)) { Self.json($0, keys) }
    printer.print(Action.allCases)
    printer.finish()
  }

  private static func columns(_ keys: KeyMap) -> [TableColumn<Action>] {
    [
      TableColumn("WHERE") { $0.scope.name },
      TableColumn("KEYS") { keys.names(for: $0) },
      TableColumn("ACTION") { $0.rawValue },
      TableColumn("WHAT IT DOES") { $0.help },
    ]
  }

  private static func json(_ action: Action, _ keys: KeyMap) -> JSON {
    let object: JSONObject = [
      "action": .string(action.rawValue), "title": .string(action.title), "help": .string(action.help),
      "keys": .array(keys.keys(for: action).map { .string($0.name) }), "where": .string(action.scope.name),
      "risk": .string(action.risk.rawValue),
      "command": action.command.isEmpty ? .null : .string((["taskdeck"] + action.command).joined(separator: " ")),
    ]
    return .object(object)
  }
}
