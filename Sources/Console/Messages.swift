// What goes into `update` and what comes out of it: the whole contract between the console and the program around it.

import CloudModel
import Foundation
import Operations
import Terminal

/// Number of one request. An answer that carries another number than the one that is waited for is dropped: it belongs
/// to a view, a queue or a context that has been left.
package struct Generation: Hashable, Sendable, CustomStringConvertible {
  package let number: Int

  package init(_ number: Int) { self.number = number }

  package var description: String { "#\(number)" }
}

/// A complete list, as the effect runner answers it.
package struct Listing<Row: Equatable & Sendable>: Equatable, Sendable {
  package var rows: [Row]
  /// List calls it cost.
  package var calls: Int
  /// A part that could not be had (one location of several, the counts); the rows are the rest.
  package var partial: Failure?
  /// Locations that have not answered to the end. While there are any, another answer to the same request follows.
  package var pending: [String]

  package init(rows: [Row], calls: Int, partial: Failure? = nil, pending: [String] = []) {
    self.rows = rows
    self.calls = calls
    self.partial = partial
    self.pending = pending
  }
}

/// A step of listing the tasks of a queue. After any number of pages comes one `finished` or `failed`.
package enum TaskAnswer: Equatable, Sendable {
  case page([TaskRow])
  /// All pages are there; `calls` list calls were made. The survey is counted where the pages are made.
  case finished(calls: Int, survey: QueueSurvey? = nil)
  case failed(Failure, calls: Int)
}

/// What happened.
package enum Message: Equatable, Sendable {
  /// A key, a paste, a change of the terminal's size.
  case key(Key)
  /// Once a second, and once at the start, with the time it is. Loading starts with the first one.
  case tick(Date)
  case queues(Generation, Result<Listing<QueueRow>, Failure>)
  case tasks(Generation, TaskAnswer)
  /// IDs of the tasks that a filter found, from the FULL view of each. A failed look still cost calls.
  case looked(Generation, Result<[String], Failure>, calls: Int)
  /// The FULL view of a task, made into a document off the main loop.
  case task(Generation, Result<Document, Failure>)
  case jobs(Generation, Result<Listing<JobRow>, Failure>)
  case pubsub(Generation, Result<Listing<PubsubRow>, Failure>)
  /// Messages of a subscription, made into a document off the main loop.
  case messages(Generation, Result<Document, Failure>)
  case job(Generation, Result<JobRow, Failure>)
  /// Definitions against jobs.
  case schedule(Generation, Result<ScheduleView, Failure>)
  /// How many tasks a filter has found so far; the number is that of its work.
  case tasksFound(Int, of: Int)
  /// The tasks of the open queue, sorted and filtered.
  case tasksArranged(TableWork<TaskRow>.Done)
  /// What a pass over a queue's tasks counted. A failed one still cost calls.
  case surveyed(Generation, QueueName, Result<QueueSurvey, Failure>, calls: Int)
  /// The list budget, as the client that spends it tells: calls of the last minute, calls that wait for their turn, and
  /// seconds until the first of those goes on.
  case budget(spent: Int, putOff: Int, wait: TimeInterval? = nil)
  /// A request has been sent, for the log.
  case sent(SentRequest)
  /// How many tasks a plan under way has looked at.
  case planning(Generation, Int)
  case planned(Generation, Result<PlanSheet, Failure>)
  case progress(Generation, ChangeProgress)
  /// A run ended: with an outcome, or before it began.
  case ended(Generation, Result<OutcomeSheet, Failure>)
  case journal(Generation, Result<Listing<JournalRow>, Failure>)
  /// A journal entry with its items, made into a document off the main loop.
  case entry(Generation, Result<Document, Failure>)
  /// What a replay on the screen has come to.
  case replay(Generation, ReplayAnswer)
  /// What came back from the editor; nil is a text that was left as it was.
  case edited(Generation, Result<String?, Failure>)
  /// A change of a queue or a task was made, in words, or was not.
  case changed(Generation, Result<String, Failure>)
  case contexts(Generation, Result<[ContextRow], Failure>)
  /// The way to another context ended: nil when its clients are there, which the session then takes.
  case switched(Generation, Failure?)
  /// Something the person should read, from outside of the loop: a theme's warnings, a failed effect.
  case notice(String, Role)
}

