// Where actions can be used.

/// A set of keys that count together: the innermost scope that knows a key decides what it does.
package struct Scope: Hashable, Sendable {
  /// The name in lists for programs.
  package let name: String
  /// The heading in the help.
  package let title: String
  /// Why its actions can not be done from elsewhere.
  let elsewhere: String

  init(_ name: String, _ title: String, elsewhere: String = "not from here") {
    (self.name, self.title, self.elsewhere) = (name, title, elsewhere)
  }

  package static func == (left: Scope, right: Scope) -> Bool { left.name == right.name }
  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension Scope: CaseIterable {
  /// Those of the registry's actions, in its order.
  package static let allCases: [Scope] = Action.allCases.reduce(into: []) { scopes, action in
    if !scopes.contains(action.scope) { scopes.append(action.scope) }
  }
}

extension Scope {
  /// Tables and pages alike.
  package static let everywhere = Scope("everywhere", "Everywhere")
  /// Whatever has a cursor or scrolls.
  package static let moving = Scope("moving", "Moving")
  package static let table = Scope("table", "Tables", elsewhere: "only in a table")
  /// The page about one thing.
  package static let page = Scope("page", "Pages", elsewhere: "only on a page")
  /// While something is typed.
  package static let input = Scope("input", "While typing", elsewhere: "only while typing")
  package static let help = Scope("help", "In this help")
  package static let searching = Scope("searching", "While searching this help")
  package static let picker = Scope("picker", "Choosing a theme")
  /// Tables and pages, where something is changed.
  package static let changing = Scope("changing", "Changes", elsewhere: "only in a table or on a page")
  package static let journal = Scope("journal", "In the journal", elsewhere: "only in the journal")
  /// The sheet that chooses what to discard.
  package static let sheet = Scope("sheet", "Choosing what to discard")
  package static let plan = Scope("plan", "In a plan")
  /// A plan in a protected context.
  package static let confirm = Scope("confirm", "In a plan, protected")
  package static let running = Scope("running", "While tasks are changed")
  package static let outcome = Scope("outcome", "On an outcome")
}
