// What `doctor` says of one thing.

import CloudModel
import Console
import Foundation

/// One thing that was looked at.
struct Check: Sendable {
  enum Status: String { case ok, warn, fail }

  let name: String
  var status: Status
  var detail: String
  var remedy: String

  init(_ name: String, _ status: Status, _ detail: String, remedy: String = "") {
    (self.name, self.status, self.detail, self.remedy) = (name, status, detail, remedy)
  }

  init(_ name: String, _ failure: Failure, _ status: Status = .fail) {
    self.init(name, status, "\(failure.title): \(failure.reason)", remedy: failure.remedy)
  }

  var json: JSON {
    [
      "name": .string(name), "status": .string(status.rawValue), "detail": .string(detail),
      "remedy": .string(remedy),
    ]
  }

  /// For people: the sign and the name, what was found, and what to do about it.
  ///
  /// - Parameter columns: of the terminal they are for; nil where they go elsewhere, and are not broken.
  func lines(nameWidth: Int, columns: Int? = nil) -> [String] {
    let sign =
      switch status {
      case .ok: "ok  "
      case .warn: "WARN"
      case .fail: "FAIL"
      }
    let padded = name.padding(toLength: max(nameWidth, name.count), withPad: " ", startingAt: 0)
    let first = Self.broken("\(sign)  \(printable(padded))  ", printable(detail), columns)
    return remedy.isEmpty ? first : first + Self.broken("      → ", printable(remedy), columns)
  }

  /// A text in lines that are broken between words. A path that is too long for a line is left to the terminal, from
  /// which it can be copied whole then.
  private static func broken(_ start: String, _ text: String, _ columns: Int?) -> [String] {
    guard let columns, start.count + text.count > columns else { return [start + text] }
    let indent = String(repeating: " ", count: start.count)
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= columns {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append((lines.isEmpty ? start : indent) + word)
      }
    }
    return lines
  }
}

/// Runs a check that asks somebody else, and gives it up in the end: one that hangs must not hide the others.
///
/// - Parameter hint: what is known by then of why it takes so long.
func bounded(
  _ name: String, seconds: Int = 10, hint: @escaping @Sendable () -> String? = { nil },
  _ check: @escaping @Sendable () async -> [Check]
) async -> [Check] {
  await withTaskGroup(of: [Check]?.self) { group in
    group.addTask { await check() }
    group.addTask {
      // Cancelled once the check is there: then nobody waits for this.
      do { try await Task.sleep(for: .seconds(seconds)) } catch { return nil }
      let known = hint().map { "; \($0)" } ?? ""
      return [
        Check(
          name, .fail, "nothing was settled within \(seconds) s\(known)",
          remedy: "Try again; look at the network, the proxy and https://status.cloud.google.com if it stays so.")
      ]
    }
    for await found in group {
      guard let found else { continue }
      group.cancelAll()
      return found
    }
    return []
  }
}
