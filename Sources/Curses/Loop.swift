// What the driver's thread does.

import CNcurses
import Glibc
import Terminal

/// The state of the driver's thread.
final class Loop {
  private let screen: Screen
  /// Where keys come from; -1 once the terminal is gone.
  private var input: Int32
  private let shared: Shared
  private let keys: AsyncStream<Key>.Continuation
  private let terminate: @Sendable (Int32) -> Void
  /// A signal ended the console and the screen is closed.
  private var isEnding = false

  init(
    screen: Screen, shared: Shared, keys: AsyncStream<Key>.Continuation,
    terminate: @escaping @Sendable (Int32) -> Void
  ) {
    self.screen = screen
    input = screen.input
    self.shared = shared
    self.keys = keys
    self.terminate = terminate
  }

  /// Runs until the console is stopped.
  func run() {
    keys.yield(.resize(screen.size))
    while !isEnding, serveMailbox() {
      let happened = Int(cn_wait(input, -1))
      handle(signals: cn_signals_take())
      if isEnding { break }
      if happened & CN_INPUT != 0 { readKeys() }
      if happened & CN_GONE != 0 { hangUp() }
    }
    end()
  }

  private func end() {
    let left = shared.mailbox.withLock { mailbox in
      mailbox.isClosed = true
      defer { mailbox.errands = [] }
      return mailbox.errands
    }
    screen.close()
    for errand in left { errand() }
    keys.finish()
  }

  /// The terminal is gone: the console is told once and nothing is read any more, or poll would return at once for ever.
  private func hangUp() {
    input = -1
    keys.yield(.hangUp)
    keys.finish()
  }

  private func readKeys() {
    for key in screen.keys() where !isEnding {
      if key == .control("Z") { stopJob() } else { keys.yield(key) }
    }
  }
}

// MARK: - What others ask for

extension Loop {
  /// Does what was posted; returns false when that was to stop.
  private func serveMailbox() -> Bool {
    let posted = shared.mailbox.withLock { mailbox in
      defer {
        mailbox.errands = []
        mailbox.frame = nil
        mailbox.wantsRepaint = false
        mailbox.wantsBell = false
        mailbox.sequences = []
      }
      return mailbox
    }
    if posted.isStopping {
      // Errands are done even so: somebody waits for their results.
      for errand in posted.errands { errand() }
      return false
    }
    if !posted.errands.isEmpty { away { for errand in posted.errands { errand() } } }
    if let (frame, theme) = posted.frame { screen.show(frame, theme: theme) }
    if posted.wantsRepaint { screen.repaint() }
    if posted.wantsBell { screen.ring() }
    for sequence in posted.sequences { screen.send(sequence) }
    return true
  }

  private func away(_ body: () -> Void) {
    screen.leave()
    cn_signals_for_child(true)
    body()
    cn_signals_for_child(false)
    comeBack()
  }

  private func comeBack() {
    let isResized = screen.fit()
    screen.enter()
    if isResized { tellSize() }
  }

  private func tellSize() {
    let size = screen.size
    shared.mailbox.withLock { $0.size = size }
    keys.yield(.resize(size))
  }
}

// MARK: - Signals

extension Loop {
  private func handle(signals: UInt32) {
    let signals = Int(signals)
    let endings = [(CN_TERMINATED, SIGTERM), (CN_HUNG_UP, SIGHUP), (CN_INTERRUPTED, SIGINT), (CN_QUIT, SIGQUIT)]
    for (bit, number) in endings where signals & bit != 0 {
      screen.close()
      isEnding = true
      return terminate(128 + number)
    }
    if signals & CN_STOPPED != 0 {
      stopJob()
    } else if signals & CN_CONTINUED != 0 {
      // Somebody stopped us without asking (SIGSTOP), and the shell used the terminal meanwhile.
      screen.leave()
      comeBack()
    } else if signals & CN_RESIZED != 0 {
      // A window that was smaller for a moment has its old size by now, but lost what stood outside of the small one.
      if screen.fit() { tellSize() } else { screen.repaint() }
    }
  }

  /// Ctrl-Z: the shell gets its terminal back, and `fg` repaints the screen.
  private func stopJob() {
    screen.leave()
    cn_stop_job()
    // Taken here, so that the SIGCONT of `fg` is not seen as an unexpected one.
    let signals = cn_signals_take() & ~UInt32(CN_CONTINUED | CN_STOPPED | CN_RESIZED)
    comeBack()
    if signals != 0 { handle(signals: signals) }
  }
}

// MARK: - The thread

/// Starts the driver's thread; nil when the system refuses one. The loop then belongs to that thread alone.
func startThread(_ loop: Loop) -> pthread_t? {
  var thread = pthread_t()
  let retained = Unmanaged.passRetained(loop)
  guard pthread_create(&thread, nil, runLoop, retained.toOpaque()) == 0 else {
    retained.release()
    return nil
  }
  return thread
}

/// A function, not a closure: it must not inherit the isolation of whoever starts the thread.
private func runLoop(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let context { Unmanaged<Loop>.fromOpaque(context).takeRetainedValue().run() }
  return nil
}
