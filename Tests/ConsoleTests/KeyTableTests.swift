// Keys outside the program: the README's table and the configuration's changes.

import Console
import Foundation
import Terminal
import Testing

@Suite struct `Keys on paper` {
  @Test func `the README's table is the one that taskdeck keys --markdown prints`() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
    let readme = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    let start = try #require(readme.range(of: "<!-- taskdeck keys --markdown -->\n"))
    let end = try #require(readme.range(of: "<!-- end of keys -->"))
    #expect(readme[start.upperBound..<end.lowerBound] == KeyTable.markdown(KeyMap()))
  }

  @Test func `the configuration gives actions lists of keys, and takes them off the keyboard`() {
    let (keys, problems) = KeyMap.read([("task.discard", ["D", "Delete"]), ("app.theme", ["<disabled>"])])
    #expect(problems.isEmpty)
    #expect(keys.action(for: "Delete", in: [.changing]) == .discard)
    #expect(keys.action(for: "T", in: [.everywhere]) == nil)
  }

  @Test func `what cannot be read is told with the nearest name`() {
    let (keys, problems) = KeyMap.read([("task.dicsard", ["D"]), ("view.refresh", ["Hyper-X"])])
    #expect(problems.contains { $0.contains("did you mean task.discard?") })
    #expect(problems.contains { $0.contains("no key is called Hyper-X") })
    #expect(keys.action(for: "D", in: [.changing]) == .discard)
  }

  @Test func `a key that means two things in one scope is told`() {
    #expect(KeyMap.read([("view.refresh", ["T"])]).problems.contains { $0.contains("T is both") })
  }
}
