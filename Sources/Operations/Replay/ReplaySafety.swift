// What a person is told, and asked, before a payload runs on this machine.

import CloudModel
import Foundation
import ReplayModel

/// What stands between a plan to replay and the run.
package struct ReplaySafety: Equatable, Sendable {
  /// Said before the run.
  package var warnings: [String] = []
  /// Asked before the run: where the answer is no, nothing runs.
  package var question: String?

  /// - Parameters:
  ///   - protectedContext: name of the context the tasks come from, where it is protected.
  ///   - isLoopback: whether a base URL stays on this machine.
  package init(
    _ handlers: [Handler], tasks: Int, protectedContext: String?, isLoopback: (String) -> Bool
  ) {
    let payloads = tasks == 1 ? "a payload" : "\(tasks) payloads"
    let names = handlers.map { "\($0.name) (\($0.place))" }.joined(separator: ", ")
    if let context = protectedContext {
      warnings.append("\(payloads) of the protected context \(context) will run in the handler \(names).")
    }
    let away = handlers.compactMap { handler -> String? in
      guard case .http(let http) = handler.kind, !isLoopback(http.base) else { return nil }
      return http.base
    }
    if !away.isEmpty {
      question = "Send \(payloads) to \(away.joined(separator: ", ")), which is not this machine?"
    }
  }
}
