// Running a program that gives tokens: no shell, no terminal, a time limit, and
// nothing of what it prints goes anywhere but to the caller.

import Foundation

/// How a program ended.
package struct ProgramOutput: Sendable, CustomReflectable {
  package var status: Int32
  package var output: Data
  package var errors: Data

  package init(status: Int32, output: Data, errors: Data = Data()) {
    (self.status, self.output, self.errors) = (status, output, errors)
  }

  /// Without the output, which may be a token.
  package var customMirror: Mirror { Mirror(self, children: ["status": status]) }

  /// For people.
  var firstErrorLine: String {
    let text = String(decoding: errors.prefix(4096), as: UTF8.self)
    let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? "it gave no reason."
    return line.count > 300 ? line.prefix(300) + "…" : line
  }
}

/// Runs programs.
package protocol ProgramRunner: Sendable {
  /// Runs a program to its end; `source` is what errors call the place that names it.
  func run(
    _ words: [String], environment: [String: String], timeout: Duration, source: String
  ) async throws(CredentialsError) -> ProgramOutput
}

/// The system's programs, found by the environment's PATH.
package struct SystemProgramRunner: ProgramRunner {
  package init() {}

  package func run(
    _ words: [String], environment: [String: String], timeout: Duration, source: String
  ) async throws(CredentialsError) -> ProgramOutput {
    guard let name = words.first, let path = find(name, environment) else {
      throw CredentialsError(.program, source: source, reason: "there is no program named \(words.first ?? "\"\"").")
    }
    let run = ProgramRun(path: path, words: words, environment: environment)
    let result: Result<ProgramOutput, ProgramRun.Failure> = await withCheckedContinuation { continuation in
      // A thread of its own: it waits for the program, which a thread of Swift's pool must not.
      Thread.detachNewThread { continuation.resume(returning: run.toItsEnd(within: timeout)) }
    }
    switch result {
    case .success(let output): return output
    case .failure(.notStarted(let reason)):
      throw CredentialsError(.program, source: source, reason: "\(name) cannot be run: \(reason).")
    case .failure(.timedOut):
      throw CredentialsError(.program, source: source, reason: "\(name) gave no token within \(timeout).")
    }
  }

  private func find(_ name: String, _ environment: [String: String]) -> String? {
    if name.contains("/") { return name }
    let folders = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    return folders.lazy.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
