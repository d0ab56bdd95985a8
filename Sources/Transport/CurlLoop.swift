// The loop on the network thread: collect mail, let libcurl work, hand out what is
// finished, wait. Everything here runs on that one thread.

import CCurl
import Foundation

/// The libcurl multi loop.
struct CurlLoop: ~Copyable {
  /// What the thread is started with.
  final class Start: Sendable {
    let inbox: Inbox
    let configuration: HTTPClient.Configuration

    init(inbox: Inbox, configuration: HTTPClient.Configuration) {
      self.inbox = inbox
      self.configuration = configuration
    }
  }

  /// Idle easy handles kept for the next request; more than the widest burst we send is waste.
  private static let idleExchanges = 128
  /// libcurl ends the wait itself for its own time-outs, and mail rings the bell; this only bounds a wait with neither.
  private static let longestWait: Int32 = 60_000
  /// While a request waits inside libcurl for a connection its wake-up may be lost (see Turns.swift); it is looked at
  /// this often instead.
  private static let waitWhileConnecting: Int32 = 20

  private let inbox: Inbox
  private let configuration: HTTPClient.Configuration
  private let multi: UnsafeMutableRawPointer
  private var active: [UInt64: Exchange] = [:]
  private var idle: [Exchange] = []
  private var turns: Turns

  init(_ start: Start) {
    precondition(isCurlReady, "libcurl cannot start.")
    guard let multi = curl_multi_init() else { preconditionFailure("libcurl has no memory for a multi handle.") }
    self.multi = multi
    inbox = start.inbox
    configuration = start.configuration
    turns = Turns(limit: configuration.maxConnectionsPerHost)
    // By default libcurl keeps four connections for each handle now added, so a quiet moment would close the pool.
    _ = ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, max(16, configuration.maxConnectionsPerHost * 2))
    inbox.open(Inbox.Bell(multi: multi))
  }

  deinit {
    // libcurl wants every easy handle gone before its multi handle.
    for exchange in idle { exchange.free() }
    curl_multi_cleanup(multi)
  }

  /// Runs until the inbox closes, then fails what is left.
  consuming func run() {
    while true {
      let mail = inbox.collect()
      if mail.isClosing {
        failAll(mail.jobs)
        return
      }
      for job in mail.jobs { admit(job) }
      for id in mail.cancelled { cancel(id) }
      var running: Int32 = 0
      curl_multi_perform(multi, &running)
      handOutFinished()
      curl_multi_poll(multi, nil, 0, wait, nil)
    }
  }

  private var wait: Int32 {
    active.values.contains { !$0.hasBegun } ? Self.waitWhileConnecting : Self.longestWait
  }

  private mutating func admit(_ job: Job) {
    let host = Turns.host(of: job.request.url)
    if turns.take(job, to: host) { start(job, host) }
  }

  /// Starts the job, or the next in its line when it cannot be sent at all.
  private mutating func start(_ job: Job, _ host: Turns.Host) {
    var next: Job? = job
    while let job = next {
      let exchange = idle.popLast() ?? Exchange()
      guard let problem = exchange.prepare(job, host, configuration) else {
        active[job.id] = exchange
        curl_multi_add_handle(multi, exchange.easy)
        return
      }
      job.fail(problem.kind, problem.detail)
      recycle(exchange)
      next = turns.next(to: host)
    }
  }

  private mutating func passTurn(_ host: Turns.Host) {
    if let job = turns.next(to: host) { start(job, host) }
  }

  private mutating func cancel(_ id: UInt64) {
    if let job = turns.remove(id) {
      job.fail(.cancelled, "Cancelled before it was sent.")
    } else if let exchange = active.removeValue(forKey: id) {
      let host = exchange.host
      giveUp(exchange, .cancelled, "Cancelled.")
      passTurn(host)
    }
  }

  private mutating func failAll(_ arrived: [Job]) {
    for job in arrived + turns.removeAll() { job.fail(.closed, closedText) }
    for exchange in active.values { giveUp(exchange, .closed, closedText) }
    active.removeAll()
  }

  /// The waiting task is told first: taking the handle out may have to close a connection.
  private mutating func giveUp(_ exchange: Exchange, _ kind: TransportError.Kind, _ detail: String) {
    exchange.fail(kind, detail)
    curl_multi_remove_handle(multi, exchange.easy)
    recycle(exchange)
  }

  private mutating func handOutFinished() {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
      // The message is libcurl's and dies with the handle's removal.
      let result = ccurl_message_result(message)
      guard let exchange = Exchange.of(easy), let id = exchange.jobID else { continue }
      active.removeValue(forKey: id)
      exchange.finish(result)
      let host = exchange.host
      curl_multi_remove_handle(multi, easy)
      recycle(exchange)
      passTurn(host)
    }
  }

  private mutating func recycle(_ exchange: Exchange) {
    if idle.count < Self.idleExchanges {
      exchange.clear()
      idle.append(exchange)
    } else {
      exchange.free()
    }
  }
}

private let closedText = "The client was shut down."

/// libcurl's own start-up, once in the process; a global is initialised once, whatever thread comes first.
private let isCurlReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
