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

@Suite struct `Every screen` {
  @Test(arguments: Gallery.scenes, sizes)
  func `is whole`(_ scene: Scene, _ size: Size) {
    let player = scene.player(size)
    let stage = player.stage
    let frame = stage.frame
    expectBars(scene, stage)
    expectFooter(stage)
    expectFrame(stage)
    if scene.hasCursor {
      let cursors = (2..<size.rows - 2).filter { frame[Point(column: 0, row: $0)].style.role == .selection }
      #expect(cursors.count == 1, "\(stage)")
    }
    if size.columns >= 80 {
      for heading in scene.headings { #expect(frame.text(row: 2).contains(heading), "\(stage)") }
    }
  }

  /// Project, badges and time above; the tabs by their whole names, or by digits alone where they have no room.
  private func expectBars(_ scene: Scene, _ stage: Stage) {
    let bar = stage.lines[0]
    let badge = scene.badge
    #expect(bar.contains(badge?.project ?? "acme"), "\(stage)")
    #expect(bar.contains("12:00"), "\(stage)")
    if let name = badge?.name { #expect(bar.contains("@\(name)"), "\(stage)") }
    if badge?.isProtected == true { #expect(bar.contains("PROTECTED"), "\(stage)") }
    if badge?.isReadOnly == true { #expect(bar.contains("read-only"), "\(stage)") }
    let titles = ["Queues", "Tasks", "Jobs", "Schedule", "Pub/Sub", "Journal"]
    let shown = titles.filter { stage.lines[1].contains($0) }.count
    #expect(shown == titles.count || (shown == 1 && stage.frame.size.columns < 80) || shown == 1, "\(stage)")
    if stage.frame.size.columns >= 80, !stage.hasField { #expect(shown == titles.count, "\(stage)") }
  }

  /// Keys with their words, none of them cut.
  private func expectFooter(_ stage: Stage) {
    let text = stage.frame.text(row: stage.frame.size.rows - 1)
    #expect(!text.contains("…"), "\(stage)")
    #expect(text.contains(/[^ ] +[^ ]/), "the footer says nothing\n\(stage)")
    for hint in text.split(separator: /\s{2,}/) {
      #expect(hint.trimmingCharacters(in: .whitespaces).contains(" "), "\(hint) is half a hint\n\(stage)")
    }
  }

  /// The last column belongs to the scroll bar, and boxes close.
  private func expectFrame(_ stage: Stage) {
    let frame = stage.frame
    let corners = frame.plainText.filter { "┌┐└┘".contains($0) }
    #expect(corners.filter { $0 == "┌" }.count == corners.filter { $0 == "┐" }.count, "\(stage)")
    #expect(corners.filter { $0 == "└" }.count == corners.filter { $0 == "┘" }.count, "\(stage)")
  }

  @Test(arguments: Gallery.scenes.filter { $0.name.contains("form") || $0.name.contains("plan") }, sizes.dropLast(0))
  func `has labels and buttons that are not cut`(_ scene: Scene, _ size: Size) {
    let stage = scene.player(size).stage
    for row in 2..<size.rows - 1 {
      let label = stage.frame.text(row: row).drop { "│ ".contains($0) }.prefix { $0 != " " }
      #expect(!label.hasSuffix("…"), "\(stage)")
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

extension Stage {
  /// Something is typed into a line.
  var hasField: Bool { frame.cursor != nil }
}
