// The registry: every action once.
//
// Keys, footer, help, palette, command line, man page and README's table are all made from it. An action is described
// where it is declared, together with what it does, so that none can be without words.

import Terminal

/// What an action can do to the world.
package enum Risk: String, Sendable {
  /// It only looks.
  case none
  /// It can be taken back.
  case reversible
  case destructive
}

/// Something a key can do.
///
/// An action is declared once, in the folder of the feature it belongs to, and listed in that feature's table:
///
///     extension Action {
///       static let payload = Action(
///         "row.payload", "Payload", "The page about the row, at its payload.", keys: ["p"], scope: .table
///       ) { state, _ in state.openPage(atPayload: true) }
///     }
package final class Action: Sendable {
  /// The name in the configuration: `task.discard`.
  package let rawValue: String
  package let title: String
  /// One sentence.
  package let help: String
  package let keys: [Key]
  package let scope: Scope
  package let risk: Risk
  /// The word in the footer, where the key is worth a place there.
  package let footer: String?
  /// Its place in the footer: the lowest are at the left, and stay where there is no room for all.
  let rank: Int
  /// The subcommand that does the same.
  package let command: [String]
  /// Why it can not be done here and now, although its scope has the keys; nil when it can.
  let refusal: @Sendable (ConsoleState) -> String?
  let run: @Sendable (inout ConsoleState, Action) -> [Effect]

  /// - Parameter refusal: a sentence. Read-only is not for it: whatever has a risk is refused then.
  init(
    _ name: String, _ title: String, _ help: String, keys: [Key], scope: Scope, risk: Risk = .none,
    footer: String? = nil, rank: Int = 5, command: [String] = [],
    refusal: @escaping @Sendable (ConsoleState) -> String? = { _ in nil },
    run: @escaping @Sendable (inout ConsoleState, Action) -> [Effect]
  ) {
    (rawValue, self.title, self.help, self.keys) = (name, title, help, keys)
    (self.scope, self.risk, self.command) = (scope, risk, command)
    (self.footer, self.rank) = (footer, rank)
    (self.refusal, self.run) = (refusal, run)
  }
}

extension ConsoleState {
  /// Why an action of a scope that has the keys can not be done here and now, as a sentence; nil when it can.
  func refusal(of action: Action) -> String? {
    if context.isReadOnly, action.risk != .none {
      return "Read-only: nothing can be changed here. \(keys.names(for: .readOnly)) makes changes possible."
    }
    return action.refusal(self)
  }
}

extension Action: Hashable, CustomStringConvertible {
  package static func == (left: Action, right: Action) -> Bool { left === right }
  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
  package var description: String { rawValue }
}

extension Action: CaseIterable {
  /// All of them, in the order in which help shows them. A feature adds its table here.
  package static let allCases: [Action] = [
    viewActions, appActions, contextActions, [overview, copy], movingActions, tableActions, columnActions, pageActions,
    overviewActions,
    queueActions, taskActions, changeActions, replayActions, jobActions,
    scheduleActions, pubsubActions, journalActions, inputActions, commandActions, filteringActions, helpActions,
    sheetActions,
    planActions,
    pickerActions, copyingActions,
    chooserActions, formActions,
  ].flatMap { $0 }

  private static let byName = Dictionary(allCases.map { ($0.rawValue, $0) }) { first, _ in first }

  /// The action of a name in the configuration.
  package static func named(_ name: String) -> Action? { byName[name] }
}
