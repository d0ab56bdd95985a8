// Which handler runs a task: the one that was named, the first rule that matches
// its class, or the only one there is. Anything else is for a person to say.

import CloudModel
import ReplayModel

/// A rule of the configuration's `replay`: tasks of these classes go to this handler.
package struct ReplayRule: Equatable, Sendable {
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
  package var rules: [ReplayRule]

  package init(_ all: [Handler], rules: [ReplayRule] = []) { (self.all, self.rules) = (all, rules) }

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

/// Case counts: class names are names of a program.
private func globMatches(_ pattern: String, _ text: String) -> Bool {
  let (pattern, text) = (Array(pattern), Array(text))
  var (at, place) = (0, 0)
  // Where to go on when what follows the last star does not fit.
  var star: (pattern: Int, text: Int)?
  while place < text.count {
    if at < pattern.count, pattern[at] == "*" {
      star = (at, place)
      at += 1
    } else if at < pattern.count, pattern[at] == "?" || pattern[at] == text[place] {
      (at, place) = (at + 1, place + 1)
    } else if let last = star {
      star = (last.pattern, last.text + 1)
      (at, place) = (last.pattern + 1, last.text + 1)
    } else {
      return false
    }
  }
  return pattern[at...].allSatisfy { $0 == "*" }
}
