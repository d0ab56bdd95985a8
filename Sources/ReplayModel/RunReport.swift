// What a run says while it runs, and how it ended: facts, no words.

import CloudModel
import Foundation

/// One line that a run wrote.
package struct OutputLine: Equatable, Sendable {
  package enum Source: String, Equatable, Sendable {
    case output = "out"
    case errors = "err"
    /// Said by taskdeck, not by the handler: the status line of an answer, what was left out.
    case note = "note"
  }

  package var source: Source
  /// Since the run began.
  package var seconds: Double
  /// Without its line end. Holds no control characters but tab, and no escape sequences but those that set colours
  /// (SGR, ECMA-48 8.3.117); still to be sanitised before it is drawn.
  package var text: String

  package init(_ source: Source, seconds: Double, text: String) {
    (self.source, self.seconds, self.text) = (source, seconds, text)
  }
}

/// How a run ended.
package struct RunReport: Equatable, Sendable {
  package enum End: Equatable, Sendable {
    /// A process ended by itself.
    case exited(Int32)
    /// A signal ended it, and not one of ours.
    case signalled(Int32)
    /// A server answered with this HTTP status.
    case answered(Int)
    /// It could not be run, or no answer came; `fault` says why.
    case neverRan
    case timedOut
    /// Called off by the person.
    case cancelled
  }

  package var end: End
  package var seconds: Double
  /// The most memory that the child, or a child of its own that it waited for, had at a time; in bytes.
  package var peakMemory: Int?
  /// What the task returned.
  package var result: JSON?
  /// The task said that it is not to be tried again (DiscardTaskException).
  package var isDiscarded = false
  package var fault: RunFault?

  package init(_ end: End, seconds: Double, fault: RunFault? = nil) {
    (self.end, self.seconds, self.fault) = (end, seconds, fault)
  }
}

/// Why a run did not succeed, where more is known than its status.
package enum RunFault: Error, Equatable, Sendable {
  /// A line of the user's own code.
  package struct Frame: Equatable, Sendable {
    package var file: String
    package var line: Int
    package var function: String

    package init(file: String, line: Int, function: String) {
      (self.file, self.line, self.function) = (file, line, function)
    }
  }

  /// The program of a handler cannot be started.
  case programMissing(String, reason: String)
  case folderMissing(String)
  /// This machine refused: no descriptors, no memory, no room for a file.
  case systemRefused(String)
  /// Nothing listens where the handler should.
  case notListening(String)
  /// The connection broke, or what came is no HTTP.
  case unanswered(String, reason: String)
  /// The request cannot be sent as it stands.
  case notSendable(String)
  /// Django or django-google-cloud-tasks cannot be imported by that interpreter.
  case libraryMissing(module: String, python: String)
  /// No settings module was given, or it cannot be imported.
  case settingsMissing(String)
  /// The user's project raised while it was imported.
  case importFailed(String, Frame?)
  /// The project registers no class of that name.
  case classUnknown(String, near: [String])
  /// A function path that leads nowhere.
  case functionUnknown(String, reason: String)
  /// The payload is not what the class takes: a JSON object.
  case payloadUnusable(String)
  /// The task's code raised.
  case raised(String, Frame?)
}

extension OutputLine {
  /// `["out", 1.25, "text"]`.
  package var json: JSON { [.string(source.rawValue), .double(seconds), .string(text)] }

  /// nil for anything that `json` did not write.
  package init?(json: JSON) {
    guard let source = json[0]?.string.flatMap(Source.init), let seconds = json[1]?.double, let text = json[2]?.string
    else { return nil }
    self.init(source, seconds: seconds, text: text)
  }

  package init?(json data: Data) {
    do { self.init(json: try JSON(parsing: data)) } catch { return nil }
  }

  /// Without its colours.
  package var plainText: String {
    guard text.utf8.contains(0x1B) else { return text }
    return text.replacing(/\u{1B}\[[0-9;:]*m/, with: "")
  }
}

extension [OutputLine] {
  /// What one stream wrote, as text without colours.
  package func text(of source: OutputLine.Source) -> String {
    var text = ""
    for line in self where line.source == source || line.source == .note && source == .errors {
      text += line.plainText + "\n"
    }
    return text
  }
}
