// The tasks of a queue by column, in chunks.
//
// A queue may hold a million tasks, and while a refresh arrives there are two lists of them. As an array of rows a task
// takes 112 bytes, and 80 more for its ID; by column it takes some 64 (DESIGN.md, Budgets: 200 bytes a task held). The
// chunks are shared by all copies of a list, so that one can be worked on aside while the next pages are added.

import Foundation

/// Rows of tasks.
package struct TaskRows: RowList {
  private(set) var chunks: [TaskChunk] = []
  private(set) var texts = TaskTexts()
  package private(set) var count = 0

  package init() {}

  package var startIndex: Int { 0 }
  package var endIndex: Int { count }

  package subscript(position: Int) -> TaskRow {
    chunks[position / sliceLength].row(position % sliceLength, texts)
  }

  package mutating func append(contentsOf rows: [TaskRow]) {
    for row in rows {
      if count % sliceLength == 0 {
        if let last = chunks.indices.last { chunks[last].trim() }
        chunks.append(TaskChunk())
      }
      chunks[chunks.count - 1].append(row, &texts)
      count += 1
    }
  }

  /// Equal lists hold equal rows, however their texts are numbered.
  package static func == (left: TaskRows, right: TaskRows) -> Bool { left.elementsEqual(right) }

  /// Classes, as they were first seen.
  var classes: [String] { texts.classes.texts.filter { !$0.isEmpty } }
  /// Last statuses, as they were first seen.
  var statuses: [String] { texts.statuses.texts }

  func count(ofClass name: String) -> Int {
    chunks.reduce(0) { $0 + $1.count(ofClass: name, texts) }
  }

  func count(dispatchedAtLeast least: Int) -> Int {
    let least = Int32(clamping: least)
    return chunks.reduce(0) { sum, chunk in sum + chunk.dispatches.reduce(0) { $0 + ($1 >= least ? 1 : 0) } }
  }
}

/// Texts that tasks have in common.
struct TaskTexts: Equatable, Sendable {
  var classes = TextPool()
  var urls = TextPool()
  var statuses = TextPool()
}

/// At most `sliceLength` tasks.
struct TaskChunk: Equatable, Sendable {
  private(set) var ids = PackedTexts()
  private(set) var classes = PooledTexts()
  private(set) var urls = PooledTexts()
  private(set) var statuses = PooledTexts()
  private(set) var dispatches: [Int32] = []
  private(set) var responses: [Int32] = []
  private(set) var outcomes: [TaskRow.Outcome] = []
  /// In seconds since 2001 (Foundation's reference date); not a number where there is none.
  private(set) var created: [Double] = []
  private(set) var next: [Double] = []

  init() {
    classes.reserve(sliceLength)
    urls.reserve(sliceLength)
    statuses.reserve(sliceLength)
    dispatches.reserveCapacity(sliceLength)
    responses.reserveCapacity(sliceLength)
    outcomes.reserveCapacity(sliceLength)
    created.reserveCapacity(sliceLength)
    next.reserveCapacity(sliceLength)
  }

  var count: Int { dispatches.count }

  mutating func append(_ row: TaskRow, _ texts: inout TaskTexts) {
    ids.append(row.id)
    classes.append(row.taskClass, &texts.classes)
    urls.append(row.url, &texts.urls)
    statuses.append(row.status, &texts.statuses)
    dispatches.append(row.dispatches)
    responses.append(row.responses)
    outcomes.append(row.outcome)
    created.append(row.created?.timeIntervalSinceReferenceDate ?? .nan)
    next.append(row.next?.timeIntervalSinceReferenceDate ?? .nan)
  }

  /// No more rows come.
  mutating func trim() {
    ids.trim()
    classes.trim()
    urls.trim()
    statuses.trim()
  }

  func row(_ place: Int, _ texts: TaskTexts) -> TaskRow {
    TaskRow(
      id: ids[place], taskClass: classes.text(place, texts.classes), url: urls.text(place, texts.urls),
      dispatches: dispatches[place], responses: responses[place], outcome: outcomes[place],
      status: statuses.text(place, texts.statuses), created: Self.date(created[place]), next: Self.date(next[place]))
  }

  private static func date(_ seconds: Double) -> Date? {
    seconds.isNaN ? nil : Date(timeIntervalSinceReferenceDate: seconds)
  }

  /// As `TaskRow.isFailing`.
  func isFailing(_ place: Int) -> Bool { outcomes[place] == .failed || dispatches[place] > 1 }

  func count(ofClass name: String, _ texts: TaskTexts) -> Int {
    let code = texts.classes.texts.firstIndex(of: name).map { Int32($0) }
    let shared = code.map { code in classes.codes.reduce(0) { $0 + ($1 == code ? 1 : 0) } } ?? 0
    return shared + (0..<classes.own.count).reduce(0) { $0 + (classes.own[$1] == name ? 1 : 0) }
  }
}
