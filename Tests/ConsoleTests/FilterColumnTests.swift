// Filters are asked of whole columns; what they show must be what asking row by row would.

import Console
import Foundation
import Operations
import Testing

@Suite struct FilterColumnTests {
  private static let classes = ["SyncWarehouse", "SendWelcome", "Réindex", "sync_orders", "Charge"]

  private func rows(_ count: Int) -> [TaskRow] {
    (0..<count).map { index in
      let tries = index % 7
      return task(
        index % 5 == 0 ? "named-\(index)-Unique" : String(UInt64(index) &* 6_364_136_223_846_793_005),
        Self.classes[index * 7 % 5], tries: tries, http: index % 3 == 0 ? nil : [503, 429, 404, 200][index % 4],
        code: index % 4 == 3 ? 0 : 14, age: Double(index * 97 % 9000), next: Double(index * 31 % 4000) - 1000)
    }
  }

  private func shown(_ text: String, _ rows: [TaskRow]) -> Set<String> {
    var stage = Stage()
    stage.answer(queues: [queue("orders", tasks: rows.count)])
    stage.press("Enter")
    stage.answer(tasks: rows)
    stage.press("/")
    stage.type(text)
    let table = stage.state.tasks
    return Set(table.visible.map { table.rows[Int($0)].id })
  }

  @Test(
    "an expression shows the rows it holds for",
    arguments: [
      "class:Sync*", "class=SyncWarehouse", "class~^S.*e", "class:réindex", "!class:*sync*", "dispatches>=5",
      "dispatches<3 responses>0", "status:503", "status:4??", "!status:503", "code:UNAVAILABLE", "code:unavail* age>1h",
      "age>1h", "eta<10m", "eta>0s", "failing", "!failing", "never", "running | ok", "url~/tasks/S", "id:named*",
      "id~^[0-9]+$", "(class:Sync* | class:Send*) !status:503", "!(dispatches>=2 | \"named\")", "\"unique\" | 429",
      "\"sync\" status:503", "created>2026-11-21", "created<2026-11-21", "!created>2026-11-21T11:00:00Z",
    ]) func expressions(text: String) throws
  {
    let rows = rows(600)
    let filter = try Filter(text, for: .task)
    let expected = Set(rows.filter { filter.matches($0, now: noon) }.map(\.id))
    #expect(shown(text, rows) == expected)
    #expect(expected.count < rows.count)
  }

  @Test(
    "plain words show the rows that hold each of them in a cell",
    arguments: [
      ("s", nil), ("SYNC", nil), ("sync 503", nil), ("unique", nil), ("réin", nil), ("zzz", 0), ("9", nil), ("-", nil),
    ] as [(String, Int?)]) func words(text: String, count: Int?)
  {
    let rows = rows(600)
    let words = text.lowercased().split(separator: " ")
    let expected = rows.filter { row in
      words.allSatisfy { word in [row.taskClass, row.id, row.status].contains { $0.lowercased().contains(word) } }
    }
    #expect(shown(text, rows) == Set(expected.map(\.id)))
    if let count { #expect(expected.count == count) }
  }

  @Test("more different texts than are shared, and equal ones in different storage, are found alike")
  func manyTexts() {
    let rows = (0..<3000).map { task("t\($0)", "Class\($0 % 1500)WithALongName") }
    #expect(shown("class7", rows).count == 2 * 111)
    #expect(shown("class:Class7*", rows).count == 2 * 111)
  }
}
