// The flags every command takes, before or after its name.

import ArgumentParser
import CloudModel
import Foundation
import Settings

/// How data is printed on standard output.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  /// For people: aligned, cut to the terminal, full when piped.
  case table
  /// One document.
  case json
  /// One compact object a line, as it arrives.
  case jsonl
}

/// Global flags (DESIGN.md section 5).
struct GlobalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Context of the configuration files.", valueName: "name"), completion: Offers.contexts)
  var context: String?

  @Option(help: ArgumentHelp("Google Cloud project.", valueName: "id"))
  var project: String?

  @Option(help: ArgumentHelp("Location of queues and jobs; may be given several times.", valueName: "region"))
  var location: [String] = []

  @Option(help: ArgumentHelp("One base URL for all APIs, without credentials: an emulator.", valueName: "url"))
  var endpoint: String?

  @Option(
    help: ArgumentHelp("Be this service account; delegates before it, with commas between.", valueName: "email"))
  var impersonate: String?

  @Flag(help: "Refuse every change.")
  var readOnly = false

  @Flag(help: "Use no colour (as NO_COLOR does).")
  var noColor = false

  @Option(name: [.short, .long], help: "How data is printed: table, json or jsonl.")
  var output: OutputFormat = .table

  @Flag(help: "Answer yes where a change would ask.")
  var yes = false

  @Option(
    help: ArgumentHelp("With --yes in a protected context: what the change is about, by its name.", valueName: "name"))
  var confirm: String?

  @Flag(help: "Show the plan of a change and make none.")
  var dryRun = false

  @Flag(help: "Show each request on standard error: method, path, status, bytes, time, attempt.")
  var verbose = false

  @Option(
    help: ArgumentHelp("Append a JSON object for each request to this file.", valueName: "file"), completion: .file())
  var trace: String?

  @Option(help: ArgumentHelp("List calls in any minute (default: 60; none on loopback).", valueName: "n"))
  var listCalls: Int?

  func validate() throws {
    if let listCalls, listCalls < 1 { throw ValidationError("--list-calls must be 1 or more, not \(listCalls).") }
  }

  /// Whether the output is for programs.
  var isJSON: Bool { output != .table }

  var contextFlags: ContextFlags {
    var flags = ContextFlags()
    flags.context = context
    flags.project = project
    flags.locations = location
    flags.endpoint = endpoint
    flags.impersonate = impersonate
    flags.readOnly = readOnly
    return flags
  }
}

/// A span of time as people write it: `90s`, `30m`, `2h`, `7d`, `1h30m`, or plain seconds.
struct Span: ExpressibleByArgument, Equatable {
  let duration: Duration

  init?(argument: String) {
    guard let duration = Duration(span: argument) else { return nil }
    self.duration = duration
  }
}

extension Timestamp: ExpressibleByArgument {
  /// RFC 3339, such as 2026-01-02T03:04:05Z.
  package init?(argument: String) { self.init(argument) }
}
