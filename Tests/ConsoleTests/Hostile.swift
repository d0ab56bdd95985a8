// Texts that want to do harm, everywhere a service, a file or a handler can put one; made from a seed, so that what fails
// can be played again.

import CloudModel
import Console
import Foundation
import JournalModel
import Operations
import Terminal

/// A small generator with a seed (SplitMix64).
struct Dice: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

/// C0, C1, OSC, bidi, zero width, accents without end, wide and joined characters, 10,000 columns, broken UTF-8.
let hostilePieces = [
  "\u{1B}[2J", "\u{1B}]0;owned\u{7}", "\u{1B}]52;c;aGk=\u{7}", "\u{1B}P$q\u{1B}\\", "\u{9B}31m", "\u{9D}0;x\u{9C}",
  "\u{202E}evil", "\u{2066}x", "\u{200F}", "\u{61C}", "\u{200B}", "\u{FEFF}", "\u{AD}",
  "e\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}", "漢字", "👨‍👩‍👧", "🇩🇪", "שלום", "مرحبا", "\r\n", "\u{8}\u{8}", "\0", "\u{7F}",
  "a", "/", "\"", "\\", "{", "}", "[", "\u{2028}", "\u{85}", "\t", String(repeating: "W", count: 300), "\u{E0041}",
  "\u{1160}", "ก็", "क्षि", "\u{FFFE}", String(decoding: [0xC3, 0x28, 0xFF, 0xED, 0xA0, 0x80], as: UTF8.self), "<b>", "%n",
  "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
  "\u{3000}", "\u{301}",
]

extension Dice {
  mutating func text() -> String {
    if Int.random(in: 0..<300, using: &self) == 0 { return String(repeating: "漢x\u{202E}", count: 3400) }
    return (0..<Int.random(in: 0...6, using: &self)).map { _ in hostilePieces.randomElement(using: &self) ?? "" }
      .joined()
  }

  mutating func failure() -> Failure { Failure(title: text(), reason: text(), remedy: text()) }

  mutating func spans() -> [Span] { (0..<3).map { _ in Span(sanitised(text()), Style(.text)) } }

  /// Bytes that are text, JSON, or neither.
  mutating func body() -> Data {
    switch Int.random(in: 0..<4, using: &self) {
    case 0: Data((0..<200).map { _ in UInt8.random(in: 0...255, using: &self) })
    case 1: Data(text().utf8)
    case 2:
      JSON.object([text(): .string(text()), "list": .array([.string(text()), .null, .object([text(): .bool(true)])])])
        .data
    default: Data(("{\"a\": [" + text()).utf8)
    }
  }
}

extension World {
  /// A world in which nothing means well.
  static func hostile(_ dice: inout Dice) -> World {
    var world = World()
    world.takesChanges = true
    world.tasks["orders"] = (0..<15).map { hostileTask($0, &dice) }
    world.jobs = (0..<4).map { place in
      var job = cloudJob("job-\(place)", schedule: dice.text(), zone: dice.text())
      job.details = dice.text()
      job.status = RPCStatus(code: 13, message: dice.text())
      return job
    }
    world.pubsub = PubsubRow.rows([], (0..<4).compactMap { hostileSubscription($0, &dice) })
    world.messages = (0..<3).compactMap { _ in hostileMessage(&dice) }
    world.journal = (1...4).map { hostileEntry($0, &dice) }
    world.items = (0..<6).map { place in
      JournalItem(position: place, name: taskName("t\(place)"), state: .failed, error: dice.text())
    }
    world.kept = [0: hostileTask(0, &dice), 1: hostileTask(1, &dice), 5: hostileTask(5, &dice)]
    let edited = dice.text()
    world.edits = { _ in .success(edited) }
    return world
  }

