// One run owns one entry: a lock on one byte of a file beside the journal, at the
// entry's number. The kernel drops it when its process dies, however it dies, so
// an entry never stays locked after a crash.

import Foundation
import JournalModel
import Synchronization

// Open file description locks (fcntl(2), Linux 3.15): unlike classic POSIX locks they also exclude another opening of the
// file in the same process. Glibc's header has them behind _GNU_SOURCE, which Swift's import does not set.
private let setLock: Int32 = 37
private let setLockWaiting: Int32 = 38
private let getLock: Int32 = 36

/// The locks that one opened journal holds, and sees.
final class EntryLocks: Sendable {
  private let path: String
  private let file: Int32
  private let held = Mutex<Set<Int>>([])

  init(path: String) throws(JournalError) {
    self.path = path
    file = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Self.failure(path) }
  }

  deinit { close(file) }

  /// Throws `.owned` when the entry is taken, here or elsewhere.
  func take(_ entry: Int) throws(JournalError) {
    let failure = held.withLock { held -> JournalError? in
      guard !held.contains(entry) else { return owned(entry) }
      guard fcntl(Int16(F_WRLCK), setLock, entry).result == 0 else {
        return errno == EAGAIN || errno == EACCES ? owned(entry) : Self.failure(path)
      }
      held.insert(entry)
      return nil
    }
    if let failure { throw failure }
  }

  /// Does nothing when the entry is not ours.
  func release(_ entry: Int) {
    held.withLock { held in
      guard held.remove(entry) != nil else { return }
      _ = fcntl(Int16(F_UNLCK), setLock, entry)
    }
  }

  func releaseAll() {
    for entry in held.withLock({ $0 }) { release(entry) }
  }

  /// Runs `body` while nobody else runs one, here or in another process. Byte 0 stands for no entry: they count from 1.
  func alone<Value>(_ body: () throws -> Value) throws -> Value {
    while fcntl(Int16(F_WRLCK), setLockWaiting, 0).result != 0 {
      guard errno == EINTR else { throw Self.failure(path) }
    }
    defer { _ = fcntl(Int16(F_UNLCK), setLock, 0) }
    return try body()
  }

  func isHeld(_ entry: Int) -> Bool {
    if held.withLock({ $0.contains(entry) }) { return true }
    let (result, lock) = fcntl(Int16(F_WRLCK), getLock, entry)
    return result == 0 && lock.l_type != Int16(F_UNLCK)
  }

  private func fcntl(_ type: Int16, _ command: Int32, _ entry: Int) -> (result: Int32, lock: flock) {
    var lock = flock()
    lock.l_type = type
    lock.l_whence = Int16(SEEK_SET)
    lock.l_start = off_t(entry)
    lock.l_len = 1
    return (Glibc.fcntl(file, command, &lock), lock)
  }

  private func owned(_ entry: Int) -> JournalError {
    JournalError(.owned, path: path, reason: "Entry \(entry) has a run that is alive.")
  }

  private static func failure(_ path: String) -> JournalError {
    JournalError(.denied, path: path, reason: "\(path): \(String(cString: strerror(errno)))")
  }
}
