// Lists as the rest of the program reads them: CloudREST's pages, with the model's
// nouns and the model's errors.

import CloudModel
import CloudREST
import Foundation

/// The pages of a list call; each is fetched when it is asked for, and decoded away from the caller's actor.
package struct APIPages<Item: Sendable>: AsyncSequence, Sendable {
  package typealias Element = Page<Item>
  package typealias Failure = APIError

  fileprivate let pages: Pages<Item>

  package func makeAsyncIterator() -> Iterator {
    Iterator(pages: pages.makeAsyncIterator())
  }

  /// Holds the place in the list.
  package struct Iterator: AsyncIteratorProtocol, Sendable {
    package typealias Element = Page<Item>
    package typealias Failure = APIError

    fileprivate var pages: Pages<Item>.Iterator

    package mutating func next() async throws(APIError) -> Page<Item>? {
      try await next(isolation: nil)
    }

    package mutating func next(isolation: isolated (any Actor)?) async throws(APIError) -> Page<Item>? {
      do { return try await pages.next(isolation: isolation) } catch { throw APIError(error) }
    }
  }

  /// Hands each page to `body` while the next one, and no more than that one, is on its way; a page is read only then,
  /// too. For a list that is read to its end: stopping half-way wastes a call.
  package func readAhead(_ body: (Page<Item>) throws -> Void) async throws {
    var step = await Self.advance(pages.makeAsyncIterator())
    while let arrived = try step.page.get() {
      let iterator = step.iterator
      async let next = Self.advance(iterator)
      try body(try read(arrived))
      step = await next
    }
  }

  private func read(_ arrived: ArrivedPage<Item>) throws(APIError) -> Page<Item> {
    do { return try arrived.read() } catch { throw APIError(error) }
  }

  private typealias Step = (page: Result<ArrivedPage<Item>?, APIError>, iterator: Pages<Item>.Iterator)

  @concurrent private static func advance(_ iterator: Pages<Item>.Iterator) async -> Step {
    var iterator = iterator
    do throws(RESTError) { return (.success(try await iterator.nextArrived()), iterator) } catch {
      return (.failure(APIError(error)), iterator)
    }
  }

  /// Every item of every page.
  package func all() async throws(APIError) -> [Item] {
    var items: [Item] = []
    for try await page in self { items += page.items }
    return items
  }
}

extension RESTClient {
  /// The pages of a list whose items stand under `key`; fields that are neither are passed over.
  func pages<Item: Sendable>(
    of call: RESTCall, under key: String, _ read: @escaping @Sendable (inout JSONReader) throws(JSONError) -> Item
  ) -> APIPages<Item> {
    APIPages(pages: pages(of: call, decode: pageReader(under: key, read)))
  }

  /// One page of such a list, read when it is wanted.
  func arrivedPage<Item: Sendable>(
    _ call: RESTCall, under key: String, _ read: @escaping @Sendable (inout JSONReader) throws(JSONError) -> Item
  ) async throws(APIError) -> ArrivedPage<Item> {
    do throws(RESTError) { return try await arrivedPage(call, decode: pageReader(under: key, read)) } catch {
      throw APIError(error)
    }
  }
}

extension ArrivedPage {
  /// The items, or what is wrong with the page.
  package func items() throws(APIError) -> [Item] {
    do throws(RESTError) { return try read().items } catch { throw APIError(error) }
  }
}

private func pageReader<Item: Sendable>(
  under key: String, _ read: @escaping @Sendable (inout JSONReader) throws(JSONError) -> Item
) -> @Sendable (Data) throws -> Page<Item> {
  { data in try JSONReader.read(data) { reader throws(JSONError) in try readPage(&reader, under: key, read) } }
}

func readPage<Item: Sendable>(
  _ reader: inout JSONReader, under key: String, _ read: (inout JSONReader) throws(JSONError) -> Item
) throws(JSONError) -> Page<Item> {
  var items: [Item] = []
  var token: String?
  try reader.fields { name, reader throws(JSONError) in
    switch name {
    case key: try reader.elements { reader throws(JSONError) in items.append(try read(&reader)) }
    case "nextPageToken": token = try reader.string()
    default: try reader.skip()
    }
  }
  return Page(items: items, nextPageToken: token)
}