  private static func hostileTask(_ place: Int, _ dice: inout Dice) -> CloudTask {
    var task = cloudTask(
      "t\(place)", dice.text(), tries: place % 5, http: place % 3 == 0 ? 503 : nil, age: TimeInterval(place * 60),
      next: TimeInterval(place - 10),
      headers: [Header("X-\(dice.text())", dice.text()), Header(dice.text(), dice.text())])
    if case .http(var target) = task.target {
      target.encodedBody = dice.body().base64EncodedString()
      target.method = place % 7 == 0 ? dice.text() : "POST"
      target.authorization = .oidc(serviceAccountEmail: dice.text(), audience: dice.text())
      task.target = .http(target)
    }
    task.lastAttempt?.responseStatus?.message = dice.text()
    return task
  }

  private static func hostileSubscription(_ place: Int, _ dice: inout Dice) -> Subscription? {
    guard let name = try? SubscriptionName(project: "acme", id: "sub\(place)") else { return nil }
    var subscription = Subscription(name: name)
    subscription.topic = place == 0 ? TopicName.deleted : "projects/acme/topics/\(dice.text())"
    subscription.filter = dice.text()
    if place == 1 {
      var push = PushConfig()
      push.endpoint = dice.text()
      push.attributes = [Header(dice.text(), dice.text())]
      subscription.pushConfig = push
    }
    return subscription
  }

  private static func hostileMessage(_ dice: inout Dice) -> ReceivedMessage? {
    let message: JSON = [
      "ackId": .string(dice.text()), "deliveryAttempt": 3,
      "message": [
        "messageId": .string(dice.text()), "data": .string(dice.body().base64EncodedString()),
        "orderingKey": .string(dice.text()), "attributes": .object([dice.text(): .string(dice.text())]),
      ],
    ]
    return try? JSONReader.read(message.data) { reader throws(JSONError) in try ReceivedMessage(&reader) }
  }

  static func hostileEntry(_ number: Int, _ dice: inout Dice) -> JournalEntry {
    var counts = JournalCounts()
    (counts.planned, counts.discarded, counts.failed) = (6, 3, 3)
    let acting = Acting(context: dice.text(), account: dice.text(), endpoint: dice.text())
    let actions: [JournalAction] = [.discard, .purge, .scheduleApply, JournalAction(rawValue: dice.text())]
    let header = JournalHeader(
      action: actions[number % actions.count], time: Timestamp(noon), acting: acting, key: 1,
      intent: ["queues": [.string(dice.text())], "filter": .string(dice.text())], keepsContent: true)
    return JournalEntry(number: number, header: header, plan: .null, progress: .complete, counts: counts)
  }
}

extension Frame {
  /// What no terminal may be sent, and whether every row is as wide as the screen: each cell is one printable character
  /// of one or two columns, or the second column of one.
  var fault: String? {
    for row in 0..<size.rows {
      let cells = Array(self.row(row))
      if cells.reduce(0, { $0 + $1.width }) != size.columns { return "row \(row) is not as wide as the screen" }
      for (column, cell) in cells.enumerated() {
        if let fault = Self.fault(in: cell) { return "\(fault) in column \(column) of row \(row)" }
      }
    }
    return nil
  }

  private static func fault(in cell: Cell) -> String? {
    if cell.isContinuation { return cell.text.isEmpty ? nil : "text in the second half of a character" }
    guard cell.width == 1 || cell.width == 2 else { return "a cell of \(cell.width) columns" }
    if TextWidth.of(cell.text) != cell.width { return "\(cell.text.debugDescription) in \(cell.width) columns" }
    for scalar in cell.text.unicodeScalars where isRefused(scalar.value) {
      return "U+\(String(scalar.value, radix: 16))"
    }
    return nil
  }

  /// Controls, bidirectional controls, line separators, blanks without width, noncharacters.
  private static func isRefused(_ value: UInt32) -> Bool {
    switch value {
    case 0..<0x20, 0x7F...0x9F, 0x61C, 0x200B, 0x200E...0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF: true
    default: value & 0xFFFE == 0xFFFE
    }
  }
}
