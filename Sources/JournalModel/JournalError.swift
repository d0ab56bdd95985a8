// What goes wrong with a journal. Every kind has its own remedy, and each of
// them stops a change before its first step.

/// The journal cannot be read or written.
package struct JournalError: Error, Equatable, Sendable, CustomStringConvertible {
  package enum Kind: String, Sendable {
    /// No room on the disk.
    case full
    /// Another program holds it for longer than we wait.
    case locked
    /// The file is not a journal, or is damaged.
    case corrupt
    /// The file or its folder cannot be written or opened.
    case denied
    /// Written by a newer taskdeck.
    case newer
    /// There is no entry of that number.
    case missing
    /// A run of the entry is alive.
    case owned
    /// Another undo of the same tasks was begun since this one was planned.
    case outrun
    /// Anything else that SQLite or the system reports.
    case failed
  }

  package var kind: Kind
  /// The file; empty for a journal in memory.
  package var path: String
  /// What happened, in the words of the system or our own.
  package var reason: String

  package init(_ kind: Kind, path: String = "", reason: String) {
    (self.kind, self.path, self.reason) = (kind, path, reason)
  }

  package var title: String {
    switch kind {
    case .full: "The disk of the journal is full"
    case .locked: "The journal is locked"
    case .corrupt: "The journal is damaged"
    case .denied: "The journal cannot be opened for writing"
    case .newer: "The journal is of a newer taskdeck"
    case .missing: "There is no such journal entry"
    case .owned: "This journal entry is being worked on"
    case .outrun: "Another undo of these tasks has begun"
    case .failed: "The journal failed"
    }
  }

  package var remedy: String {
    switch kind {
    case .full: "Free space on that disk, or shorten the journal with: taskdeck journal prune"
    case .locked: "Close the program that holds the file, then try again."
    case .corrupt:
      "Move the file away to start a new journal. The sqlite3 program's .recover command may rescue its content."
    case .denied: "Check who owns the file and its folder, and that the disk is not mounted read-only."
    case .newer: "Use the newer taskdeck, or set XDG_STATE_HOME to another folder."
    case .missing: "See: taskdeck journal list"
    case .owned: "Wait for the other taskdeck to finish, or stop it and try again."
    case .outrun: "Undo again: what the other one puts back is left out then."
    case .failed: "Check the disk, then try again."
    }
  }

  package var description: String { "\(title): \(reason)" }
}
