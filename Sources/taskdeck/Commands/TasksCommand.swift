import ArgumentParser
import CloudAPI
import CloudModel
import CloudREST
import Console
import Foundation
import Operations

struct TasksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tasks", abstract: "Tasks in a queue.",
    subcommands: [List.self, Show.self, Push.self, Run.self, Discard.self, Restore.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the tasks of a queue, as they arrive.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Queue ID, or full resource name.") var queue: String
    @Option(help: ArgumentHelp("Print only tasks that match a filter.", valueName: "expression")) var filter: String?
    @Option(
      parsing: .unconditional,
      help: ArgumentHelp("Sort by a field, such as dispatches or -age; waits for the whole list.", valueName: "field"))
    var sort: TaskOrder?
    @Option(help: "Print at most this many.") var limit: Int?
    @Flag(help: "Ask for bodies too (needs the permission cloudtasks.tasks.fullView).") var full = false

    func validate() throws {
      if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more, not \(limit).") }
    }

    func run() async throws {
      let filter = try filter.map(FilterArgument.condition)
      let wiring = try Wiring(options)
      let name = try wiring.queue(queue)
      var printer = Output(format: options.output).list(TasksCommand.columns(at: Date()), json: TasksCommand.json)
      var left = limit ?? .max
      var kept: [CloudTask] = []
      // A list that is filtered or sorted is read whole, however few are wanted.
      let isPlain = filter == nil && sort == nil
      let pages = wiring.tasks.taskPages(
        in: name, view: full || filter?.needsBodies == true ? .full : .basic,
        pageSize: isPlain ? min(left, TasksClient.largestPage) : TasksClient.largestPage)
      for try await page in pages {
        let matching = filter.map { filter in page.items.filter { filter.matches($0) } } ?? page.items
        if sort != nil {
          kept += matching
          continue
        }
        printer.print(Array(matching.prefix(left)))
        left -= min(left, matching.count)
        if left == 0 { break }
      }
      if let sort { printer.print(Array(sort.sorted(kept).prefix(left))) }
      printer.finish()
    }

  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show one task with its payload, headers and attempts.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Queue ID, or full resource name.") var queue: String
    @Argument(help: "Task ID, or full resource name.") var task: String

    func run() async throws {
      let wiring = try Wiring(options)
      let name = try wiring.task(task, in: try wiring.queue(queue))
      let found = try await wiring.tasks.task(name, view: .full)
      let json = TasksCommand.json(found)
      Output(format: options.output).show(json) { Page.lines(of: json) }
    }
  }

  /// The resource as REST has it, with its class, and its payload where the body is there.
  static func json(_ task: CloudTask) -> JSON {
    guard var object = task.json.object else { return task.json }
    object["class"] = task.taskClass.map(JSON.string)
    object["payload"] = task.body.map(payload)
    return .object(object)
  }

  /// The decoded JSON, or the text when it is not JSON.
  static func payload(_ body: Data) -> JSON {
    do { return try JSON(parsing: body) } catch { return .string(String(decoding: body, as: UTF8.self)) }
  }

  static func columns(at now: Date) -> [TableColumn<CloudTask>] {
    [
      TableColumn("ID") { $0.name.id },
      TableColumn("CLASS") { $0.taskClass ?? "-" },
      TableColumn("TRIES", .trailing) { Words.count($0.dispatchCount) },
      TableColumn("ANSWERS", .trailing) { Words.count($0.responseCount) },
      TableColumn("LAST STATUS") { task in
        task.lastAttempt.map { TaskStatus.words(of: $0).1 } ?? (task.dispatchCount > 0 ? "running" : "-")
      },
      TableColumn("AGE", .trailing) { task in
        task.createTime.map { Words.span(now.timeIntervalSince($0.date)) } ?? "-"
      },
      TableColumn("NEXT", .trailing) { task in task.scheduleTime.map { Words.countdown(to: $0.date, from: now) } ?? "-"
      },
    ]
  }
}
