// Key names as people write them.

import Terminal
import Testing

@Suite struct KeyTests {
  @Test(arguments: [
    ("D", Key.character("D")), ("d", .character("d")), ("Space", .character(" ")), ("Ctrl-D", .control("D")),
    ("ctrl-d", .control("D")), ("^D", .control("D")), ("C-d", .control("D")), ("Ctrl-\\", .control("\\")),
    ("PgUp", .pageUp), ("pagedown", .pageDown), ("Enter", .enter), ("Return", .enter), ("Esc", .escape),
    ("F1", .function(1)), ("f12", .function(12)), ("Shift-Tab", .backTab), ("Delete", .delete), ("Del", .delete),
    ("Ctrl-Space", .control("@")), ("/", .character("/")), (":", .character(":")), ("-", .character("-")),
    ("^", .character("^")), ("é", .character("é")), ("漢", .character("漢")), ("F", .character("F")),
  ])
  func `a name means a key`(name: String, key: Key) {
    #expect(Key(name: name) == key)
  }

  @Test(arguments: ["Ctrl-I", "Ctrl-M", "Ctrl-J", "Ctrl-H", "Ctrl-["])
  func `a Ctrl key that terminals send as another key is that key`(name: String) {
    let twins: [String: Key] = [
      "Ctrl-I": .tab, "Ctrl-M": .enter, "Ctrl-J": .enter, "Ctrl-H": .backspace, "Ctrl-[": .escape,
    ]
    #expect(Key(name: name) == twins[name])
  }

  @Test(arguments: ["", " ", "DD", "Ctrl-", "Ctrl-1", "Ctrl-é", "F0", "F25", "Hyper-X", "paste", "\u{1B}", "\u{301}"])
  func `other names mean no key`(name: String) {
    #expect(Key(name: name) == nil)
  }

  @Test func `the name of every key reads back as that key`() {
    let keys: [Key] = [
      .enter, .escape, .tab, .backTab, .backspace, .delete, .insert, .up, .down, .left, .right, .pageUp, .pageDown,
      .home, .end, .character(" "), .character("x"), .character("é"),
    ]
    let controls = "ABCDEFGKLNOPQRSTUVWXYZ@\\]^_".map(Key.control)
    for key in keys + controls + (1...24).map(Key.function) { #expect(Key(name: key.name) == key) }
  }

  @Test func `a key may be written as a literal`() {
    #expect(("Ctrl-F" as Key) == .control("F"))
  }

  @Test func `what is not a key on the keyboard has a description`() {
    #expect(Key.paste("x").name == "paste")
    #expect("\(Key.resize(Size(columns: 1, rows: 1)))" == "resize")
  }
}
