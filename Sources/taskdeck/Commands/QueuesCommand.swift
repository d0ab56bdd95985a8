import ArgumentParser
import CloudAPI
import CloudModel
import Console
import Foundation

struct QueuesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queues", abstract: "Cloud Tasks queues.",
    subcommands: [
      List.self, Show.self, Create.self, Update.self, Pause.self, Resume.self, Purge.self, Delete.self,
    ])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List the queues of the context's locations.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
      let wiring = try Wiring(options)
      var printer = Output(format: options.output).list(QueuesCommand.columns(at: Date())) { (queue: Queue) in
        queue.json
      }
      printer.holdsTable = wiring.parents.count > 1
      let failure = await wiring.eachLocation { parent async throws(APIError) in
        let list = try await wiring.tasks.queues(in: parent)
        if let reason = list.statsRefused { Output.say("taskdeck: no task counts for \(parent): \(reason)") }
        printer.print(list.queues)
      }
      try printer.end(failure)
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one queue.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Queue ID, or full resource name.") var queue: String

    func run() async throws {
      let wiring = try Wiring(options)
      let found = try await wiring.tasks.queue(try wiring.queue(queue))
      Output(format: options.output).show(found.json) { Page.lines(of: found.json) }
    }
  }

  static func columns(at now: Date) -> [TableColumn<Queue>] {
    [
      TableColumn("NAME") { $0.name.id },
      TableColumn("LOCATION") { $0.name.parent.location },
      TableColumn("STATE") { $0.state?.rawValue ?? "-" },
      TableColumn("TASKS", .trailing) { $0.stats?.tasksCount.map(Words.count) ?? "?" },
      TableColumn("LAST MIN", .trailing) { $0.stats?.executedLastMinuteCount.map(Words.count) ?? "?" },
      // "the nearest time in the future where a task in the queue is scheduled to be executed" (discovery document).
      TableColumn("NEXT", .trailing) { queue in
        queue.stats?.oldestEstimatedArrivalTime.map { Words.countdown(to: $0.date, from: now) } ?? "-"
      },
      TableColumn("RATE", .trailing) { $0.rateLimits.maxDispatchesPerSecond.map(Words.number) ?? "-" },
      TableColumn("CONCURRENT", .trailing) { $0.rateLimits.maxConcurrentDispatches.map(Words.count) ?? "-" },
      TableColumn("ATTEMPTS", .trailing) { queue in
        queue.retryConfig.maxAttempts.map { $0 == -1 ? "no limit" : Words.count($0) } ?? "-"
      },
    ]
  }
}
