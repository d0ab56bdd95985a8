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
      let call: RESTCall
      switch place {
      case .start: call = pages.call
      case .token(let token): call = pages.call.with(query: "pageToken", token)
      case .end: return nil
      }
      place = .end
      let page = try await pages.client.value(call, decode: pages.decode)
      if let token = page.nextPageToken { try turn(to: token) }
      return page
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
}
