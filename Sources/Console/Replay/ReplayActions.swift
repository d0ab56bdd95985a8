// The keys of a replay.

import Terminal

extension Scope {
  /// The page of a replay while nothing runs.
  package static let replay = Scope("replay", "Running a task here")
  package static let replaying = Scope("replaying", "While a task runs here")
}

extension Action {
  package static let debug = Action(
    "task.debug", "Debug", "Run the task, or the marked ones, on this machine with a handler of yours.", keys: ["B"],
    scope: .changing, footer: "run here", rank: 3, command: ["tasks", "debug"],
    refusal: { state in state.hasReplayable ? nil : "B runs a task on this machine: choose a task." }
  ) { state, _ in state.openReplay() }

  static let replayRun = Action(
    "replay.run", "Run", "Run it with the handler that is shown.", keys: ["Enter", "r"], scope: .replay, footer: "run",
    run: inReplay)
  static let replayNext = Action(
    "replay.next", "Next handler", "The next handler.", keys: ["Right", "h"], scope: .replay, footer: "handler",
    run: inReplay)
  static let replayPrevious = Action(
    "replay.previous", "Previous handler", "The handler before.", keys: ["Left"], scope: .replay, run: inReplay)
  static let replayEdit = Action(
    "replay.edit", "Edit", "Edit the payload in $VISUAL or $EDITOR.", keys: ["e"], scope: .replay, footer: "edit",
    run: inReplay)
  static let replayPane = Action(
    "replay.pane", "Other side", "From the payload to the output and back.", keys: ["Tab"], scope: .replay,
    footer: "other side", run: inReplay)
  static let replayDiscard = Action(
    "replay.discard", "Discard", "Plan to discard the task, once its replay succeeded.", keys: ["D"], scope: .replay,
    risk: .reversible, footer: "discard", run: inReplay)
  static let replayRequeue = Action(
    "replay.requeue", "Requeue", "Enqueue a new task with the payload as it is now.", keys: ["N"], scope: .replay,
    risk: .reversible, footer: "requeue", run: inReplay)
  static let replayCompare = Action(
    "replay.compare", "Compare", "The last two runs of the task side by side.", keys: ["="], scope: .replay,
    footer: "compare", command: ["journal", "replays"], run: inReplay)
  static let replayClose = Action(
    "replay.close", "Close", "Leave it; the task stays where it is.", keys: ["Esc", "q"], scope: .replay,
    footer: "close", run: inReplay)
  static let replayStop = Action(
    "replay.stop", "Stop", "End the handler and all that it started.", keys: ["Ctrl-C", "Esc"], scope: .replaying,
    footer: "stop", run: inReplay)

  static let replayLeave = Action(
    "replay.leave", "Leave", "End it and leave, after another q.", keys: ["q"], scope: .replaying, footer: "leave",
    run: inReplay)

  static let replayActions = [
    debug, replayRun, replayNext, replayPrevious, replayEdit, replayPane, replayDiscard, replayRequeue, replayCompare,
    replayClose, replayStop, replayLeave,
  ]

  private static let inReplay: @Sendable (inout ConsoleState, Action) -> [Effect] = { $0.performInReplay($1) }
}
