import ArgumentParser
import CloudAPI
import CloudModel
import CloudREST
import Console
import Foundation

struct JobsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jobs", abstract: "Cloud Scheduler jobs.",
    subcommands: [
      List.self, Show.self, Create.self, Update.self, Run.self, Pause.self, Resume.self, Delete.self,
    ])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List the jobs of the context's locations.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
      let wiring = try Wiring(options)
      let now = Date()
      var printer = Output(format: options.output).list(JobsCommand.columns(at: now)) { (row: JobRow) in
        JobsCommand.json(row.job)
      }
      printer.holdsTable = wiring.parents.count > 1
      let failure = await wiring.eachLocation { parent async throws(APIError) in
        for try await page in wiring.scheduler.jobPages(in: parent) {
          printer.print(page.items.map { JobRow($0, now: now) })
        }
      }
      try printer.end(failure)
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Show one job with its schedule in words and its next runs.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Job ID, or full resource name.") var job: String

    func run() async throws {
      let wiring = try Wiring(options)
      let found = try await wiring.scheduler.job(try await wiring.locate(job: job))
      let json = JobsCommand.json(found)
      Output(format: options.output).show(json) {
        Page.lines(of: json) + JobSchedule.lines(of: found, after: Date())
      }
    }
  }

  /// The resource as REST has it, with its payload where it has a body.
  static func json(_ job: Job) -> JSON {
    guard var object = job.json.object else { return job.json }
    object["class"] = job.taskClass.map(JSON.string)
    if case .http(let target) = job.target { object["payload"] = target.body.map(TasksCommand.payload) }
    return .object(object)
  }

  static func columns(at now: Date) -> [TableColumn<JobRow>] {
    [
      TableColumn("NAME") { $0.name.id },
      TableColumn("LOCATION") { $0.name.parent.location },
      TableColumn("SCHEDULE") { $0.schedule },
      TableColumn("ZONE") { $0.zone },
      TableColumn("STATE") { $0.state },
      TableColumn("LAST RUN", .trailing) { row in
        row.lastRun.map { "\(Words.span(now.timeIntervalSince($0))) ago" } ?? "-"
      },
      TableColumn("LAST STATUS") { $0.status },
      TableColumn("NEXT RUN") { row in
        row.next.map { Timestamp($0).wholeSeconds.description } ?? "-"
      },
    ]
  }
}
