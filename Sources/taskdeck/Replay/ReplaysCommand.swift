// `journal replays`: what was run on this machine, what it wrote, and two runs
// beside each other.

import ArgumentParser
import CloudModel
import Console
import Foundation
import Operations
import ReplayModel
import Terminal

extension JournalCommand {
  struct Replays: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "replays",
      abstract: "The history of `tasks debug`: what was run, and what it printed.",
      subcommands: [List.self, Show.self, Diff.self], defaultSubcommand: List.self)
  }
}

extension JournalCommand.Replays {
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the replays, newest first.")
    @OptionGroup var options: GlobalOptions
    @Option(name: .customLong("class"), help: ArgumentHelp("Only of this class.", valueName: "name"))
    var taskClass: String?
    @Option(help: ArgumentHelp("Only of this task, by its full name.", valueName: "name")) var task: String?
    @Option(help: "Print at most this many.") var limit = 50

    func validate() throws {
      if limit < 1 { throw ValidationError("--limit must be 1 or more, not \(limit).") }
    }

    func run() async throws {
      let journal = try Workbench.openJournal(ProcessInfo.processInfo.environment)
      var printer = Output(format: options.output).list(Self.columns) { (record: ReplayRecord) in .object(record.json) }
      printer.print(try await journal.replays(task: task, taskClass: taskClass, limit: limit))
      printer.finish()
    }

    private static var columns: [TableColumn<ReplayRecord>] {
      [
        TableColumn("REPLAY", .trailing) { String($0.number) },
        TableColumn("TIME") { $0.time.wholeSeconds.description },
        TableColumn("CLASS") { $0.taskClass ?? "-" },
        TableColumn("TASK") { $0.task.split(separator: "/").last.map(String.init) ?? $0.task },
        TableColumn("HANDLER") { $0.handler },
        TableColumn("OUTCOME") { $0.outcome },
        TableColumn("STATUS", .trailing) { ($0.httpStatus ?? $0.exitStatus).map { String($0) } ?? "-" },
        TableColumn("SECONDS", .trailing) { Words.number(($0.seconds * 1000).rounded() / 1000) },
        TableColumn("EDITED") { $0.isEdited ? "edited" : "" },
      ]
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Show one replay with its payload and what it wrote.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: "Number of the replay.") var number: Int

    func run() async throws {
      let journal = try Workbench.openJournal(ProcessInfo.processInfo.environment)
      let record = try await journal.replay(number)
      let printer = LinePrinter(options, file: STDOUT_FILENO)
      Output(format: options.output).show(.object(record.document)) {
        Page.lines(of: .object(record.json)) + ["payload:"] + record.payloadLines.map { "  \(printable($0))" } + [
          "output:"
        ]
          + record.lines.map { line in
            let time = Words.milliseconds(record.time.date.addingTimeInterval(line.seconds), in: .current)
            return "  \(time)  \(line.source.rawValue)  \(printer.text(line))"
          }
      }
    }
  }

  struct Diff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "diff", abstract: "Show two replays side by side.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: "Number of a replay.") var left: Int
    @Argument(help: "Number of another one.") var right: Int

    func run() async throws {
      let journal = try Workbench.openJournal(ProcessInfo.processInfo.environment)
      let (left, right) = (try await journal.replay(left), try await journal.replay(right))
      let comparison = ReplayComparison(left, right)
      Output(format: options.output).show(comparison.json) { comparison.lines(width: Self.width()) }
    }

    private static func width() -> Int {
      var size = winsize()
      guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else {
        return 160
      }
      return Int(size.ws_col)
    }
  }
}

extension ReplayRecord {
  /// With all that is kept of it.
  var document: JSONObject {
    var object = json
    object["result"] = result ?? .null
    object["payload"] = TasksCommand.payload(payload)
    object["stdout"] = .string(lines.text(of: .output))
    object["stderr"] = .string(lines.text(of: .errors))
    return object
  }

  var payloadLines: [String] {
    let payload = TaskPayload(payload, headers: []) { $0 }
    let text = payload.editable.map { $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
    return (text ?? TaskPayload.hexLines(payload.decoded)).filter { !$0.isEmpty }
  }
}

extension Words {
  /// `12:34:56.789`.
  static func milliseconds(_ moment: Date, in zone: TimeZone) -> String {
    let thousandths = Int((moment.timeIntervalSince1970 * 1000).rounded(.down)) % 1000
    let digits = String(thousandths)
    return "\(clock(moment, in: zone)).\(String(repeating: "0", count: max(0, 3 - digits.count)))\(digits)"
  }
}

extension ReplayComparison {
  /// For a terminal of this width: facts, changed keys, and the two outputs in two columns.
  func lines(width: Int) -> [String] {
    let column = max(10, (width - 3) / 2)
    func cell(_ text: String?) -> String {
      let shown = TextWidth.clip(printable(text ?? ""), to: column)
      return shown + String(repeating: " ", count: max(0, column - TextWidth.of(shown)))
    }
    func row(_ left: String?, _ sign: String, _ right: String?) -> String {
      let line = "\(cell(left)) \(sign) \(cell(right))"
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
    let head = facts.map { row("\($0.name): \($0.left)", $0.left == $0.right ? " " : "≠", $0.right) }
    let payload =
      payloadChanges.map { $0.isEmpty ? ["The payloads are the same."] : $0.map { printable($0.line) } }
      ?? [left.payload == right.payload ? "The payloads are the same." : "The payloads differ."]
    let output = rows.map {
      row($0.left, $0.isSame ? " " : $0.left == nil ? ">" : $0.right == nil ? "<" : "|", $0.right)
    }
    return head + [""] + payload + [""] + output
  }
}
