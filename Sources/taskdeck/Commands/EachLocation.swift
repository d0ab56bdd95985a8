// A list over several locations: one that is refused does not hide the others, and the command still fails.

import CloudModel

extension Wiring {
  /// Lists one location after the other, in the order they are named.
  ///
  /// - Returns: the first failure. Those of further locations are said at once, for there is one end only.
  func eachLocation(_ list: (LocationName) async throws(APIError) -> Void) async -> APIError? {
    var first: APIError?
    for parent in parents {
      do throws(APIError) { try await list(parent) } catch {
        if first != nil { Exit(error).print(asJSON: false) }
        first = first ?? error
      }
    }
    return first
  }
}

extension ListPrinter {
  /// The end of a list of several locations. After a failure the rows that came are printed, and a JSON array is left
  /// open, so that nobody takes it for complete.
  mutating func end(_ failure: APIError?) throws(APIError) {
    guard let failure else { return finish() }
    flush()
    throw failure
  }
}
