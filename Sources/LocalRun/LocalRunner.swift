// One replay: a job goes to its handler, lines come out while it runs, and a
// report when it has ended. What the report means is for Operations to say.

import CloudModel
import Foundation
import ReplayModel
import Transport

/// Runs jobs on this machine.
package struct LocalRunner: Sendable {
  private let sender: any HTTPSender
  private let environment: [String: String]
  private let grace: Duration

  /// - Parameters:
  ///   - environment: of this process; children get it, with their handler's own on top.
  ///   - grace: what a child has between SIGTERM and SIGKILL.
  package init(sender: any HTTPSender, environment: [String: String], grace: Duration = .seconds(3)) {
    (self.sender, self.environment, self.grace) = (sender, environment, grace)
  }

  /// Runs a job to its end; a cancelled task calls it off. `receive` gets the lines in order, from one thread at a time.
  package func run(_ job: ReplayJob, _ receive: @escaping @Sendable (OutputLine) -> Void) async -> RunReport {
    switch job.handler.kind {
    case .http(let handler): await HTTPRun(job: job, handler: handler, sender: sender).run(receive)
    case .command(let handler):
      await CommandRun(job: job, handler: handler, environment: environment, grace: grace).run(receive)
    case .django(let project):
      await DjangoRun(job: job, project: project, runner: .init(environment: environment, grace: grace)).run(receive)
    }
  }
}
