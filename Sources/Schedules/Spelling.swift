// "Did you mean": the known words nearest to a misspelled one.

/// Finds the known spellings nearest to a word.
enum Spelling {
  /// Known words that differ from `word` in few enough letters to be meant by it, nearest first; case does not count.
  static func nearest(to word: String, among known: [String], limit: Int = 3) -> [String] {
    let wanted = Array(word.lowercased().unicodeScalars)
    let allowed = max(1, wanted.count / 3)
    let ranked = known.enumerated().compactMap { position, name -> (distance: Int, position: Int, name: String)? in
      let candidate = Array(name.lowercased().unicodeScalars)
      // The difference in length is a lower bound of the distance, and far cheaper.
      guard abs(candidate.count - wanted.count) <= allowed else { return nil }
      let distance = distance(wanted, candidate)
      return distance <= allowed ? (distance, position, name) : nil
    }
    return ranked.sorted { ($0.distance, $0.position) < ($1.distance, $1.position) }.prefix(limit).map(\.name)
  }

  /// Optimal string alignment: letters inserted, removed, replaced, or swapped with their neighbour.
  static func distance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar]) -> Int {
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
