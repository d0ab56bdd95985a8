// The manual page, made from the command line's own description and the registry of keys.

import ArgumentParser
import CloudModel

struct ManCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "man", abstract: "Print the manual page.",
    discussion: """
      taskdeck man | man -l -
      taskdeck man > ~/.local/share/man/man1/taskdeck.1
      """)

  func run() throws {
    let description: JSON
    do { description = try JSON(parsing: Taskdeck._dumpHelp()) } catch {
      throw Exit.refused(
        "The manual page could not be made", reason: error.description, remedy: "`taskdeck --help` says as much.")
    }
    Output.write(ManualPage(description).text)
  }
}
