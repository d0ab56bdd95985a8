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
    subcommands: [
      List.self, Show.self, Push.self, Run.self, Discard.self, Debug.self, Restore.self, Move.self, Export.self,
      Import.self,
    ])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List the tasks of a queue, as they arrive.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Queue ID, or full resource name.", completion: Offers.queues) var queue: String
    @Option(help: ArgumentHelp("Print only tasks that match a filter.", valueName: "expression")) var filter: String?
    @Option(
      parsing: .unconditional,
      help: ArgumentHelp("Sort by a field, such as dispatches or -age; waits for the whole list.", valueName: "field"))
    var sort: TaskOrder?
    @Option(parsing: .unconditional, help: "Print at most this many.") var limit: Int?
    @Flag(help: "Ask for bodies too (needs the permission cloudtasks.tasks.fullView).") var full = false

    func validate() throws {
      if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more, not \(limit).") }
    }

    func run() async throws {
      let filter = try filter.map(FilterArgument.condition)
      let wiring = try Wiring(options)
      let name = try await wiring.locate(queue: queue)
      var printer = Output(format: options.output).list(TasksCommand.columns(at: Date()), encode: TasksCommand.encode)
      // A list that is filtered or sorted is read whole, however few are wanted.
      let isWhole = limit == nil || filter != nil || sort != nil
      let size = isWhole ? TasksClient.largestPage : min(limit ?? .max, TasksClient.largestPage)
      let view: CloudAPI.TaskView = full || filter?.needsBodies == true ? .full : .basic
      let pages = wiring.tasks.taskPages(in: name, view: view, pageSize: size)
      if let sort {
        var kept: [CloudTask] = []
        try await pages.readAhead { kept += matching($0.items, filter) }
        printer.print(Array(sort.sorted(kept).prefix(limit ?? .max)))
      } else if let limit {
        try await print(limit, of: pages, filter, &printer)
      } else {
        try await pages.readAhead { printer.print(matching($0.items, filter)) }
      }
      printer.finish()
    }

    private func matching(_ tasks: [CloudTask], _ condition: TaskCondition?) -> [CloudTask] {
      condition.map { condition in tasks.filter { condition.matches($0) } } ?? tasks
    }

    private func print(
      _ limit: Int, of pages: APIPages<CloudTask>, _ condition: TaskCondition?, _ printer: inout ListPrinter<CloudTask>
    ) async throws(APIError) {
      var left = limit
      for try await page in pages {
        let rows = matching(page.items, condition).prefix(left)
        printer.print(Array(rows))
        left -= rows.count
        if left == 0 { break }
      }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Show one task with its payload, headers and attempts.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Queue ID, or full resource name.", completion: Offers.queues) var queue: String
    @Argument(help: "Task ID, or full resource name.") var task: String

    func run() async throws {
      let wiring = try Wiring(options)
      let name = try wiring.task(task, in: try await wiring.locate(queue: queue))
      let found = try await wiring.tasks.task(name, view: .full)
      let json = TasksCommand.json(found)
      Output(format: options.output).show(json) { Page.lines(of: json) }
    }
  }

  /// The resource as REST has it, with its class, and its payload where the body is there.
  static func json(_ task: CloudTask) -> JSON {
    guard var object = task.json.object else { return task.json }
    object.merge(additions(task))
    return .object(object)
  }

  /// Appends the bytes of `json`.
  static func encode(_ task: CloudTask, into out: inout [UInt8]) { task.write(into: &out, adding: additions(task)) }

  private static func additions(_ task: CloudTask) -> JSONObject {
    var members = JSONObject()
    if task.unknown["class"] == nil { members["class"] = task.taskClass.map(JSON.string) }
    if task.unknown["payload"] == nil { members["payload"] = task.body.map(payload) }
    return members
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
