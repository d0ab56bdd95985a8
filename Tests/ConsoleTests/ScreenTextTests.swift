// Every screen of the gallery as text, kept beside this file: a change of words or places shows up in a review as the
// change of a small picture.
//
// `TASKDECK_SCREENS=write swift test --filter 'Screens as text'` writes them anew, to be looked at before they are kept.

import Console
import Foundation
import Terminal
import Testing

@Suite struct `Screens as text` {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Screens")
  private static let writes = ProcessInfo.processInfo.environment["TASKDECK_SCREENS"] == "write"

  private static func file(_ scene: Scene) -> URL {
    let words = scene.name.lowercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
    return folder.appending(path: words.joined(separator: "-") + ".txt")
  }

  @Test(arguments: Gallery.scenes) func `is what was looked at, at 80x24`(_ scene: Scene) throws {
    let frame = scene.player(Size(columns: 80, rows: 24)).stage.frame
    let rows = (0..<24).map { row in
      var text = frame.text(row: row)
      while text.last == " " { text.removeLast() }
      return text
    }
    let text = rows.joined(separator: "\n") + "\n"
    if Self.writes {
      try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
      try text.write(to: Self.file(scene), atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: Self.file(scene), encoding: .utf8) == text, "the screen is now\n\(text)")
  }

  @Test func `belongs to a scene, each of them`() throws {
    let kept = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(Set(kept) == Set(Gallery.scenes.map { Self.file($0).lastPathComponent }))
  }
}
