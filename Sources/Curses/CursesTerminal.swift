// The driver: one thread that owns the screen, and a hand-over for everybody else.
//
// Frames come in through a mailbox in which the latest one wins, so a slow terminal drops frames and never makes the
// console wait. Keys go out as a stream. The thread sleeps in poll() until a key, a frame or a signal comes.

import CNcurses
import Glibc
import Synchronization
import Terminal

/// The terminal as the console uses it. One at a time in a process.
package final class CursesTerminal: Sendable {
  /// What the person does, in order. Begins with the terminal's size (`.resize`) and ends after `stop` or `.hangUp`.
  package let keys: AsyncStream<Key>
  /// How many colours are used.
  package let depth: ColourDepth
  private let shared: Shared
  private let thread: Mutex<pthread_t?>

  /// Takes the terminal and starts the thread.
  ///
  /// - Parameter terminate: called on the driver's thread when a signal asks the process to end, with the terminal given
  ///   back and the exit status that shells expect (128 and the signal's number). The default ends the process at
  ///   once: what must not be lost is on disk before a call goes out. When it returns, the driver ends as after `stop`.
  package init(
    _ options: ScreenOptions, terminate: @escaping @Sendable (Int32) -> Void = { _exit($0) }
  ) throws(StartError) {
    let screen = try Screen(options)
    let (keys, continuation) = AsyncStream.makeStream(of: Key.self)
    self.keys = keys
    depth = screen.depth
    shared = Shared(size: screen.size)
    let loop = Loop(screen: screen, shared: shared, keys: continuation, terminate: terminate)
    guard let started = startThread(loop) else {
      screen.close()
      throw .failed
    }
    thread = Mutex(started)
  }

  /// The size now.
  package var size: Size { shared.mailbox.withLock { $0.size } }

  /// Shows a frame soon; one that was not shown yet is dropped for it. Returns at once.
  package func draw(_ frame: Frame, theme: Theme) {
    shared.post { $0.frame = (frame, theme) }
  }

  /// Writes every cell again soon: something else wrote on the terminal.
  package func repaint() { shared.post { $0.wantsRepaint = true } }

  /// Sounds the bell, or flashes where there is none.
  package func ring() { shared.post { $0.wantsBell = true } }

  /// Sends an escape sequence that shows nothing and moves nothing, such as the one that sets the clipboard.
  package func send(_ sequence: String) { shared.post { $0.sequences.append(sequence) } }

  /// Gives the terminal to something else (an editor, a pager), runs it, and takes the terminal back. The body runs on
  /// the driver's thread and may block. After `stop` it runs on the caller's, because there is nothing to leave.
  package func suspend<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
      let isPosted = shared.post { $0.errands.append { continuation.resume(returning: body()) } }
      if !isPosted { continuation.resume(returning: body()) }
    }
  }

  /// Gives the terminal back and ends the thread; returns when that is done. Does nothing the second time.
  package func stop() {
    guard let running = thread.withLock({ $0.take() }) else { return }
    shared.post { $0.isStopping = true }
    // The body of `suspend` runs on that thread, which ends by itself afterwards.
    if pthread_equal(running, pthread_self()) == 0 { pthread_join(running, nil) }
  }
}

/// What the thread and the others both touch.
final class Shared: Sendable {
  struct Mailbox: Sendable {
    var size: Size
    var frame: (frame: Frame, theme: Theme)?
    var errands: [@Sendable () -> Void] = []
    var sequences: [String] = []
    var wantsRepaint = false
    var wantsBell = false
    var isStopping = false
    /// Set by the thread when it ends: nothing that is posted now would be done.
    var isClosed = false
  }

  let mailbox: Mutex<Mailbox>

  init(size: Size) { mailbox = Mutex(Mailbox(size: size)) }

  /// Changes the mailbox and wakes the thread. Returns false when there is no thread any more.
  @discardableResult
  func post(_ change: (inout Mailbox) -> Void) -> Bool {
    let isOpen = mailbox.withLock { mailbox in
      guard !mailbox.isClosed else { return false }
      change(&mailbox)
      return true
    }
    if isOpen { cn_wake() }
    return isOpen
  }
}
