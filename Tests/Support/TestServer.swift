// A real HTTP server on a real socket that does as it is told, wrong answers
// included: what a client makes of a reset in mid-body cannot be learned from a
// fake in process.

import Foundation
import Transport

/// A loopback server that answers each request as a closure says, and remembers what it saw.
///
/// One thread for each connection, so a hanging one holds up no other.
package final class TestServer: Sendable {
  package typealias Script = @Sendable (ReceivedRequest) -> ScriptedReply

  private struct State: Sendable {
    var requests: [ReceivedRequest] = []
    var connections = 0
    var open: Set<Int32> = []
    var isStopped = false
  }

  package let port: Int
  private let listener: Int32
  private let state = Locked(State())
  private let script: Script

  private let isIPv6: Bool

  /// Listens on 127.0.0.1, or on ::1.
  package init(ipv6: Bool = false, _ script: @escaping Script) throws {
    self.script = script
    isIPv6 = ipv6
    (listener, port) = try ipv6 ? listenOnLoopback6() : listenOnLoopback()
    let server = Weak(self)
    let listener = listener
    Thread.detachNewThread { acceptConnections(on: listener, for: server) }
  }

  deinit {
    stop()
  }

  package var url: String { "http://\(isIPv6 ? "[::1]" : "127.0.0.1"):\(port)" }

  /// Every request so far, in the order of arrival.
  package var requests: [ReceivedRequest] { state.withLock { $0.requests } }

  /// How many connections were made so far.
  package var connectionCount: Int { state.withLock { $0.connections } }

  /// How many connections are open now.
  package var openConnectionCount: Int { state.withLock { $0.open.count } }

  /// Closes the port and every connection.
  package func stop() {
    let sockets = state.withLock { state in
      defer { state.isStopped = true }
      return state.isStopped ? [] : Array(state.open) + [listener]
    }
    // The threads close their sockets themselves; this only ends their waits.
    for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
  }

  /// Serves one connection until either side ends it.
  fileprivate func serve(_ socket: Int32) {
    let number = state.withLock { state -> Int in
      state.connections += 1
      state.open.insert(socket)
      return state.isStopped ? 0 : state.connections
    }
    if number > 0 { answerRequests(on: socket, connection: number) }
    state.withLock { _ = $0.open.remove(socket) }
    close(socket)
  }

  private func answerRequests(on socket: Int32, connection: Int) {
    var reader = RequestReader()
    var index = 0
    while let bytes = receive(socket) {
      reader.append(bytes)
      while var request = reader.next() {
        index += 1
        request.connection = connection
        request.indexOnConnection = index
        let received = request
        state.withLock { $0.requests.append(received) }
        if !answer(received, on: socket) { return }
      }
    }
  }

  /// Plays the reply; false when the connection is over.
  private func answer(_ request: ReceivedRequest, on socket: Int32) -> Bool {
    let reply = script(request)
    guard send(reply.bytes, on: socket) else { return false }
    switch reply.ending {
    case .keep: return true
    case .close: return false
    case .hang:
      while receive(socket) != nil {}
      return false
    case .endless(let bytes, let pause):
      while send(bytes, on: socket) { if pause > 0 { Thread.sleep(forTimeInterval: pause) } }
      return false
    case .tunnel(let port):
      tunnel(socket, to: port)
      return false
    case .reset:
      // A linger time of nought makes close() send RST.
      var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
      setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
      return false
    }
  }
}

/// A port of 127.0.0.1 that is taken, so that no other test gets it, and refuses every connection.
package final class DeafPort: Sendable {
  package let url: String
  private let socket: Int32

  package init() throws {
    let port: Int
    (socket, port) = try boundToLoopback()
    url = "http://127.0.0.1:\(port)"
  }

  deinit { close(socket) }
}

/// Lets a forgotten server go although its thread still waits for connections.
private final class Weak: Sendable {
  private let held: @Sendable () -> TestServer?

  init(_ server: TestServer) {
    held = { [weak server] in server }
  }

  var server: TestServer? { held() }
}

private func acceptConnections(on listener: Int32, for owner: Weak) {
  while true {
    let socket = accept(listener, nil, nil)
    guard socket >= 0 else { break }
    var on: Int32 = 1
    setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    guard let server = owner.server else {
      close(socket)
      break
    }
    Thread.detachNewThread { server.serve(socket) }
  }
  close(listener)
}

/// Copies bytes both ways until one side ends.
private func tunnel(_ client: Int32, to port: Int) {
  let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  var address = loopback(port: port)
  let isConnected = withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
      connect(server, generic, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
    }
  }
  defer { close(server) }
  guard isConnected else { return }
  let ended = DispatchSemaphore(value: 0)
  Thread.detachNewThread {
    while let bytes = receive(server), send(bytes, on: client) {}
    shutdown(client, Int32(SHUT_RDWR))
    ended.signal()
  }
  while let bytes = receive(client), send(bytes, on: server) {}
  shutdown(server, Int32(SHUT_RDWR))
  ended.wait()
}

private func loopback(port: Int) -> sockaddr_in {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = in_port_t(port).bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  return address
}

/// A listening socket on a free port of ::1.
private func listenOnLoopback6() throws -> (socket: Int32, port: Int) {
  let listener = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
  guard listener >= 0 else { throw POSIXError(.EAFNOSUPPORT) }
  var address = sockaddr_in6()
  address.sin6_family = sa_family_t(AF_INET6)
  address.sin6_addr = in6addr_loopback
  var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
  let status = withUnsafeMutablePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
      bind(listener, generic, size) == 0 && listen(listener, 512) == 0 && getsockname(listener, generic, &size) == 0
    }
  }
  guard status else { throw POSIXError(.EADDRNOTAVAIL) }
  return (listener, Int(UInt16(bigEndian: address.sin6_port)))
}

/// A listening socket on a free port of 127.0.0.1.
private func listenOnLoopback() throws -> (socket: Int32, port: Int) {
  let (listener, port) = try boundToLoopback()
  guard listen(listener, 512) == 0 else { throw POSIXError(.EADDRINUSE) }
  return (listener, port)
}

/// A socket with a free port of 127.0.0.1 of its own.
private func boundToLoopback() throws -> (socket: Int32, port: Int) {
  let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  guard listener >= 0 else { throw POSIXError(.EMFILE) }
  var address = loopback(port: 0)
  var size = socklen_t(MemoryLayout<sockaddr_in>.size)
  let status = withUnsafeMutablePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
      bind(listener, generic, size) == 0 && getsockname(listener, generic, &size) == 0
    }
  }
  guard status else { throw POSIXError(.EADDRINUSE) }
  return (listener, Int(UInt16(bigEndian: address.sin_port)))
}

/// Some bytes; nil when the other side has ended or the socket was shut down.
private func receive(_ socket: Int32) -> Data? {
  var bytes = [UInt8](repeating: 0, count: 65536)
  let count = recv(socket, &bytes, bytes.count, 0)
  return count > 0 ? Data(bytes[..<count]) : nil
}

private func send(_ bytes: Data, on socket: Int32) -> Bool {
  bytes.withUnsafeBytes { buffer in
    var sent = 0
    while sent < buffer.count {
      let count = Glibc.send(socket, buffer.baseAddress.map { $0 + sent }, buffer.count - sent, Int32(MSG_NOSIGNAL))
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }
}
