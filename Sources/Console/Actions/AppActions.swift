// Actions that are the same wherever one is: from place to place, and about the program itself.

import Terminal

extension Action {
  package static let help = Action(
    "app.help", "Help", "Show and search all keys; Enter does what is under the cursor.", keys: ["?", "F1"],
    scope: .everywhere, footer: "help"
  ) { state, _ in
    state.overlay = HelpState(scopes: state.scopes)
    return []
  }

  package static let palette = Action(
    "app.palette", "Palette", "Type a few letters of what you want; Enter does it.", keys: ["Ctrl-P"],
    scope: .everywhere
  ) { state, _ in
    var help = HelpState(scopes: state.scopes)
    (help.isTyping, help.isPalette) = (true, true)
    state.overlay = help
    return []
  }

  package static let command = Action(
    "app.command", "Command line", "Go anywhere by name: tasks orders /class:Sync* @prod, jobs, q.", keys: [":"],
    scope: .everywhere
  ) { state, _ in
    state.overlay = CommandLine(state)
    return []
  }

  package static let back = Action(
    "view.back", "Back", "Go back; a filter is cleared first.", keys: ["Esc"], scope: .everywhere
  ) { state, _ in state.goBack(quits: false) }

  package static let leave = Action(
    "view.leave", "Back or quit", "Go back; quit on the first screen.", keys: ["q"], scope: .everywhere, footer: "back"
  ) { state, _ in state.goBack(quits: true) }

  static let nextTab = Action("view.next", "Next tab", "Go to the next tab.", keys: ["Tab"], scope: .everywhere) {
    state, _ in state.go(by: 1)
  }
  static let previousTab = Action(
    "view.previous", "Previous tab", "Go to the tab before.", keys: ["Shift-Tab"], scope: .everywhere
  ) { state, _ in state.go(by: -1) }

  static let viewActions: [Action] =
    [help, palette, command, back, leave] + Tab.all.map(\.action) + [nextTab, previousTab]
}

extension Action {
  package static let refresh = Action(
    "view.refresh", "Refresh", "Ask for what is shown again, now.", keys: ["r"], scope: .everywhere, footer: "refresh"
  ) { state, _ in
    for lane in state.activeLanes where lane != .survey { state.lanes[lane, default: LaneState()].isForced = true }
    return []
  }

  static let live = Action(
    "view.live", "Live refresh", "Stop asking by itself, or start again.", keys: ["l"], scope: .everywhere,
    footer: "live"
  ) { state, _ in
    state.isPaused.toggle()
    state.say(state.isPaused ? "Live refresh is off. r asks once, l starts again." : "Live refresh is on.")
    return []
  }

  static let log = Action(
    "view.log", "Requests", "Show what was sent, how it was answered and how long it took.", keys: ["L"],
    scope: .everywhere
  ) { state, _ in state.showLog() }

  static let readOnly = Action(
    "app.read-only", "Read-only", "Refuse every change, or allow them again.", keys: ["Ctrl-R"], scope: .everywhere
  ) { state, _ in state.toggleReadOnly() }

  static let theme = Action(
    "app.theme", "Theme", "Choose the colours.", keys: ["T"], scope: .everywhere, footer: "theme"
  ) { state, _ in
    let place = state.themes.firstIndex { $0.name == state.theme } ?? 0
    state.overlay = ThemePicker(cursor: place, before: state.theme)
    return []
  }

  static let redraw = Action(
    "app.redraw", "Redraw", "Paint the whole screen again.", keys: ["Ctrl-L"], scope: .everywhere
  ) { _, _ in [.redraw] }

  static let suspend = Action(
    "app.suspend", "Suspend", "Stop and give the shell back; fg continues.", keys: ["Ctrl-Z"], scope: .everywhere
  ) { _, _ in [.suspend] }

  static let quit = Action("app.quit", "Quit", "Quit at once.", keys: ["Ctrl-C"], scope: .everywhere) { _, _ in [.quit]
  }

  static let appActions = [refresh, live, log, readOnly, theme, redraw, suspend, quit]
}
