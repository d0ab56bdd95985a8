// The command line: what there is, and how a run ends.

import ArgumentParser
import COpenSSL
import CloudModel
import Foundation

@main
enum Main {
  static func main() async {
    // OpenSSL tears itself down at exit by default, under the feet of threads that are still in a TLS connection
    // (OPENSSL_init_crypto(3)). The system takes back its memory just as well.
    OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
      // The synchronous one refuses completions that ask a service (`Offers`).
      var command = try await Taskdeck.asyncParseAsRoot(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let error as any HasWords {
      let exit = error.exit
      exit.print(asJSON: wantsJSON(arguments))
      Foundation.exit(exit.status)
    } catch {
      finish(error, arguments)
    }
  }

  /// Usage errors, help and version: ArgumentParser has the words, and 64 for what was written wrong.
  private static func finish(_ error: any Error, _ arguments: [String]) -> Never {
    let code = Taskdeck.exitCode(for: error)
    // A bare status has been explained by what was printed before it.
    if error is ExitCode { Foundation.exit(code.rawValue) }
    guard !code.isSuccess, wantsJSON(arguments) else { Taskdeck.exit(withError: error) }
    Exit.usage(
      "The command line is not understood", reason: Taskdeck.message(for: error),
      remedy: "`taskdeck --help` lists the commands."
    ).print(asJSON: true)
    Foundation.exit(code.rawValue)
  }

  /// Read from the raw words, because the line may not have parsed.
  private static func wantsJSON(_ arguments: [String]) -> Bool {
    let values = zip(arguments, arguments.dropFirst()).compactMap { ["-o", "--output"].contains($0) ? $1 : nil }
    let joined = arguments.compactMap { $0.hasPrefix("--output=") ? String($0.dropFirst(9)) : nil }
    return (values + joined).contains { $0 == "json" || $0 == "jsonl" }
  }
}

struct Taskdeck: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "taskdeck",
    abstract: "A console for Cloud Tasks queues, their tasks and Cloud Scheduler jobs.",
    discussion: "Without a subcommand it opens the console. `taskdeck demo` shows it without an account.",
    version: programVersion,
    subcommands: [
      DemoCommand.self, EmulatorCommand.self, QueuesCommand.self, TasksCommand.self, JobsCommand.self,
      TopicsCommand.self, SubscriptionsCommand.self, PublishCommand.self, ScheduleCommand.self,
      JournalCommand.self, KeysCommand.self, ThemesCommand.self, DoctorCommand.self, CompletionsCommand.self,
      ManCommand.self,
      ContextsCommand.self,
    ])

  @OptionGroup var options: GlobalOptions
  @OptionGroup var console: ConsoleOptions

  func run() async throws {
    var start = await StartUp(options, console)
    try await start.run()
  }
}
