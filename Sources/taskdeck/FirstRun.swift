// The first run: nothing is configured, and nobody has read a manual.

import ArgumentParser
import CloudModel
import Console
import Foundation

/// What is said where the console finds no project or no credentials.
enum FirstRun {
  /// Says what is missing and what was looked at, and offers the demo. Returns true when the person wants it.
  static func offersDemo(_ exit: Exit, _ environment: [String: String]) -> Bool {
    guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, isatty(STDERR_FILENO) == 1 else { return false }
    Output.say("\(exit.failure.title).\n\n  \(exit.failure.reason)\n  \(exit.failure.remedy)\n\nLooked at:")
    for line in looked(environment) { Output.say("  \(line)") }
    Output.say("\n`taskdeck doctor` checks everything. The demo runs on this machine alone, without an account.")
    FileHandle.standardError.write(Data("Open the demo? [Y/n] ".utf8))
    guard let answer = readLine() else { return false }
    return ["", "y", "yes"].contains(answer.trimmingCharacters(in: .whitespaces).lowercased())
  }

  /// Each place, and whether anything is there. Values are not shown: some are secret.
  static func looked(_ environment: [String: String]) -> [String] {
    let variables = [
      "TASKDECK_PROJECT", "TASKDECK_ENDPOINT", "GOOGLE_CLOUD_PROJECT", "GOOGLE_APPLICATION_CREDENTIALS",
      "CLOUDSDK_CORE_PROJECT", "CLOUD_TASKS_EMULATOR_HOST",
    ]
    let home = environment["HOME"] ?? NSHomeDirectory()
    let config = environment["XDG_CONFIG_HOME"] ?? "\(home)/.config"
    let gcloud = environment["CLOUDSDK_CONFIG"] ?? "\(home)/.config/gcloud"
    let files = [
      "taskdeck.yaml", "\(config)/taskdeck/config.yaml", "\(gcloud)/active_config",
      "\(gcloud)/application_default_credentials.json",
    ]
    let set = variables.map { "\(environment[$0].map { !$0.isEmpty } ?? false ? "set    " : "not set")  $0" }
    return set + files.map { "\(FileManager.default.fileExists(atPath: $0) ? "there  " : "absent ")  \($0)" }
  }
}
