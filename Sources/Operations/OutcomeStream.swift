// Outcomes of long plans, written while they are read from the journal: a million
// names take no memory. The same objects as those of `Outcomes`.

import CloudModel
import JournalModel

extension Outcomes {
  /// `tasks discard`, and `journal resume` of a discard.
  package static func write(
    discard entry: JournalEntry, _ journal: any Journal, into stream: consuming JSONStream
  ) async throws(JournalError) {
    stream.put("journal", .integer(entry.number))
    stream.put("planned", .integer(entry.counts.planned))
    try await list("names", nil, of: entry, journal, &stream, name)
    try await list("discarded", [.discarded], of: entry, journal, &stream, name)
    try await list("gone", [.gone], of: entry, journal, &stream, name)
    try await list("failed", [.failed, .sent], of: entry, journal, &stream, failure)
    stream.end()
  }

  /// `journal undo`, and `journal resume` of an undo.
  package static func write(
    undo entry: JournalEntry, skipped: [PassedOver], _ journal: any Journal, into stream: consuming JSONStream
  ) async throws(JournalError) {
    stream.put("journal", .integer(entry.number))
    stream.put("undoes", entry.header.undoes.map(JSON.integer) ?? .null)
    try await list("restored", [.restored], of: entry, journal, &stream, restored)
    stream.put("skipped", passedOver(skipped))
    try await list("failed", [.failed, .sent], of: entry, journal, &stream, failure)
    stream.end()
  }

  /// `journal show`.
  package static func write(
    show entry: JournalEntry, _ journal: any Journal, into stream: consuming JSONStream
  ) async throws(JournalError) {
    for (key, value) in row(entry) { stream.put(key, value) }
    stream.beginList("items")
    try await add(nil, of: entry, journal, &stream) { .object(object($0)) }
    for change in try await journal.changes(of: entry.number) { stream.add(ChangeReport.item(change)) }
    stream.endList()
    stream.end()
  }

  private static func list(
    _ key: String, _ states: Set<ItemState>?, of entry: JournalEntry, _ journal: any Journal,
    _ stream: inout JSONStream, _ element: (JournalItem) -> JSON?
  ) async throws(JournalError) {
    stream.beginList(key)
    // Reading a million items to find none takes seconds.
    if states.map(entry.counts.holdsAny) ?? true { try await add(states, of: entry, journal, &stream, element) }
    stream.endList()
  }

  private static func add(
    _ states: Set<ItemState>?, of entry: JournalEntry, _ journal: any Journal, _ stream: inout JSONStream,
    _ element: (JournalItem) -> JSON?
  ) async throws(JournalError) {
    var position = -1
    while true {
      let page = try await journal.items(of: entry.number, in: states, after: position, limit: 1000)
      guard let last = page.last else { return }
      for item in page { if let json = element(item) { stream.add(json) } }
      position = last.position
    }
  }

  // MARK: Elements

  private static func name(_ item: JournalItem) -> JSON { .string(item.name.description) }

  private static func restored(_ item: JournalItem) -> JSON {
    ["name": name(item), "restoredAs": item.restoredAs.map { .string($0.description) } ?? .null]
  }

  /// An item whose outcome could not be found out counts as failed; one whose turn did not come has none.
  private static func failure(_ item: JournalItem) -> JSON? {
    guard item.state == .failed || item.error != nil else { return nil }
    return ["name": name(item), "error": .string(item.error ?? "")]
  }
}

extension JournalCounts {
  fileprivate func holdsAny(of states: Set<ItemState>) -> Bool {
    states.contains { state in
      switch state {
      case .planned: waiting > 0
      case .sent: sent > 0
      case .discarded: discarded > 0
      case .gone: gone > 0
      case .failed: failed > 0
      case .restored: restored > 0
      }
    }
  }
}
