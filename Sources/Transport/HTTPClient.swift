// The network for the whole process: one libcurl multi handle on one thread, seen
// from Swift as an async function. libcurl keeps the connections, so one client is
// shared by everything that sends.

import Foundation
import Synchronization

/// Sends HTTP requests over one libcurl multi loop on its own thread.
///
/// Connections are kept and reused: a pool of HTTP/1.1 connections for plain `http`, one multiplexed HTTP/2
/// connection for `https` where the server speaks it. Never HTTP/2 without TLS: Debian 12's libcurl 7.88.1 fails on
/// every reuse of such a connection.
///
/// A request is sent once. libcurl would by itself send it again when a kept connection dies before answering; that
/// is refused here once bytes went out (`.connectionLost` with `bytesWereSent`), because the caller has to know
/// whether a task may have been created or deleted twice.
package final class HTTPClient: HTTPSender {
  private let inbox: Inbox
  private let thread: Locked<pthread_t?>
  private let nextID = Atomic<UInt64>(0)

  /// Starts the thread; `shutdown()` ends it.
  package init(configuration: Configuration = Configuration()) {
    inbox = Inbox()
    thread = Locked(startLoop(CurlLoop.Start(inbox: inbox, configuration: configuration)))
  }

  deinit {
    shutdown()
  }

  package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let id = nextID.wrappingAdd(1, ordering: .relaxed).newValue
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        inbox.submit(Job(id: id, request: request, continuation: continuation))
      }
    } onCancel: {
      inbox.cancel(id)
    }
    return try result.get()
  }

  /// Fails what is in flight with `.closed`, closes every connection and waits for the thread to end.
  ///
  /// Takes milliseconds. Afterwards `send` fails with `.closed`; a second call does nothing.
  package func shutdown() {
    inbox.close()
    let running = thread.withLock { thread in
      defer { thread = nil }
      return thread
    }
    if let running { pthread_join(running, nil) }
  }
}

/// A request on its way to the loop, and the task that waits for it.
struct Job: Sendable {
  let id: UInt64
  let request: HTTPRequest
  let continuation: CheckedContinuation<Result<HTTPResponse, TransportError>, Never>

  /// Fails the job before any of it was sent.
  func fail(_ kind: TransportError.Kind, _ detail: String) {
    continuation.resume(returning: .failure(TransportError(kind, url: request.url, detail: detail)))
  }
}

/// Starts the loop's thread. Running out of threads or memory here leaves nothing to go on with.
private func startLoop(_ start: CurlLoop.Start) -> pthread_t {
  var thread = pthread_t()
  let argument = Unmanaged.passRetained(start).toOpaque()
  let status = pthread_create(&thread, nil, runLoop, argument)
  precondition(status == 0, "The network thread cannot start: \(String(cString: strerror(status)))")
  return thread
}

/// The thread's own function; a C callback, so it belongs to no actor.
private func runLoop(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { return nil }
  let start = Unmanaged<CurlLoop.Start>.fromOpaque(argument).takeRetainedValue()
  blockSignals()
  CurlLoop(start).run()
  return nil
}

/// Keeps signals for other threads: SIGPIPE because OpenSSL writes to sockets without MSG_NOSIGNAL and libcurl does not
/// ignore it under CURLOPT_NOSIGNAL, SIGWINCH and SIGTERM because the console waits for them. Faults stay deliverable,
/// or a crash here would skip the handler that gives the terminal back.
private func blockSignals() {
  var signals = sigset_t()
  sigfillset(&signals)
  for fault in [SIGILL, SIGSEGV, SIGBUS, SIGFPE, SIGTRAP, SIGABRT] { sigdelset(&signals, fault) }
  pthread_sigmask(SIG_BLOCK, &signals, nil)
}
