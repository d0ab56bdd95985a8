// Lists that come in pages: asked for one by one as they are read, so a million
// tasks never stand in memory at once.

import Foundation

/// One page of a list.
package struct Page<Item: Sendable>: Sendable {
  package var items: [Item]
  /// nil on the last page. A page may be short, or empty, and still not be the last.
  package var nextPageToken: String?

  /// An empty token means the same as none (AIP-158).
  package init(items: [Item], nextPageToken: String?) {
    self.items = items
    self.nextPageToken = nextPageToken.flatMap { $0.isEmpty ? nil : $0 }
  }
}

/// A page that has arrived and is read when it is wanted, so that the next one can be on its way meanwhile.
package struct ArrivedPage<Item: Sendable>: Sendable {
  /// nil on the last page.
  package let nextPageToken: String?
  fileprivate let content: @Sendable () throws(RESTError) -> Page<Item>

  package func read() throws(RESTError) -> Page<Item> { try content() }
}

/// The pages of a list call. Ends after the last page or the first failure.
package struct Pages<Item: Sendable>: AsyncSequence, Sendable {
  package typealias Element = Page<Item>
  package typealias Failure = RESTError

  fileprivate let client: RESTClient
  fileprivate let call: RESTCall
  fileprivate let decode: @Sendable (Data) throws -> Page<Item>

  package func makeAsyncIterator() -> Iterator {
    Iterator(pages: self)
  }

  /// Holds the place in the list.
  package struct Iterator: AsyncIteratorProtocol, Sendable {
    package typealias Element = Page<Item>
    package typealias Failure = RESTError

    private enum Place: Sendable {
      case start, token(String), end
    }

    private let pages: Pages
    private var place = Place.start
    private var seen: Set<String> = []

    fileprivate init(pages: Pages) {
      self.pages = pages
    }

    package mutating func next() async throws(RESTError) -> Page<Item>? {
      try await next(isolation: nil)
    }

    package mutating func next(isolation: isolated (any Actor)?) async throws(RESTError) -> Page<Item>? {
      guard let call = nextCall() else { return nil }
      let page = try await pages.client.value(call, decode: pages.decode)
      if let token = page.nextPageToken { try turn(to: token) }
      return page
    }

    /// As `next`, with the page not read yet. Its token is found without: it is the last member of the answer that
    /// Google's services give, and of ours. Where it is not, the page is read at once.
    package mutating func nextArrived() async throws(RESTError) -> ArrivedPage<Item>? {
      guard let call = nextCall() else { return nil }
      let arrived = try await pages.client.arrivedPage(call, decode: pages.decode)
      if let token = arrived.nextPageToken { try turn(to: token) }
      return arrived
    }

    private mutating func nextCall() -> RESTCall? {
      defer { place = .end }
      switch place {
      case .start: return pages.call
      case .token(let token): return pages.call.with(query: "pageToken", token)
      case .end: return nil
      }
    }

    /// A server that hands out a token twice would be read for ever.
    private mutating func turn(to token: String) throws(RESTError) {
      guard seen.insert(token).inserted else {
        let answer = RESTAnswer(body: Data(), httpStatus: 200, attempts: 1)
        throw pages.client.garbled(answer, of: pages.call, reason: "It gave the same page token twice.")
      }
      place = .token(token)
    }
  }
}

extension RESTClient {
  /// The pages of a list call, each decoded away from the caller's actor. Nothing is sent until the first is asked for.
  package func pages<Item: Sendable>(
    of call: RESTCall, decode: @escaping @Sendable (Data) throws -> Page<Item>
  ) -> Pages<Item> {
    Pages(client: self, call: call, decode: decode)
  }

  /// One page of a list, read when it is wanted.
  @concurrent package func arrivedPage<Item: Sendable>(
    _ call: RESTCall, decode: @escaping @Sendable (Data) throws -> Page<Item>
  ) async throws(RESTError) -> ArrivedPage<Item> {
    let answer = try await perform(call)
    guard let token = PageTokenSearch.token(atEndOf: answer.body) else {
      let page = try read(answer, of: call, decode)
      return ArrivedPage(nextPageToken: page.nextPageToken) { () throws(RESTError) in page }
    }
    return ArrivedPage(nextPageToken: token) { () throws(RESTError) in
      let page = try read(answer, of: call, decode)
      guard page.nextPageToken == token else {
        throw garbled(answer, of: call, reason: "It gives two different page tokens.")
      }
      return page
    }
  }

  private func read<Item>(
    _ answer: RESTAnswer, of call: RESTCall, _ decode: (Data) throws -> Page<Item>
  ) throws(RESTError) -> Page<Item> {
    do { return try decode(answer.body) } catch {
      throw garbled(answer, of: call, reason: String(describing: error))
    }
  }
}

/// Finds the token of the next page without reading the page.
enum PageTokenSearch {
  /// The value of `nextPageToken` where that is the last member of the answer; nil where it is not, or has escapes.
  ///
  /// Safe on any text: the answer ends in `"TOKEN"}`, so the string is the last value of the outermost object, and an
  /// escaped quote of a longer string would have a backslash in what is compared.
  static func token(atEndOf data: Data) -> String? {
    data.withUnsafeBytes { bytes in
      var rest = Tail(bytes: bytes, end: bytes.count)
      guard rest.take(UInt8(ascii: "}")), rest.take(UInt8(ascii: "\"")) else { return nil }
      let end = rest.end
      while rest.end > 0, end - rest.end < 4096, rest.last != UInt8(ascii: "\"") { rest.end -= 1 }
      let token = bytes[rest.end..<end]
      guard !token.isEmpty, token.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }),
        rest.take(UInt8(ascii: "\"")), rest.take(UInt8(ascii: ":")), rest.take("\"nextPageToken\"")
      else { return nil }
      return String(decoding: token, as: UTF8.self)
    }
  }

  /// What is left of a text that is read from its end.
  private struct Tail {
    let bytes: UnsafeRawBufferPointer
    var end: Int

    var last: UInt8? { end > 0 ? bytes[end - 1] : nil }

    /// Passes over white space and one byte.
    mutating func take(_ byte: UInt8) -> Bool {
      while let last, [0x20, 0x09, 0x0A, 0x0D].contains(last) { end -= 1 }
      guard last == byte else { return false }
      end -= 1
      return true
    }

    mutating func take(_ text: StaticString) -> Bool {
      let count = text.utf8CodeUnitCount
      while let last, [0x20, 0x09, 0x0A, 0x0D].contains(last) { end -= 1 }
      guard end >= count,
        bytes[end - count..<end].elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: count))
      else { return false }
      end -= count
      return true
    }
  }
}
