// What a replay on the screen is made of: plain values, sanitised where they are made, so that effects and answers can
// be compared in tests.

import CloudModel
import Foundation
import Terminal

/// A handler that could run the task.
package struct ReplayHandlerChoice: Equatable, Sendable {
  package var name: String
  package var place: String
  /// What must be answered before it runs; nil when nothing.
  package var question: String?

  package init(name: String, place: String, question: String? = nil) {
    (self.name, self.place, self.question) = (name, place, question)
  }
}

/// A task that is ready to run, or several.
package struct ReplayOffer: Equatable, Sendable {
  package var title: String
  /// Payload, metadata and headers of the one task; how many of which class where there are several.
  package var document: Document
  /// The one to offer first.
  package var handlers: [ReplayHandlerChoice]
  /// Said before anything runs.
  package var warnings: [String]
  /// What an edit changed, key by key.
  package var changes: [String]

  package init(
    title: String, document: Document, handlers: [ReplayHandlerChoice], warnings: [String] = [], changes: [String] = []
  ) {
    (self.title, self.document, self.handlers) = (title, document, handlers)
    (self.warnings, self.changes) = (warnings, changes)
  }
}

/// A line that the handler wrote.
package struct ReplayLine: Equatable, Sendable {
  /// Since the run began.
  package var seconds: Double
  package var spans: [Span]

  package init(seconds: Double, spans: [Span]) { (self.seconds, self.spans) = (seconds, spans) }
}

/// How a run ended.
package struct ReplayEnd: Equatable, Sendable {
  /// `SyncOrder succeeded in 0.42 s, exit status 0`.
  package var words: String
  package var role: Role
  package var isDone: Bool
  package var result: String?
  package var failure: Failure?

  package init(words: String, role: Role, isDone: Bool, result: String? = nil, failure: Failure? = nil) {
    (self.words, self.role, self.isDone, self.result, self.failure) = (words, role, isDone, result, failure)
  }
}

/// One of many, when it has ended.
package struct ReplayRow: Equatable, Sendable {
  package var taskClass: String
  package var id: String
  package var outcome: String
  package var role: Role
  package var time: String
  package var why: String

  package init(taskClass: String, id: String, outcome: String, role: Role, time: String, why: String) {
    (self.taskClass, self.id, self.outcome, self.role) = (taskClass, id, outcome, role)
    (self.time, self.why) = (time, why)
  }
}

/// What the program around the console is asked for; it answers with `Message.replay`.
package enum ReplayOrder: Equatable, Sendable {
  /// Fetch the tasks whole; answer with `.offered` or `.refused`.
  case open([TaskName])
  /// Run with this handler; answer with lines or rows, and `.ended`.
  case run(handler: String)
  case stop
  /// Give the terminal to the editor; answer with `.offered` or `.said`.
  case edit
  /// Enqueue the payload as it is now; answer with `.said`.
  case requeue
  /// The last two runs of the task beside each other, in so many columns.
  case compare(columns: Int)
  /// The page was left.
  case close
}

package enum ReplayAnswer: Equatable, Sendable {
  case offered(ReplayOffer)
  case refused(Failure)
  case lines([ReplayLine])
  case row(ReplayRow)
  case ended(ReplayEnd)
  case compared([String])
  case said(String, Role)
}
