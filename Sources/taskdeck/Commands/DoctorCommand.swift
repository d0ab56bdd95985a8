// `doctor`: everything that has to be right, looked at one by one.

import ArgumentParser
import CloudAPI
import CloudModel
import Console
import Foundation
import Settings

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check configuration, credentials, permissions, reachability and the terminal; exit 1 when one fails.",
    discussion: "It only reads: one list call for each service and location.")

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    var checks = LocalChecks(environment).all
    do throws(Exit) {
      let wiring = try Wiring(options)
      checks.insert(contentsOf: Self.context(wiring), at: 0)
      checks += await ServiceChecks(wiring).all()
    } catch {
      checks.insert(Check("context", error.failure), at: 0)
    }
    show(checks)
    if checks.contains(where: { $0.status == .fail }) { throw ExitCode(1) }
  }

  private static func context(_ wiring: Wiring) -> [Check] {
    let (context, files) = (wiring.context, wiring.configuration.files)
    return [
      Check(
        "configuration", .ok, files.isEmpty ? "no files; flags and environment only" : files.joined(separator: ", ")),
      Check(
        "context", .ok,
        "project \(context.project.value) (\(context.project.source)), "
          + "\(context.locations.value.joined(separator: ", ")) (\(context.locations.source))"),
      Check(
        "credentials", .ok, "\(context.tasks.credentials.value.words) (\(context.tasks.credentials.source))"),
    ]
  }

  private func show(_ checks: [Check]) {
    let json: JSON = ["checks": .array(checks.map(\.json))]
    Output(format: options.output).show(json) {
      checks.flatMap { check -> [String] in
        let sign =
          switch check.status {
          case .ok: "ok  "
          case .warn: "WARN"
          case .fail: "FAIL"
          }
        let first =
          "\(sign)  \(check.name.padding(toLength: max(24, check.name.count), withPad: " ", startingAt: 0))  "
          + printable(check.detail)
        return check.remedy.isEmpty ? [first] : [first, "        \(printable(check.remedy))"]
      }
    }
  }
}

/// One thing that was looked at.
struct Check {
  enum Status: String { case ok, warn, fail }

  let name: String
  let status: Status
  let detail: String
  let remedy: String

  init(_ name: String, _ status: Status, _ detail: String, remedy: String = "") {
    (self.name, self.status, self.detail, self.remedy) = (name, status, detail, remedy)
  }

  init(_ name: String, _ failure: Failure, _ status: Status = .fail) {
    self.init(name, status, "\(failure.title): \(failure.reason)", remedy: failure.remedy)
  }

  var json: JSON {
    [
      "name": .string(name), "status": .string(status.rawValue), "detail": .string(detail),
      "remedy": .string(remedy),
    ]
  }
}

/// What can be seen without the network.
private struct LocalChecks {
  let environment: [String: String]

  init(_ environment: [String: String]) { self.environment = environment }

  var all: [Check] { [terminal, locale, journal, memory] + themes }

  private var terminal: Check {
    let term = environment["TERM"] ?? ""
    if term.isEmpty || term == "dumb" {
      return Check(
        "terminal", .warn, term.isEmpty ? "TERM is not set" : "TERM is dumb",
        remedy: "The console needs a terminal such as xterm-256color; commands work without.")
    }
    let colours = environment["NO_COLOR"].map { !$0.isEmpty } ?? false ? ", no colours (NO_COLOR)" : ""
    let inside = environment["TMUX"] != nil ? " inside tmux" : environment["STY"] != nil ? " inside screen" : ""
    return Check("terminal", .ok, "\(term)\(inside)\(colours)")
  }

  private var locale: Check {
    // Of the three the first that is set decides (POSIX, Environment Variables).
    let value = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    let isUTF8 = value.lowercased().replacing("-", with: "").contains("utf8")
    return isUTF8
      ? Check("locale", .ok, value)
      : Check(
        "locale", .warn, value.isEmpty ? "none is set" : "\(value) is not UTF-8",
        remedy: "The console takes C.UTF-8 where there is one; set LANG to a UTF-8 locale otherwise.")
  }

  private var journal: Check {
    let path = "\(StateFolder.path(environment))/journal.db"
    do throws(Exit) {
      _ = try Workbench.openJournal(environment)
      return Check("journal", .ok, path)
    } catch {
      return Check("journal", error.failure)
    }
  }

  private var memory: Check {
    let folder = StateFolder.path(environment)
    return FileManager.default.isWritableFile(atPath: folder)
      ? Check("state folder", .ok, folder)
      : Check("state folder", .warn, "\(folder) cannot be written", remedy: "Set XDG_STATE_HOME to a folder of yours.")
  }

  private var themes: [Check] {
    ThemeFolder(environment).all.filter { !$0.warnings.isEmpty }.map { found in
      Check(
        "theme \(found.theme.name)", .warn, found.warnings.map(\.description).joined(separator: "; "),
        remedy: "Mend \(found.file ?? found.theme.name).")
    }
  }
}

/// What the services say.
private struct ServiceChecks {
  let wiring: Wiring

  init(_ wiring: Wiring) { self.wiring = wiring }

  func all() async -> [Check] {
    var checks: [Check] = []
    for parent in wiring.parents { checks += await tasks(parent) + [await scheduler(parent)] }
    return checks + [await pubsub()]
  }

  private func tasks(_ parent: LocationName) async -> [Check] {
    let name = "Cloud Tasks \(parent.location)"
    do throws(APIError) {
      let list = try await wiring.tasks.queues(in: parent)
      let found = Check(name, .ok, Words.count(list.queues.count, "queue"))
      guard let reason = list.statsRefused else { return [found] }
      return [
        found,
        Check("\(name) counts", .warn, reason, remedy: "Counts come from task lists instead, within the list budget."),
      ]
    } catch {
      return [Check(name, Failure(error))]
    }
  }

  private func scheduler(_ parent: LocationName) async -> Check {
    let name = "Cloud Scheduler \(parent.location)"
    do throws(APIError) {
      for try await page in wiring.scheduler.jobPages(in: parent) {
        return Check(name, .ok, "\(Words.count(page.items.count, "job"))\(page.nextPageToken == nil ? "" : " or more")")
      }
      return Check(name, .ok, "no jobs")
    } catch {
      return Check(name, Failure(error))
    }
  }

  /// Many projects have none: what cannot be used is a warning.
  private func pubsub() async -> Check {
    do {
      for try await page in try wiring.pubsub.topicPages(in: wiring.context.project.value) {
        return Check(
          "Pub/Sub", .ok, "\(Words.count(page.items.count, "topic"))\(page.nextPageToken == nil ? "" : " or more")")
      }
      return Check("Pub/Sub", .ok, "no topics")
    } catch let error as any HasWords {
      return Check("Pub/Sub", error.exit.failure, .warn)
    } catch {
      return Check("Pub/Sub", .warn, String(describing: error))
    }
  }
}