/// What the program around the console is asked to do. `update` does nothing itself.
package enum Effect: Equatable, Sendable {
  /// Answer with `.queues`; one list call for each location.
  case loadQueues(Generation)
  /// Answer with `.tasks`, page by page (1,000 a page). At most one runs: a new one replaces it.
  case loadTasks(QueueName, Generation)
  /// List the tasks whole and answer with `.looked`. At most one runs: a new one replaces it.
  case lookIntoTasks(QueueName, filter: String, Generation)
  /// Call off the running `loadTasks` and `lookIntoTasks`; their answers would be dropped anyway.
  case stopLoadingTasks
  /// Sort and filter tasks away from the loop; answer with `.tasksFound` now and then, and `.tasksArranged`. At most one
  /// of each kind runs: a new one replaces it.
  case arrangeTasks(TableWork<TaskRow>)
  /// Answer with `.task`, from a FULL view.
  case loadTask(TaskName, Generation)
  case loadJobs(Generation)
  /// Answer with `.pubsub`: topics and subscriptions, one list call each.
  case loadPubsub(Generation)
  case loadJob(JobName, Generation)
  /// Answer with `.schedule`. Definitions are read again when their file has changed, or when `rereads` says so.
  case loadSchedule(prunes: Bool, rereads: Bool, Generation)
  /// Write the plan to a file and say where.
  case exportPlan(SchedulePlan)
  /// Make changes of jobs that were shown; answer with `.progress` and `.ended`.
  case applyResources(ResourceRequest, Generation)
  /// List at most `pages` pages (all when nil) of the queue's tasks and answer with `.surveyed`.
  case survey(QueueName, pages: Int?, Generation)
  /// Plan, answering with `.planning` now and then and `.planned` at the end. The plan is kept under its generation.
  case planDiscard(DiscardRequest, Generation)
  /// The undo of a journal entry; nil is the newest discard of this endpoint that has anything to put back.
  case planUndo(Int?, Generation)
  /// Stop planning, or give up the plan that was made.
  case abandonPlan(Generation)
  /// Apply the plan that was shown; answer with `.progress` and `.ended`.
  case applyPlan(Generation)
  /// Finish a journal entry, with what failed as well; answer with `.progress` and `.ended`.
  case resume(Int, retryFailed: Bool, Generation)
  /// Ask the run to stop; it still answers with `.ended`.
  case stopChange(Generation)
  case loadJournal(Generation)
  case loadEntry(Int, Generation)
  /// What the journal keeps of one item of an entry; answer with `.entry`.
  case loadKept(entry: Int, position: Int, Generation)
  /// Hand out what waits in a subscription, which counts as a delivery; answer with `.messages`.
  case pullMessages(SubscriptionName, Generation)
  /// Fetch, run, edit: answer with `.replay`.
  case replay(ReplayOrder, Generation)
  /// Give the terminal to the person's editor with this text; answer with `.edited`.
  case editText(String, name: String, Generation)
  /// Refuse every change from now on, or allow them.
  case setReadOnly(Bool)
  /// Answer with `.contexts`: what the configuration files say now.
  case loadContexts(Generation)
  /// Make the clients of another context and answer with `.switched`; what is under way for the old one is dropped
  /// then. The empty name is the context that the program was started with.
  case switchContext(String, Generation)
  /// Make a change that was confirmed; answer with `.changed`.
  case change(SingleChange, Generation)
  /// Put a text on the clipboard; answer with a notice.
  case copy(String, what: String)
  /// Write a file that is not there yet; answer with a notice.
  case export(Export)
  /// Keep something for the next session.
  case remember(Memory.Change)
  /// Draw with the theme of this name from now on.
  case useTheme(String)
  /// Repaint every cell: something else wrote on the terminal.
  case redraw
  /// Give the terminal back and stop until continued (Ctrl-Z).
  case suspend
  case bell
  case quit
}
