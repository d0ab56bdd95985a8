// What a table asks of all its tasks at once: failing ones, orders, widths, filters. Each goes by column, because making a
// row of a chunk costs more than looking at one number of it.

import Foundation
import Operations

extension TaskRows {
  package func failing(among positions: [Int32]) -> Int {
    positions.reduce(0) { sum, position in
      sum + (chunks[Int(position) / sliceLength].isFailing(Int(position) % sliceLength) ? 1 : 0)
    }
  }

  package var ids: FlatTexts {
    var flat = FlatTexts()
    flat.reserve(count, bytes: chunks.reduce(0) { $0 + $1.ids.bytes.count })
    for chunk in chunks { flat.append(chunk.ids) }
    return flat
  }

  package func keys(_ column: Column<TaskRow>) -> SortKeys {
    switch column.field {
    case .id: return .texts(ids)
    case .taskClass: return keys(\.classes, texts.classes)
    case .status: return keys(\.statuses, texts.statuses)
    case .dispatches: return .numbers(numbers { $0.dispatches.lazy.map(Double.init) })
    case .responses: return .numbers(numbers { $0.responses.lazy.map(Double.init) })
    // By how long ago it was.
    case .created: return .numbers(numbers { $0.created.lazy.map { -$0 } })
    case .scheduled: return .numbers(numbers { $0.next })
    default:
      switch column.sort {
      case .number(let value): return .numbers(map { value($0) ?? .nan })
      case .text(let text): return .texts(FlatTexts(lazy.map(text)))
      }
    }
  }

  private func numbers<Values: Sequence<Double>>(_ values: (TaskChunk) -> Values) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(count)
    for chunk in chunks { result.append(contentsOf: values(chunk)) }
    return result
  }

  /// Where all texts are shared, their places in the order of the shared ones: numbers are sorted in a tenth of the time.
  private func keys(_ column: KeyPath<TaskChunk, PooledTexts>, _ pool: TextPool) -> SortKeys {
    guard chunks.allSatisfy({ $0[keyPath: column].own.count == 0 }) else { return .texts(FlatTexts(all(column, pool))) }
    let places = pool.foldedOrder
    return .numbers(numbers { $0[keyPath: column].codes.lazy.map { places[Int($0)] } })
  }

  private func all(_ column: KeyPath<TaskChunk, PooledTexts>, _ pool: TextPool) -> some Sequence<String> {
    chunks.lazy.flatMap { chunk in (0..<chunk.count).lazy.map { chunk[keyPath: column].text($0, pool) } }
  }

  package func longest(_ column: Column<TaskRow>) -> Int {
    switch column.field {
    case .id: chunks.reduce(0) { Swift.max($0, $1.ids.longest) }
    case .taskClass: longest(\.classes, texts.classes)
    case .status: longest(\.statuses, texts.statuses)
    default: column.search.map { text in reduce(0) { Swift.max($0, text($1).utf8.count) } } ?? 0
    }
  }

  private func longest(_ column: KeyPath<TaskChunk, PooledTexts>, _ pool: TextPool) -> Int {
    let shared = pool.texts.reduce(0) { Swift.max($0, $1.utf8.count) }
    return chunks.reduce(shared) { Swift.max($0, $1[keyPath: column].own.longest) }
  }

  package func sweep(_ filter: RowFilter<TaskRow>, _ columns: [Column<TaskRow>], now: Date) -> any RowSweep {
    if filter.sweep != nil { return ExpressionSweep(rows: self, filter: filter, now: now) }
    // What only whole tasks could answer is known by ID, row by row.
    if filter.condition != nil { return ConditionSweep(rows: self, filter: filter, now: now) }
    return WordSweep(self, filter.words.map { TextFilter($0) })
  }
}

/// A condition on each row.
private struct ConditionSweep: RowSweep {
  let rows: TaskRows
  let filter: RowFilter<TaskRow>
  let now: Date

  mutating func sweep(_ slice: Range<Int>, asked: RowSet?, into shown: inout RowSet) {
    for place in slice where asked?.contains(Int32(place)) ?? true {
      if filter.matches(rows[place], [], now: now) { shown.insert(Int32(place)) }
    }
  }
}

/// Plain words, each of which must be in the class, the ID or the status.
private struct WordSweep: RowSweep {
  let rows: TaskRows
  /// For each word: which of the shared texts hold it.
  private let words: [(text: TextFilter, classes: [Bool], statuses: [Bool])]

  init(_ rows: TaskRows, _ words: [TextFilter]) {
    self.rows = rows
    let texts = rows.texts
    self.words = words.map { word in
      (word, texts.classes.texts.map(word.matches), texts.statuses.texts.map(word.matches))
    }
  }

  mutating func sweep(_ slice: Range<Int>, asked: RowSet?, into shown: inout RowSet) {
    let chunk = rows.chunks[slice.lowerBound / sliceLength]
    let start = Int32(slice.lowerBound)
    var left = (0..<chunk.count).map { asked?.contains(start + Int32($0)) ?? true }
    for word in words {
      var holds = [Bool](repeating: false, count: chunk.count)
      Self.mark(chunk.classes, word.text, word.classes, &holds)
      Self.mark(chunk.statuses, word.text, word.statuses, &holds)
      if word.text.isASCII {
        chunk.ids.forEach(holding: word.text.needle) { holds[$0] = true }
      } else if !chunk.ids.isASCII {
        for place in holds.indices where word.text.matches(chunk.ids[place]) { holds[place] = true }
      }
      for place in left.indices where !holds[place] { left[place] = false }
    }
    for place in left.indices where left[place] { shown.insert(start + Int32(place)) }
  }

  private static func mark(_ column: PooledTexts, _ word: TextFilter, _ shared: [Bool], _ holds: inout [Bool]) {
    if column.own.count == 0, !shared.contains(true) { return }
    for (place, code) in column.codes.enumerated() {
      if code >= 0 ? shared[Int(code)] : word.matches(column.own[Int(~code)]) { holds[place] = true }
    }
  }
}

/// A filter of the language.
private struct ExpressionSweep: RowSweep {
  let rows: TaskRows
  let filter: RowFilter<TaskRow>
  let now: Date

  mutating func sweep(_ slice: Range<Int>, asked: RowSet?, into shown: inout RowSet) {
    guard let sweep = filter.sweep else { return }
    let chunk = rows.chunks[slice.lowerBound / sliceLength]
    let holds = sweep(TaskTable(chunk, rows.texts), now)
    let start = Int32(slice.lowerBound)
    for place in holds.indices where holds[place] && asked?.contains(start + Int32(place)) ?? true {
      shown.insert(start + Int32(place))
    }
  }
}
