// One list from all locations of a context, told bit by bit: what is there is shown while the rest is on its way.

import CloudModel
import Console
import Foundation
import Transport

/// The parts of a list that have come so far.
struct Gathering<Row: Equatable & Sendable>: Sendable {
  private let parents: [LocationName]
  private var rows: [[Row]]
  private var isDone: [Bool]
  private var failures: [Failure?]
  private var calls = 0

  /// Hears of all rows of a location so far, and whether they are all there will be.
  typealias Teller = @Sendable ([Row], Bool) -> Void

  private init(_ parents: [LocationName]) {
    self.parents = parents
    rows = Array(repeating: [], count: parents.count)
    isDone = Array(repeating: false, count: parents.count)
    failures = Array(repeating: nil, count: parents.count)
  }

  /// Asks every location at once. A location that fails is told beside the rows of the others; when all fail, the first
  /// failure is the answer.
  ///
  /// - Parameters:
  ///   - tell: hears of what has come while something is still to come.
  ///   - ask: lists one location, and tells all of its rows so far after each page, and whether that was the last.
  static func gather(
    _ parents: [LocationName], tell: @escaping @Sendable (Listing<Row>) -> Void,
    ask: @escaping @Sendable (LocationName, @escaping Teller) async throws(APIError) -> Void
  ) async -> Result<Listing<Row>, Failure> {
    let state = Locked(Gathering(parents))
    await withTaskGroup(of: Void.self) { group in
      for (index, parent) in parents.enumerated() {
        group.addTask {
          let result = await outcome { () async throws(APIError) in
            try await ask(parent) { rows, isLast in
              let listing = state.withLock { $0.page(rows, isLast, of: index) }
              if let listing { tell(listing) }
            }
          }
          let listing = state.withLock { $0.end(result, of: index) }
          if let listing { tell(listing) }
        }
      }
    }
    return state.withLock { $0.result }
  }

  /// A page; what there is to tell of it, unless its end, which comes at once, tells it as well.
  private mutating func page(_ rows: [Row], _ isLast: Bool, of index: Int) -> Listing<Row>? {
    self.rows[index] = rows
    calls += 1
    return isLast ? nil : listing
  }

  private mutating func end(_ result: Result<Void, Failure>, of index: Int) -> Listing<Row>? {
    isDone[index] = true
    if case .failure(let failure) = result {
      // Some pages of a list are no list: the next location has its say all the same.
      (failures[index], rows[index]) = (failure, [])
      calls += 1
    }
    let isOver = !isDone.contains(false)
    // Nothing but failures is nothing to show yet.
    return isOver || rows.allSatisfy(\.isEmpty) ? nil : listing
  }

  private var listing: Listing<Row> {
    let told = failures.compactMap(\.self)
    return Listing(
      rows: rows.flatMap(\.self), calls: max(calls, parents.count),
      partial: Failure(partial: told, of: parents.count),
      pending: zip(parents, isDone).filter { !$1 }.map(\.0.location))
  }

  private var result: Result<Listing<Row>, Failure> {
    let told = failures.compactMap(\.self)
    if let first = told.first, told.count == parents.count { return .failure(first) }
    return .success(listing)
  }
}

extension Failure {
  /// The failure of some of a context's locations; nil where there is none.
  init?(partial failures: [Failure], of count: Int) {
    guard let first = failures.first else { return nil }
    guard failures.count > 1 else {
      self = first
      return
    }
    self.init(
      first.kind, title: "\(failures.count) of \(count) locations failed",
      reason: failures.map { "\($0.title): \($0.reason)" }.joined(separator: "; "), remedy: first.remedy)
  }
}
