// An HTTP/1.1 server that knows nothing of Google: requests in, answers out.
//
// The protocol is SwiftNIO's (parsing, framing, pipelining, refusal of broken
// requests). What is here is the assembly of a whole request, limits, keep-alive
// (RFC 9112 section 9.3), `Expect: 100-continue` (RFC 9110 section 10.1.1) and an
// end that leaves nothing behind. TCP_NODELAY is set because Nagle with delayed
// acknowledgements costs 40 ms an answer (swift-notes.md section 7).

import NIOCore
import NIOHTTP1
import NIOPosix

/// A request with its whole body.
struct ServerRequest: Sendable {
  var method: String
  /// The target up to the question mark, still percent-encoded.
  var path: String
  /// What follows the question mark, still percent-encoded.
  var query: String
  var body: [UInt8]
  /// In the order they came.
  var headers: [(String, String)] = []
}

/// An answer. Its length and the handling of the connection are the server's affair.
struct ServerResponse: Sendable {
  var status: Int
  var headers: [(String, String)]
  var body: [UInt8]

  init(status: Int = 200, contentType: String, headers: [(String, String)] = [], body: [UInt8]) {
    self.status = status
    self.headers = [("Content-Type", contentType)] + headers
    self.body = body
  }
}

/// An answer at once, or one that takes its time without holding up the thread.
enum ServerReply: Sendable {
  case now(ServerResponse)
  /// Of the server's own event loop.
  case pending(EventLoopFuture<ServerResponse>)
  /// Cancelled when the client goes away or the server stops.
  case later(@Sendable () async -> ServerResponse)
}

/// A listening socket on one event loop.
final class HTTPServer: Sendable {
  /// Called on the event loop, once for each request.
  typealias Handler = @Sendable (ServerRequest) -> ServerReply

  /// Longer request bodies are answered with 413. Google's front end takes 10 MB; base64 of the largest task is 1.4.
  static let longestBody = 10 << 20

  let port: Int
  private let listener: any Channel
  private let connections: NIOLoopBoundBox<[ObjectIdentifier: any Channel]>

  private init(
    listener: any Channel, port: Int, connections: NIOLoopBoundBox<[ObjectIdentifier: any Channel]>
  ) {
    (self.listener, self.port, self.connections) = (listener, port, connections)
  }

  /// Binds and serves. Throws what the operating system says when the address cannot be had.
  static func start(host: String, port: Int, on loop: any EventLoop, handler: @escaping Handler) async throws
    -> HTTPServer
  {
    let connections = NIOLoopBoundBox<[ObjectIdentifier: any Channel]>.makeBoxSendingValue([:], eventLoop: loop)
    let listener = try await ServerBootstrap(group: loop)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          connections.value[ObjectIdentifier(channel)] = channel
          channel.closeFuture.whenComplete { _ in connections.value[ObjectIdentifier(channel)] = nil }
          try channel.pipeline.syncOperations.configureHTTPServerPipeline(
            withPipeliningAssistance: true, withErrorHandling: true)
          try channel.pipeline.syncOperations.addHandler(Connection(handler: handler))
        }
      }
      .bind(host: host, port: port).get()
    return HTTPServer(listener: listener, port: listener.localAddress?.port ?? port, connections: connections)
  }

  /// Stops accepting, closes every connection and cancels the answers that are still being made.
  func stop() async {
    await withCheckedContinuation { done in
      listener.close().whenComplete { [connections] _ in
        let open = Array(connections.value.values)
        let closed = open.map { channel in
          channel.close().flatMapError { _ in channel.eventLoop.makeSucceededVoidFuture() }
        }
        // A connection that is closed already answers with an error: it is what was wanted.
        EventLoopFuture.andAllComplete(closed, on: self.listener.eventLoop).whenComplete { _ in done.resume() }
      }
    }
  }
}

