// Hostile texts everywhere and keys in any order: never an escape to the terminal, never a broken row, never a crash.

import CloudModel
import Console
import Foundation
import Terminal
import Testing

/// A small generator with a seed (SplitMix64), so that a failure can be played again.
private struct Dice: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

private let pieces = [
  "\u{1B}[2J", "\u{1B}]0;owned\u{7}", "\u{1B}]52;c;aGk=\u{7}", "\u{9B}31m", "\u{202E}evil", "\u{2066}x", "\u{200B}",
  "\u{FEFF}",
  "e\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}", "漢字", "👨‍👩‍👧", "🇩🇪", "שלום", "مرحبا", "\r\n", "\u{8}\u{8}", "\0", "\u{7F}",
  "a", "/", "\"",
  "\\", "{", "\u{2028}", String(repeating: "W", count: 300), "\u{E0041}", "\u{1160}", "ก็", "क्षि",
]

private func hostile(_ dice: inout Dice) -> String {
  (0..<Int.random(in: 0...6, using: &dice)).map { _ in pieces.randomElement(using: &dice) ?? "" }.joined()
}

private func hostileWorld(_ dice: inout Dice) -> World {
  var world = World()
  var tasks: [CloudTask] = []
  for place in 0..<30 {
    let (taskClass, body) = (hostile(&dice), hostile(&dice))
    let header = Header("X-\(hostile(&dice))", hostile(&dice))
    let http: Int? = place % 3 == 0 ? 503 : nil
    let (age, next) = (TimeInterval(place * 60), TimeInterval(place - 10))
    tasks.append(
      cloudTask(
        "t\(place)", taskClass, tries: place % 5, http: http, age: age, next: next, body: body, headers: [header]))
  }
  world.tasks["orders"] = tasks
  world.jobs = (0..<4).map { cloudJob("job-\($0)", schedule: hostile(&dice), zone: hostile(&dice)) }
  return world
}

/// What no terminal may be sent, and whether every row is as wide as the screen.
private func fault(in frame: Frame) -> String? {
  for row in 0..<frame.size.rows {
    let cells = Array(frame.row(row))
    if cells.reduce(0, { $0 + $1.width }) != frame.size.columns { return "row \(row) is not as wide as the screen" }
    for scalar in cells.flatMap({ Array($0.text.unicodeScalars) }) {
      let value = scalar.value
      if value < 0x20 || (0x7F...0x9F).contains(value) || (0x202A...0x202E).contains(value)
        || (0x2066...0x2069).contains(value)
      {
        return "U+\(String(value, radix: 16)) on row \(row)"
      }
    }
  }
  return nil
}

@Suite struct `A hostile world` {
  private static let keys: [Key] = {
    let ending: Set<Key> = [.control("C"), .control("Z")]
    let typed: [Key] = [.character("x"), .character("5"), .paste("\u{1B}[2J\nDDDD\u{7}"), .enter, .escape]
    return Action.allCases.flatMap(\.keys).filter { !ending.contains($0) } + typed
  }()

  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func `any keys on any texts draw whole rows and send no control`(_ seed: UInt64) {
    var dice = Dice(state: seed)
    var player = Player(world: hostileWorld(&dice))
    for step in 0..<400 {
      let key = Self.keys.randomElement(using: &dice) ?? .enter
      player.send(.key(key))
      if step % 25 == 0 {
        let size = Size(
          columns: Int.random(in: 1...200, using: &dice), rows: Int.random(in: 1...60, using: &dice))
        player.send(.key(.resize(size)))
      }
      if step % 40 == 0 { player.send(.notice(hostile(&dice), .danger)) }
      if step % 10 == 0 { player.send(.tick(player.stage.state.now.addingTimeInterval(1))) }
      if let fault = fault(in: player.stage.frame) {
        Issue.record("seed \(seed), step \(step), \(key): \(fault)")
        return
      }
    }
  }

  @Test func `a hostile error is shown and nothing of it acts`() {
    var stage = Stage.withQueues()
    stage.press("r")
    stage.refuse(queues: Failure(title: "\u{1B}[2J", reason: pieces.joined(), remedy: "\u{202E}now"))
    #expect(fault(in: stage.frame) == nil)
  }
}
