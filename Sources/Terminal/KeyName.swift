// Key names, as people write them in the configuration and read them in the help: D, Ctrl-D, PgUp, Enter, F1.

extension Key {
  /// Names of the keys that are not characters, the printed name first.
  private static let named: [(key: Key, names: [String])] = [
    (.enter, ["Enter", "Return"]),
    (.escape, ["Esc", "Escape"]),
    (.tab, ["Tab"]),
    (.backTab, ["Shift-Tab", "BackTab"]),
    (.backspace, ["Backspace"]),
    (.delete, ["Delete", "Del"]),
    (.insert, ["Insert", "Ins"]),
    (.up, ["Up"]),
    (.down, ["Down"]),
    (.left, ["Left"]),
    (.right, ["Right"]),
    (.pageUp, ["PgUp", "PageUp"]),
    (.pageDown, ["PgDn", "PageDown", "PgDown"]),
    (.home, ["Home"]),
    (.end, ["End"]),
    (.character(" "), ["Space"]),
    (.control("@"), ["Ctrl-Space"]),
  ]

  /// What the bytes of Ctrl with these characters are on every terminal.
  private static let controlTwins: [Character: Key] = [
    "I": .tab, "M": .enter, "J": .enter, "H": .backspace, "[": .escape,
  ]

  private static let controlCharacters: Set<Character> = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZ@\\]^_")

  /// The key of a name; nil when the name means no key. Names of keys are read without regard to case, characters with
  /// regard to it: `D` and `d` are two keys. `^D` and `C-d` are
  /// read as `Ctrl-D`.
  package init?(name: String) {
    guard let key = Key.plain(name) ?? Key.withControl(name) else {
      return nil
    }
    self = key
  }

  /// The name as it is shown; pastes, mouse actions and events of the terminal have a description instead.
  package var name: String {
    if let known = Key.named.first(where: { $0.key == self }) { return known.names[0] }
    switch self {
    case .character(let character): return String(character)
    case .control(let character): return "Ctrl-\(character)"
    case .function(let number): return "F\(number)"
    case .paste: return "paste"
    case .mouse: return "mouse"
    case .resize: return "resize"
    case .hangUp: return "hang-up"
    case .background: return "background"
    default: return ""
    }
  }

  /// Ctrl with a character, as the terminal can tell it apart: Ctrl-I is Tab. Nil when there is no such key.
  package static func control(with character: Character) -> Key? {
    guard let upper = character.uppercased().first else { return nil }
    if let twin = controlTwins[upper] { return twin }
    return controlCharacters.contains(upper) ? .control(upper) : nil
  }

  private static func plain(_ name: String) -> Key? {
    if name.count == 1, let character = name.first { return isTypable(character) ? .character(character) : nil }
    let lower = name.lowercased()
    if let known = named.first(where: { $0.names.contains { $0.lowercased() == lower } }) { return known.key }
    guard lower.first == "f", let number = Int(lower.dropFirst()), (1...24).contains(number) else { return nil }
    return .function(number)
  }

  private static func withControl(_ name: String) -> Key? {
    if name.count == 2, name.first == "^", let character = name.last { return control(with: character) }
    let lower = name.lowercased()
    for prefix in ["ctrl-", "control-", "c-"] where lower.hasPrefix(prefix) && lower.count == prefix.count + 1 {
      return name.last.flatMap { control(with: $0) }
    }
    return nil
  }

  private static func isTypable(_ character: Character) -> Bool {
    character != " " && TextWidth.of(character) > 0
      && character.unicodeScalars.allSatisfy { Visibility.of($0) == .shown }
  }
}

extension Key: CustomStringConvertible {
  package var description: String { name }
}

/// Key names in source, as in `[.character("D"), "Ctrl-F"]`. A name that means no key is a mistake in the source and
/// stops the program; names from outside go through `init(name:)`.
extension Key: ExpressibleByStringLiteral {
  package init(stringLiteral name: String) {
    guard let key = Key(name: name) else { preconditionFailure("no key is called \(name)") }
    self = key
  }
}