/// One connection: gathers a request, hands it over, writes the answer. Pipelined requests are held back by NIO's
/// pipeline handler until the answer before them is out.
private final class Connection: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let handler: HTTPServer.Handler
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []
  private var pending: Task<Void, Never>?

  init(handler: @escaping HTTPServer.Handler) { self.handler = handler }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): begin(head, context)
    case .body(let bytes): gather(bytes, context)
    case .end: finish(context)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    pending?.cancel()
    context.fireChannelInactive()
  }

  private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    self.head = head
    body = []
    if let length = head.headers.first(name: "content-length").flatMap(Int.init), length > HTTPServer.longestBody {
      return refuseBody(head, context)
    }
    if !head.version.isOld, head.headers[canonicalForm: "expect"].contains(where: { $0.lowercased() == "100-continue" })
    {
      let interim = HTTPResponseHead(version: head.version, status: .continue)
      context.writeAndFlush(wrapOutboundOut(.head(interim)), promise: nil)
    }
  }

  private func gather(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
    guard let head else { return }
    body.append(contentsOf: bytes.readableBytesView)
    if body.count > HTTPServer.longestBody { refuseBody(head, context) }
  }

  /// What else arrives of this request is passed over, and the connection ends: RFC 9110 section 15.5.14.
  private func refuseBody(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    self.head = nil
    body = []
    let response = ServerResponse(status: 413, contentType: "text/plain", body: Array("Request body too large.\n".utf8))
    write(response, to: head, keepAlive: false, context)
  }

  private func finish(_ context: ChannelHandlerContext) {
    guard let head else { return }
    self.head = nil
    let request = Self.request(head, body)
    body = []
    switch handler(request) {
    case .now(let response): write(response, to: head, keepAlive: head.isKeepAlive, context)
    case .pending(let answer): wait(for: answer, head, context)
    case .later(let answer): wait(for: answer, head, context)
    }
  }

  private func wait(
    for answer: EventLoopFuture<ServerResponse>, _ head: HTTPRequestHead, _ context: ChannelHandlerContext
  ) {
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    answer.whenSuccess { response in
      let (connection, context) = bound.value
      guard context.channel.isActive else { return }
      connection.write(response, to: head, keepAlive: head.isKeepAlive, context)
    }
  }

  private func wait(
    for answer: @escaping @Sendable () async -> ServerResponse, _ head: HTTPRequestHead,
    _ context: ChannelHandlerContext
  ) {
    let loop = context.eventLoop
    let bound = NIOLoopBound((self, context), eventLoop: loop)
    pending = Task {
      let response = await answer()
      guard !Task.isCancelled else { return }
      loop.execute {
        let (connection, context) = bound.value
        guard context.channel.isActive else { return }
        connection.pending = nil
        connection.write(response, to: head, keepAlive: head.isKeepAlive, context)
      }
    }
  }

  private static func request(_ head: HTTPRequestHead, _ body: [UInt8]) -> ServerRequest {
    let target = head.uri.utf8
    let mark = target.firstIndex(of: UInt8(ascii: "?"))
    return ServerRequest(
      method: head.method.rawValue, path: String(head.uri[..<(mark ?? target.endIndex)]),
      query: mark.map { String(head.uri[target.index(after: $0)...]) } ?? "", body: body,
      headers: head.headers.map { ($0.name, $0.value) })
  }

  private func write(
    _ response: ServerResponse, to head: HTTPRequestHead, keepAlive: Bool, _ context: ChannelHandlerContext
  ) {
    var headers = HTTPHeaders(response.headers)
    let hasBody = response.status >= 200 && response.status != 204 && response.status != 304
    if hasBody { headers.replaceOrAdd(name: "Content-Length", value: String(response.body.count)) }
    if !keepAlive {
      headers.replaceOrAdd(name: "Connection", value: "close")
    } else if head.version.isOld {
      headers.replaceOrAdd(name: "Connection", value: "keep-alive")
    }
    let status = HTTPResponseStatus(statusCode: response.status)
    context.write(
      wrapOutboundOut(.head(HTTPResponseHead(version: head.version, status: status, headers: headers))), promise: nil)
    // RFC 9110 section 9.3.2: the answer to HEAD has the length of GET's, and no content.
    if hasBody, head.method != .HEAD, !response.body.isEmpty {
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: response.body)))), promise: nil)
    }
    let channel = context.channel
    let end = context.writeAndFlush(wrapOutboundOut(.end(nil)))
    if !keepAlive { end.whenComplete { _ in channel.close(promise: nil) } }
  }
}

extension HTTPVersion {
  /// HTTP/1.0: no interim answers, and a connection ends unless it is asked to stay.
  fileprivate var isOld: Bool { major < 1 || major == 1 && minor == 0 }
}
