// "Did you mean": the known names nearest to a misspelled one.

/// Finds the known name that somebody who wrote another one may have meant.
package enum Nearest {
  /// The known name that differs from `word` in few enough letters to be meant by it; case does not count.
  package static func name(to word: String, among known: some Sequence<String>) -> String? {
    names(to: word, among: known, limit: 1).first
  }

  /// The known names that differ from `word` in few enough letters, nearest first.
  package static func names(to word: String, among known: some Sequence<String>, limit: Int = 3) -> [String] {
    let wanted = letters(word)
    let allowed = max(1, wanted.count / 3)
    let near = known.enumerated().compactMap { position, name -> (distance: Int, position: Int, name: String)? in
      let distance = distance(wanted, letters(name), limit: allowed)
      return distance <= allowed ? (distance, position, name) : nil
    }
    return near.sorted { ($0.distance, $0.position) < ($1.distance, $1.position) }.prefix(limit).map(\.name)
  }

  private static func letters(_ text: String) -> [Unicode.Scalar] { Array(text.lowercased().unicodeScalars) }

  /// Letters inserted, removed, replaced or swapped with their neighbour (optimal string alignment); more than `limit`
  /// is some number above it.
  private static func distance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar], limit: Int) -> Int {
    guard abs(first.count - second.count) <= limit else { return limit + 1 }
    var beforeLast: [Int] = []
    var last = Array(0...second.count)
    for row in first.indices {
      var current = [row + 1]
      for column in second.indices {
        let replaced = last[column] + (first[row] == second[column] ? 0 : 1)
        var best = min(replaced, last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
          best = min(best, beforeLast[column - 1] + 1)
        }
        current.append(best)
      }
      (beforeLast, last) = (last, current)
    }
    return last[second.count]
  }
}

/// The known name nearest to `word`, if one is near enough to be meant.
package func nearest(_ word: String, among known: some Sequence<String>) -> String? {
  Nearest.name(to: word, among: known)
}
