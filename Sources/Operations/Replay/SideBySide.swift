// Two texts beside each other: lines that both have stand in one row, the others
// face a gap or each other.

/// A row of two columns.
package struct SideBySideRow: Equatable, Sendable {
  package var left: String?
  package var right: String?

  package init(_ left: String?, _ right: String?) { (self.left, self.right) = (left, right) }

  package var isSame: Bool { left == right }
}

package enum SideBySide {
  /// More lines than this are not compared one with each other: the work grows with the product.
  private static let mostLines = 1000

  /// The rows of two texts by their longest common subsequence.
  package static func rows(_ left: [String], _ right: [String]) -> [SideBySideRow] {
    guard left.count <= mostLines, right.count <= mostLines else { return facing(left[...], right[...]) }
    let lengths = commonLengths(left, right)
    var rows: [SideBySideRow] = []
    var (row, column) = (0, 0)
    var (only, other) = (0, 0)  // Where what is not common began.
    while row < left.count, column < right.count {
      if left[row] == right[column] {
        rows += facing(left[only..<row], right[other..<column])
        rows.append(SideBySideRow(left[row], right[column]))
        (row, column) = (row + 1, column + 1)
        (only, other) = (row, column)
      } else if lengths[row + 1][column] >= lengths[row][column + 1] {
        row += 1
      } else {
        column += 1
      }
    }
    return rows + facing(left[only...], right[other...])
  }

  private static func facing(_ left: ArraySlice<String>, _ right: ArraySlice<String>) -> [SideBySideRow] {
    (0..<max(left.count, right.count)).map { index in
      SideBySideRow(
        index < left.count ? left[left.startIndex + index] : nil,
        index < right.count ? right[right.startIndex + index] : nil)
    }
  }

  private static func commonLengths(_ left: [String], _ right: [String]) -> [[Int32]] {
    var lengths = [[Int32]](
      repeating: [Int32](repeating: 0, count: right.count + 1), count: left.count + 1)
    for row in left.indices.reversed() {
      for column in right.indices.reversed() {
        lengths[row][column] =
          left[row] == right[column]
          ? lengths[row + 1][column + 1] + 1 : max(lengths[row + 1][column], lengths[row][column + 1])
      }
    }
    return lengths
  }
}
