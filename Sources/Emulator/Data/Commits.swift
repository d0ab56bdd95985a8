// Group commit: while one transaction is being written, the changes of all calls
// that come meanwhile gather in the next one, and every answer waits for the
// transaction that holds what it tells of. A call that only reads waits as well
// when there is something that is not on the file yet: what was told is never
// taken back by a crash.

import NIOCore
import Store

/// Writes the ledger into the data file. Belongs to the event loop.
final class Commits {
  private let storage: any EmulatorStorage
  private let ledger: Ledger
  private let loop: any EventLoop
  private let failed: @Sendable (EmulatorDataError) -> Void
  /// Called after each transaction.
  var written: (() -> Void)?

  private(set) var isWriting = false
  private var isScheduled = false
  /// Waits for the transaction that is being written.
  private var writing: [EventLoopPromise<Void>] = []
  /// Waits for the one after it.
  private var gathering: [EventLoopPromise<Void>] = []
  /// Why nothing is written any more.
  private(set) var failure: EmulatorDataError?

  init(
    _ storage: any EmulatorStorage, _ ledger: Ledger, _ loop: any EventLoop,
    failed: @escaping @Sendable (EmulatorDataError) -> Void
  ) {
    (self.storage, self.ledger, self.loop, self.failed) = (storage, ledger, loop, failed)
  }

  /// Ends when all that was changed before is on the file; nil when it is there already.
  func barrier() -> EventLoopFuture<Void>? {
    if let failure { return loop.makeFailedFuture(failure) }
    guard isWriting || !ledger.isEmpty else { return nil }
    let promise = loop.makePromise(of: Void.self)
    if ledger.isEmpty { writing.append(promise) } else { gathering.append(promise) }
    schedule()
    return promise.futureResult
  }

  /// Writes what there is to write once the calls that are ready now have been carried out.
  func schedule() {
    guard !isScheduled, !isWriting, !ledger.isEmpty, failure == nil else { return }
    isScheduled = true
    let bound = NIOLoopBound(self, eventLoop: loop)
    loop.execute {
      bound.value.isScheduled = false
      bound.value.begin()
    }
  }

  private func begin() {
    guard !isWriting, !ledger.isEmpty, failure == nil else { return }
    isWriting = true
    (writing, gathering) = (gathering, [])
    let bound = NIOLoopBound(self, eventLoop: loop)
    storage.commit(ledger.take()) { [loop] error in
      loop.execute { bound.value.end(error) }
    }
  }

  private func end(_ error: EmulatorDataError?) {
    isWriting = false
    var waiting = writing
    writing = []
    if let error {
      failure = error
      waiting += gathering
      gathering = []
      for promise in waiting { promise.fail(error) }
      failed(error)
    } else {
      begin()
      for promise in waiting { promise.succeed() }
      written?()
    }
  }
}
