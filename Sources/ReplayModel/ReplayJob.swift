// One thing to run: a task with its payload, and the handler that is to run it.

import CloudModel
import Foundation

/// What the code of a class is called as.
package enum EntryPoint: Equatable, Sendable {
  /// `cls(metadata).run(**payload)`, as the library's `debug` does.
  case run
  /// `cls(metadata).process(**payload)`, as the library's worker does.
  case process
  /// A function by its dotted path, as the Task Scheduler App names what it runs.
  case function(String)
}

/// A task to run on this machine.
package struct ReplayJob: Equatable, Sendable {
  package var handler: Handler
  package var metadata: ReplayMetadata
  /// Full resource name, or what a file called it.
  package var task: String
  package var taskClass: String?
  package var url: String
  package var method: String
  /// Of the stored request.
  package var headers: [Header]
  /// The body's bytes as the task has them.
  package var body: Data
  /// The body with its content coding undone: what a person edits and a program reads.
  package var payload: Data
  package var timeout: Duration
  package var entryPoint: EntryPoint = .run
  /// Hand the terminal to a debugger when the code raises.
  package var debugs = false
  /// Value of the `Authorization` header.
  package var authorization: String?

  package init(
    handler: Handler, metadata: ReplayMetadata, task: String, taskClass: String?, url: String, method: String = "POST",
    headers: [Header] = [], body: Data, payload: Data, timeout: Duration
  ) {
    (self.handler, self.metadata, self.task, self.taskClass) = (handler, metadata, task, taskClass)
    (self.url, self.method, self.headers) = (url, method, headers)
    (self.body, self.payload, self.timeout) = (body, payload, timeout)
  }
}
