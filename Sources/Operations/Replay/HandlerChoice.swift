// Which handler runs a task: the one that was named, the first rule that matches
// its class, or the only one there is. Anything else is for a person to say.

import CloudModel
import ReplayModel

/// A rule of the configuration's `replay`: tasks of these classes go to this handler.
package struct HandlerRule: Equatable, Sendable {
  /// `*` is any text, `?` any letter; nil matches every task, also one without a class.
  package var pattern: String?
  package var handler: String

  package init(pattern: String?, handler: String) { (self.pattern, self.handler) = (pattern, handler) }

  package func matches(_ taskClass: String?) -> Bool {
    guard let pattern else { return true }
    guard let taskClass else { return false }
    return globMatches(pattern, taskClass)
  }
}

/// The handlers of a context.
package struct Handlers: Equatable, Sendable {
  package var all: [Handler]
  package var rules: [HandlerRule]

  package init(_ all: [Handler], rules: [HandlerRule] = []) { (self.all, self.rules) = (all, rules) }

  package enum Choice: Equatable, Sendable {
    case handler(Handler)
    /// Several could; the first of them is the one to offer.
    case ask([Handler])
    /// There is none.
    case none
    /// No handler has the name that was given, or that a rule names.
    case unknown(String, near: [String])
  }

  package func named(_ name: String) -> Choice {
    if let handler = all.first(where: { $0.name == name }) { return .handler(handler) }
    return .unknown(name, near: Nearest.names(to: name, among: all.map(\.name)))
  }

  /// - Parameter remembered: name of the handler that ran this class last.
  package func choice(for taskClass: String?, remembered: String? = nil) -> Choice {
    if let rule = rules.first(where: { $0.matches(taskClass) }) { return named(rule.handler) }
    if all.count < 2 { return all.first.map(Choice.handler) ?? .none }
    return .ask(all.filter { $0.name == remembered } + all.filter { $0.name != remembered })
  }
}
