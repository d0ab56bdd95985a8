// Calls to the emulator without a socket: the contract tests run the same body
// over this and over the real one.

import Foundation
import NIOCore
import Transport

/// Hands requests to an emulator in this process.
package struct InProcessSender: HTTPSender {
  private let core: EmulatorCore
  private let loop: any EventLoop

  init(core: EmulatorCore, loop: any EventLoop) { (self.core, self.loop) = (core, loop) }

  package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    guard let components = URLComponents(string: request.url) else {
      throw TransportError(.badURL, url: request.url, detail: "not a URL")
    }
    let call = ServerRequest(
      method: request.method, path: components.percentEncodedPath, query: components.percentEncodedQuery ?? "",
      body: Array(request.body ?? Data()), headers: request.headers.map { ($0.name, $0.value) })
    let reply: ServerReply
    do { reply = try await loop.submit { core.reply(call) }.get() } catch {
      throw TransportError(.closed, url: request.url, detail: "the emulator has ended")
    }
    let answer: ServerResponse
    switch reply {
    case .now(let response): answer = response
    case .later(let body): answer = await body()
    case .pending(let future):
      do { answer = try await future.get() } catch {
        throw TransportError(.closed, url: request.url, detail: "the emulator has ended")
      }
    }
    var headers = HTTPHeaders()
    for (name, value) in answer.headers { headers.append(name, value) }
    return HTTPResponse(status: answer.status, headers: headers, body: Data(answer.body))
  }
}
