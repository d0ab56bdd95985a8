// `tasks export` and `tasks import`: JSON lines out and in.

import ArgumentParser
import CloudModel
import Console
import Foundation
import JournalModel
import Operations

extension TasksCommand {
  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export",
      abstract: "Print tasks whole, one JSON object a line.",
      discussion: """
        The resources as the REST API has them, with bodies: `tasks import` reads them. A list that breaks off ends with \
        status 1.
        """)

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Queue ID, or full resource name.", completion: Offers.queues) var queue: String
    @OptionGroup var criteria: TaskCriteria

    func run() async throws {
      let wiring = try Wiring(options)
      let queue = try await wiring.locate(queue: queue)
      // A list of everything is what an export is, if nothing else is said.
      var criteria = criteria
      criteria.all = true
      let intent = try criteria.intent(wiring, queue)
      var count = 0
      if case .named(let names) = intent.choice {
        for name in names {
          count += try print([try await wiring.tasks.task(name, view: .full)], intent, isStrict: true)
        }
      } else {
        for try await page in wiring.tasks.taskPages(in: queue, view: .full) { count += try print(page.items, intent) }
      }
      if options.speaks { Output.say("\(Words.count(count, "task")) exported.") }
    }

    private func print(_ tasks: [CloudTask], _ intent: DiscardIntent, isStrict: Bool = false) throws(Exit) -> Int {
      var lines: [UInt8] = []
      var count = 0
      for task in tasks {
        if let objection = intent.objection(to: task) {
          guard isStrict else { continue }
          throw .refused(
            "The task \(task.name.id) is not one of those", reason: "\(objection).", remedy: "Leave out the criterion.")
        }
        task.write(into: &lines)
        lines.append(UInt8(ascii: "\n"))
        count += 1
      }
      FileHandle.standardOutput.write(Data(lines))
      return count
    }
  }

  struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import",
      abstract: "Create the tasks of a file in a queue.",
      discussion: """
        Reads what `tasks export`, `tasks list --full -o jsonl` and `journal export` print. The whole file is read before \
        the first task is created. Tasks with a name of their own keep their ID; schedule times that have passed are \
        left out. After a crash, `taskdeck journal resume` goes on and creates none twice.
        """)

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Queue ID, or full resource name.", completion: Offers.queues) var queue: String
    @Argument(help: ArgumentHelp("The file, or - for standard input.", valueName: "file"), completion: .file())
    var file: String

    func run() async throws {
      let wiring = try Wiring(options)
      if !options.dryRun { try wiring.allowChanges() }
      let queue = try await wiring.locate(queue: queue)
      _ = try await wiring.tasks.queue(queue)
      let found = try read(into: queue)
      if options.speaks { say(found, queue) }
      if options.dryRun || found.tasks.isEmpty { return Outcome.show(Self.outcome(found), options) }
      try Consent.obtain(
        "Create \(Words.count(found.tasks.count, "task")) in \(queue.id)?", about: queue.id, wiring, options)
      let bench = try Workbench(wiring)
      let number = try await found.stage(in: bench.journal, acting: bench.acting, bench.surroundings)
      let plan = try await bench.restores.plan(undoing: number, .init(includesGone: true, into: queue))
      try await UndoWords.apply(plan, bench, options)
    }

    private func read(into queue: QueueName) throws(Exit) -> TaskImport {
      let data =
        file == "-" ? FileHandle.standardInput.readDataToEndOfFile() : try PayloadArgument.file(file, "The task file")
      do { return try TaskImport(data, into: queue) } catch {
        throw .usage(
          "The file cannot be imported", reason: "\(file), line \(error.line): \(error.reason).",
          remedy: "Each line must be a task as `taskdeck tasks export` prints it. Nothing was created.")
      }
    }

    private func say(_ found: TaskImport, _ queue: QueueName) {
      let classes = Dictionary(grouping: found.tasks) { $0.taskClass ?? "(no class)" }.mapValues(\.count)
      let lines = classes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(8).map {
        "  class \(printable($0.key)): \(Words.count($0.value))"
      }
      Output.say(
        (["\(Words.count(found.tasks.count, "task")) to create in \(queue.id)"] + lines).joined(separator: "\n"))
    }

    private static func outcome(_ found: TaskImport) -> JSON {
      [
        "journal": .null, "planned": .integer(found.tasks.count),
        "names": .array(found.tasks.map { .string($0.name.description) }), "restored": [], "skipped": [], "failed": [],
      ]
    }
  }
}
