// What a scripted server saw, and what it is told to do about it.

import Foundation

/// One request as it arrived.
package struct ReceivedRequest: Sendable {
  /// Which connection it came on, from 1.
  package var connection = 0
  /// Which request it was on that connection, from 1.
  package var indexOnConnection = 0
  /// Everything up to the empty line, as sent.
  package var head = ""
  package var body = Data()

  package var method: String { requestLine(0) }
  /// Path and query, as sent.
  package var target: String { requestLine(1) }
  package var path: String { String(target.prefix { $0 != "?" }) }

  /// The first value of a header, found without regard to case.
  package subscript(_ header: String) -> String? {
    for line in head.components(separatedBy: "\r\n").dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2, parts[0].lowercased() == header.lowercased() {
        return parts[1].trimmingCharacters(in: .whitespaces)
      }
    }
    return nil
  }

  /// Names of the header fields, lower case, in order.
  package var headerNames: [String] {
    head.components(separatedBy: "\r\n").dropFirst().map { line in String(line.prefix { $0 != ":" }).lowercased() }
  }

  /// A value of the query, percent-decoded.
  package func query(_ name: String) -> String? {
    URLComponents(string: target)?.queryItems?.first { $0.name == name }?.value
  }

  private func requestLine(_ index: Int) -> String {
    let words = head.prefix { $0 != "\r\n" }.split(separator: " ")
    return index < words.count ? String(words[index]) : ""
  }
}

/// What the server does with a request: bytes, then what becomes of the connection.
package struct ScriptedReply: Sendable {
  package enum Ending: Sendable {
    case keep
    case close
    /// TCP RST instead of FIN.
    case reset
    /// Say nothing more and wait for the client to leave.
    case hang
    /// Send the same bytes again and again, with a pause in between, until the client leaves.
    case endless(Data, pause: TimeInterval)
    /// Pass bytes to and from another port of this machine from now on, as a proxy does after CONNECT.
    case tunnel(port: Int)
  }

  package var bytes: Data
  package var ending: Ending

  package init(bytes: Data = Data(), ending: Ending = .keep) {
    self.bytes = bytes
    self.ending = ending
  }

  /// Text that goes out as it stands.
  package static func raw(_ text: String, _ ending: Ending = .keep) -> ScriptedReply {
    ScriptedReply(bytes: Data(text.utf8), ending: ending)
  }

  /// A whole answer with its length.
  package static func answer(
    _ status: Int = 200, _ body: String = "{}", headers: [(String, String)] = [("Content-Type", "application/json")]
  ) -> ScriptedReply {
    answer(status, data: Data(body.utf8), headers: headers)
  }

  package static func answer(_ status: Int, data: Data, headers: [(String, String)]) -> ScriptedReply {
    let fields = (headers + [("Content-Length", String(data.count))]).map { "\($0.0): \($0.1)\r\n" }.joined()
    return ScriptedReply(bytes: Data("HTTP/1.1 \(status) Scripted\r\n\(fields)\r\n".utf8) + data)
  }

  /// Closes without a word.
  package static let close = ScriptedReply(ending: .close)
  package static let reset = ScriptedReply(ending: .reset)
  package static let hang = ScriptedReply(ending: .hang)
}

/// Cuts requests out of the bytes of one connection.
struct RequestReader {
  private var buffer = Data()
  private static let headEnd = Data("\r\n\r\n".utf8)

  mutating func append(_ bytes: Data) {
    buffer.append(bytes)
  }

  /// The next complete request; nil until it is all there.
  mutating func next() -> ReceivedRequest? {
    guard let end = buffer.range(of: Self.headEnd) else { return nil }
    var request = ReceivedRequest()
    request.head = String(decoding: buffer[buffer.startIndex..<end.lowerBound], as: UTF8.self)
    let length = request["Content-Length"].flatMap { Int($0) } ?? 0
    guard buffer.distance(from: end.upperBound, to: buffer.endIndex) >= length else { return nil }
    let bodyEnd = end.upperBound + length
    request.body = Data(buffer[end.upperBound..<bodyEnd])
    buffer = Data(buffer[bodyEnd...])
    return request
  }
}
