// Nothing is changed without a yes: on a terminal somebody is asked, in a script
// --yes says it, and in a protected context the name of what is changed besides.

import Foundation
import Settings

/// Asks before a change.
enum Consent {
  /// Returns when the change may be made. In a protected context the name has to be typed, or given with `--confirm`
  /// beside `--yes`.
  ///
  /// - Parameter name: what the change is about, by the short ID a person knows it by: a queue, a job, a topic.
  /// - Throws: `Exit` with 64 when nobody can be asked, with 1 when the answer was no.
  static func obtain(_ question: String, about name: String, _ wiring: Wiring, _ options: GlobalOptions) throws(Exit) {
    if options.yes { return try check(name, wiring, options) }
    if wiring.context.isProtected.value {
      return try type(name, "\(protection(wiring)) \(question)", flags: "--yes --confirm \(name)")
    }
    try obtainHere(question, options)
  }

  /// As `obtain`, for what goes further than a person may think: the name has to be typed in any context.
  static func obtain(_ question: String, typing name: String, _ wiring: Wiring, _ options: GlobalOptions) throws(Exit) {
    if options.yes { return try check(name, wiring, options) }
    guard wiring.context.isProtected.value else { return try type(name, question, flags: "--yes") }
    try type(name, "\(protection(wiring)) \(question)", flags: "--yes --confirm \(name)")
  }

  /// For changes of this machine only, which no context protects.
  static func obtainHere(_ question: String, _ options: GlobalOptions) throws(Exit) {
    if options.yes { return }
    let answer = try answer(question, "[y/N]")?.lowercased()
    if answer == "y" || answer == "yes" { return }
    throw .refused("Nothing was changed", reason: "The answer was no.", remedy: "Answer y to go ahead.")
  }

  /// Refuses a `--yes` that is not enough. Commands that plan for long ask this first.
  static func check(_ name: String, _ wiring: Wiring, _ options: GlobalOptions) throws(Exit) {
    guard options.yes, wiring.context.isProtected.value, options.confirm != name else { return }
    let given = options.confirm.map { "--confirm \($0) is not it" } ?? "--yes alone is not enough"
    throw .usage(
      "The context \(wiring.context.name?.value ?? "") is protected",
      reason: "\(wiring.context.isProtected.source) wants the name of what is changed besides --yes; \(given).",
      remedy: "Add --confirm \(name), if \(name) in \(wiring.context.project.value) is what you mean.")
  }

  private static func protection(_ wiring: Wiring) -> String {
    "Protected: \(wiring.context.name?.value ?? ""), project \(wiring.context.project.value)."
  }

  private static func type(_ name: String, _ question: String, flags: String) throws(Exit) {
    if try answer(question, "Type \(name) to go ahead:", flags: flags) == name { return }
    throw .refused(
      "Nothing was changed", reason: "What was typed is not \(name).", remedy: "Type the name exactly to go ahead.")
  }

  private static func answer(_ question: String, _ hint: String, flags: String = "--yes") throws(Exit) -> String? {
    guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
      throw .usage(
        "Nobody said yes", reason: "\(question) There is no terminal to ask on.",
        remedy: "Give \(flags) to go ahead, or --dry-run to see the plan only.")
    }
    FileHandle.standardError.write(Data("\(question) \(hint) ".utf8))
    return readLine()?.trimmingCharacters(in: .whitespaces)
  }
}
