// How often the screen asks, as the person wants it: `:pace 5s`, `:pace fast`, and whether changes stand out: `:flash off`.
// Both are remembered. The list budget is kept whatever is chosen.

import CloudModel
import Foundation
import Terminal

extension ConsoleState {
  /// Seconds between two refreshes of what is on the screen, at least.
  var pace: TimeInterval { max(refresh.shortest, memory.pace ?? refresh.shortest) }

  mutating func set(pace seconds: TimeInterval?) -> [Effect] {
    let effects = remember(.pace(seconds))
    // What waits for its turn by the old pace is asked for by the new one.
    let soonest = now.addingTimeInterval(pace)
    for lane in activeLanes {
      guard let waits = lanes[lane], waits.waiting == nil else { continue }
      lanes[lane]?.due = min(waits.due, soonest)
    }
    say(
      seconds.map { "The screen is refreshed every \(Words.longSpan($0)) at the soonest." }
        ?? "The screen is refreshed as often as the list budget allows.")
    return effects
  }

  mutating func set(flash isOn: Bool) -> [Effect] {
    applyFlash(isOn)
    say(isOn ? "Cells that change stand out for a moment." : "Cells that change do not stand out.")
    return remember(.flash(isOn))
  }

  /// Every table's switch.
  mutating func applyFlash(_ isOn: Bool) {
    for table in Self.tables { table.setFlash(isOn, &self) }
  }

  mutating func tickFlashes() {
    for table in Self.tables { table.tickFlash(&self) }
  }
}

extension TableScreen {
  func setFlash(_ isOn: Bool, _ state: inout ConsoleState) {
    state[keyPath: table].flash = Flash()
    state[keyPath: table].flash.isOn = isOn
  }

  func tickFlash(_ state: inout ConsoleState) {
    if !state[keyPath: table].flash.cells.isEmpty { state[keyPath: table].flash.tick(state.now) }
  }
}

extension Command {
  static let pace = Command(
    "pace", arguments: "SPAN|fast|off",
    help: "Refresh every so often: 5s, 1m; fast is as often as the budget allows, off stops it.",
    words: { _ in ["fast", "2s", "5s", "15s", "1m", "off"] }
  ) { state, arguments in
    guard let word = arguments.words.first else {
      state.say("The screen is refreshed every \(Words.longSpan(state.pace)) at the soonest; pace SPAN changes it.")
      return .success([])
    }
    switch word {
    case "off":
      return .success(state.isPaused ? [] : state.perform(.live))
    case "fast":
      state.isPaused = false
      return .success(state.set(pace: nil))
    default:
      guard let span = Duration(span: word), span >= .seconds(1), span <= .seconds(3600) else {
        return .failure(CommandProblem("\(word) is no pace: write 1s to 1h, fast or off"))
      }
      state.isPaused = false
      return .success(state.set(pace: TimeInterval(span.components.seconds)))
    }
  }

  static let flash = Command(
    "flash", arguments: "on|off", help: "Let cells that change stand out for a moment, or not.",
    words: { _ in ["on", "off"] }
  ) { state, arguments in
    switch arguments.words.first {
    case "on": .success(state.set(flash: true))
    case "off": .success(state.set(flash: false))
    default: .failure(CommandProblem("write flash on or flash off"))
    }
  }
}
