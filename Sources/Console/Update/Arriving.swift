// Lists that arrive bit by bit: each location in its own time, each page of it as it comes. One that takes a minute must
// not hold back the others, and what is not there yet must not look as if it were not there at all.

import CloudModel
import Foundation

/// Locations that are waited for.
struct PendingLocations: Equatable, Sendable {
  var names: [String]
  /// When the first of the others had answered.
  var since: Date
  /// Nothing of them is on the screen yet.
  var isFirst: Bool
}

extension ConsoleState {
  /// Answers of good networks lie closer together than this: the wait for the last is not worth a word.
  private static let worthAWord: TimeInterval = 2

  /// The rows to show after an answer that may be one of several: of locations that are still waited for, the rows of the
  /// last time stay.
  mutating func arrived<Row: TableRow>(
    _ listing: Listing<Row>, _ lane: Lane, before: [Row], location: (Row) -> String
  ) -> [Row] {
    partials[lane] = listing.partial
    guard !listing.pending.isEmpty else {
      pending[lane] = nil
      settle(lane, calls: listing.calls)
      return listing.rows
    }
    let known = pending[lane]
    pending[lane] = PendingLocations(
      names: listing.pending, since: known?.since ?? now, isFirst: known?.isFirst ?? before.isEmpty)
    let names = Set(listing.pending)
    let ids = Set(listing.rows.map(\.id))
    return listing.rows + before.filter { names.contains(location($0)) && !ids.contains($0.id) }
  }

  /// Locations that take long enough to be told of.
  func slowLocations(of lane: Lane) -> PendingLocations? {
    guard let waits = pending[lane], lanes[lane]?.waiting != nil else { return nil }
    return waits.isFirst || now.timeIntervalSince(waits.since) >= Self.worthAWord ? waits : nil
  }
}
