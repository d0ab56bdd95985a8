// What holds of every screen at every size: looked at once as pictures, and kept right here.

import Console
import Foundation
import Terminal
import Testing
import Themes

private let sizes = [
  Size(columns: 80, rows: 24), Size(columns: 60, rows: 15), Size(columns: 120, rows: 36), Size(columns: 200, rows: 60),
  Size(columns: 300, rows: 100),
]

/// A picture of a screen: drawn once, looked at in many ways.
private struct Picture: CustomStringConvertible {
  let scene: Scene
  let frame: Frame
  let lines: [String]

  init(_ scene: Scene, _ size: Size) {
    self.scene = scene
    frame = scene.player(size).stage.frame
    lines = (0..<size.rows).map(frame.text(row:))
  }

  var description: String { frame.plainText }
}

@Suite struct `Every screen` {
  @Test(arguments: Gallery.scenes, sizes)
  func `is whole`(_ scene: Scene, _ size: Size) {
    let picture = Picture(scene, size)
    expectBars(picture)
    expectFooter(picture)
    expectBoxes(picture)
    if scene.hasCursor {
      let cursors = (2..<size.rows - 2).filter { picture.frame[Point(column: 0, row: $0)].style.role == .selection }
      #expect(cursors.count == 1, "\(picture)")
    }
    if size.columns >= 80 {
      for heading in scene.headings { #expect(picture.lines[2].contains(heading), "\(picture)") }
    }
    if scene.name.contains("form") || scene.name.contains("plan") { expectLabels(picture) }
  }

  /// Project, badges and time above; the tabs by their whole names, or by digits alone where they have no room.
  private func expectBars(_ picture: Picture) {
    let bar = picture.lines[0]
    let badge = picture.scene.badge
    #expect(bar.contains(badge?.project ?? "acme"), "\(picture)")
    #expect(bar.contains("12:00"), "\(picture)")
    if let name = badge?.name { #expect(bar.contains("@\(name)"), "\(picture)") }
    if badge?.isProtected == true { #expect(bar.contains("PROTECTED"), "\(picture)") }
    if badge?.isReadOnly == true { #expect(bar.contains("read-only"), "\(picture)") }
    let titles = ["Queues", "Tasks", "Jobs", "Schedule", "Pub/Sub", "Journal"]
    let shown = titles.filter { picture.lines[1].contains($0) }.count
    // Marks that a filter hides are told whatever it costs, also while it is typed.
    let mayBeShort = picture.frame.size.columns < 80 || picture.frame.cursor != nil
    #expect(shown == titles.count || (shown == 1 && mayBeShort), "\(picture)")
  }

  /// Keys with their words, none of them cut.
  private func expectFooter(_ picture: Picture) {
    guard let text = picture.lines.last else { return }
    #expect(!text.contains("…"), "\(picture)")
    #expect(text.contains(/[^ ] +[^ ]/), "the footer says nothing\n\(picture)")
    for hint in text.split(separator: /\s{2,}/) {
      #expect(hint.trimmingCharacters(in: .whitespaces).contains(" "), "\(hint) is half a hint\n\(picture)")
    }
  }

  /// Boxes have four corners: nothing is drawn over their sides.
  private func expectBoxes(_ picture: Picture) {
    func count(_ corner: Character) -> Int { picture.lines.reduce(0) { $0 + $1.filter { $0 == corner }.count } }
    #expect(count("┌") == count("┐") && count("└") == count("┘"), "\(picture)")
  }

  /// Labels and buttons are whole.
  private func expectLabels(_ picture: Picture) {
    for line in picture.lines.dropFirst(2).dropLast() {
      #expect(!line.drop { "│ ".contains($0) }.prefix { $0 != " " }.hasSuffix("…"), "\(picture)")
    }
  }
}

@Suite struct `Every text` {
  /// What is drawn with known colours can be read on what it lies on, in all themes that name their own.
  @Test func `can be read in every theme`() {
    var styles: [Style: String] = [:]
    for scene in Gallery.scenes {
      for size in [sizes[0], sizes[3]] {
        let frame = scene.player(size).stage.frame
        for row in 0..<size.rows {
          for cell in frame.row(row) where cell.text.contains(where: { $0.isLetter || $0.isNumber }) {
            styles[cell.style, default: scene.name] += ""
          }
        }
      }
    }
    for theme in ShippedThemes.all.map({ Theme.read($0.yaml, called: $0.name).theme }) {
      for (style, scene) in styles {
        let look = theme.appearance(of: style, depth: .direct)
        guard case .rgb = look.foreground, case .rgb = look.background else { continue }
        let ratio = contrast(look.foreground, look.background)
        // WCAG 2.1 wants 4.5 of text and 3 of what is not needed to understand it.
        let wanted = style.role == .dim || style.role == .border ? 3.0 : 4.5
        #expect(ratio >= wanted, "\(theme.name), \(scene): \(style) has \(ratio)")
      }
    }
  }
}
