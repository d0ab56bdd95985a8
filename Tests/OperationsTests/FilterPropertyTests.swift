// The filter against a second evaluation, over random filters and random tasks.

import CloudModel
import Foundation
import Testing

@testable import Operations

struct FilterPropertyTests {
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `a filter selects what a plain reading of it selects`(seed: UInt64) throws {
    var tasks = RandomTasks(random: SplitMix(state: seed))
    var filters = RandomFilters(random: SplitMix(state: seed &* 7919))
    let sample = try (0..<60).map { _ in try tasks.task() }
    let trees = sample.map(\.json)
    var (matched, missed) = (0, 0)
    for _ in 0..<500 {
      let wanted = filters.filter()
      let text = filters.written(wanted)
      let filter = try Filter(text, for: .task)
      for (task, json) in zip(sample, trees) {
        let expected = wanted.holds(json)
        if expected { matched += 1 } else { missed += 1 }
        if filter.matches(task, now: filterNow) != expected {
          Issue.record("\(text)\nshould \(expected ? "" : "not ")match \(json.compact)")
          return
        }
      }
    }
    #expect(matched > 5000 && missed > 5000)
  }

  @Test(arguments: [11, 12, 13] as [UInt64])
  func `a printed filter reads back as an equal one`(seed: UInt64) throws {
    var filters = RandomFilters(random: SplitMix(state: seed))
    for _ in 0..<300 {
      let filter = try Filter(filters.written(filters.filter()))
      let printed = filter.description
      #expect(try Filter(printed) == filter)
      #expect(try Filter(printed).description == printed)
    }
  }

  /// Made of the pieces the grammar is made of, in any order: most of it is wrong somewhere.
  @Test func `any text is read or refused with a column inside it, and what is read survives printing`() throws {
    var random = SplitMix(state: 99)
    let pieces = [
      "class", ":", "~", "=", "!=", "!", ">=", "<", "(", ")", "|", " ", "\"", "\\", "\\\"", "body.", "a", "*", "5",
      "1h",
      "[", "]", "header.", "paused", "é", "\u{301}", "\u{1B}", "\\u{41}", ".", "dispatches", "status", "eta", "and",
      "{2}",
    ]
    var (read, refused) = (0, 0)
    for _ in 0..<10000 {
      let text = (0..<Int.random(in: 1...9, using: &random)).map { _ in random.pick(pieces) }.joined()
      do throws(FilterError) {
        let filter = try Filter(text)
        read += 1
        let printed = filter.description
        guard let again = try? Filter(printed), again == filter else {
          Issue.record("\(text) is printed as \(printed)")
          continue
        }
      } catch {
        refused += 1
        #expect(error.column >= 1 && error.column <= text.count + 1, "\(text)")
      }
    }
    #expect(read > 500 && refused > 500)
  }
}
