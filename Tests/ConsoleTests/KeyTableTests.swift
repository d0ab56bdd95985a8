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
}
