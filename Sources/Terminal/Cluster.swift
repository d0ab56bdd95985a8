// From one grapheme cluster to the cells that show it.
//
// The last line of defence as well: what no terminal may see (control characters, bidirectional overrides) is
// replaced here, so a screen that forgot to call `sanitised` still can not be painted over by a task's payload.

enum Cluster {
  /// A cluster has at most this many combining marks for each letter: ncurses keeps five code points in a cell
  /// (CCHARW_MAX of curses.h), and more than that is only ever written to deface a screen ("zalgo").
  static let marksKept = 4
  /// The longest emoji sequence of Unicode (two people of different skin, kissing) has ten code points.
  static let scalarsKept = 16
  /// Stands for what may not be shown.
  static let dot = "·"

  /// Calls back with the text and width (1 or 2) of each cell that the cluster needs, in order.
  static func forEachCell(of character: Character, _ body: (String, Int) -> Void) {
    let scalars = character.unicodeScalars
    if let only = scalars.first, scalars.index(after: scalars.startIndex) == scalars.endIndex {
      return single(only, body)
    }
    isEmoji(character) ? body(emoji(scalars), 2) : letters(scalars, body)
  }

  private static func single(_ scalar: Unicode.Scalar, _ body: (String, Int) -> Void) {
    switch Visibility.of(scalar) {
    case .shown:
      let width = TextWidth.of(scalar)
      if width > 0 { body(String(Character(scalar)), width) }
    case .refused: body(dot, 1)
    case .hidden: break
    }
  }

  /// Letters with combining marks: each code point that has a width of its own starts a cell.
  private static func letters(_ scalars: Character.UnicodeScalarView, _ body: (String, Int) -> Void) {
    var cell = Letter()
    for scalar in scalars.prefix(scalarsKept) {
      let visibility = Visibility.of(scalar)
      guard visibility == .shown else {
        if visibility == .refused {
          cell.finish(body)
          body(dot, 1)
        }
        continue
      }
      let width = TextWidth.of(scalar)
      if width > 0 {
        cell.finish(body)
        cell = Letter(text: String(Character(scalar)), width: width)
      } else {
        cell.add(scalar)
      }
    }
    cell.finish(body)
  }

  /// A letter and the marks on it, while they are being collected.
  private struct Letter {
    var text = ""
    var width = 0
    var marks = 0

    mutating func add(_ mark: Unicode.Scalar) {
      guard width > 0, marks < marksKept else { return }
      text.unicodeScalars.append(mark)
      marks += 1
    }

    mutating func finish(_ body: (String, Int) -> Void) {
      if width > 0 { body(text, width) }
      self = Letter()
    }
  }

  private static func emoji(_ scalars: Character.UnicodeScalarView) -> String {
    var text = ""
    for scalar in scalars.prefix(scalarsKept) where isPartOfEmoji(scalar) || Visibility.of(scalar) == .shown {
      text.unicodeScalars.append(scalar)
    }
    return text
  }

  /// Whether a cluster of several code points is drawn as one emoji, two columns wide: a pictograph with a skin tone,
  /// joined to another one or asked for in colour (VS16), a keycap, or a flag.
  static func isEmoji(_ character: Character) -> Bool {
    let scalars = character.unicodeScalars
    guard let first = scalars.first, let second = scalars.dropFirst().first else { return false }
    if isRegionalIndicator(first) { return isRegionalIndicator(second) }
    guard first.properties.isEmoji else { return false }
    if second.value == variationSelector16 || second.properties.isEmojiModifier { return true }
    return second.value == zeroWidthJoiner && scalars.dropFirst(2).first?.properties.isEmoji == true
  }

  static func isRegionalIndicator(_ scalar: Unicode.Scalar) -> Bool { (0x1F1E6...0x1F1FF).contains(scalar.value) }

  /// The invisible code points that an emoji sequence is made with.
  private static func isPartOfEmoji(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value == variationSelector16 || scalar.value == zeroWidthJoiner
  }

  static let variationSelector16: UInt32 = 0xFE0F
  static let zeroWidthJoiner: UInt32 = 0x200D
}

/// Whether a code point may reach the terminal.
enum Visibility: Equatable {
  case shown
  /// It has no shape of its own and is left out: zero-width spaces, BOM, tags, variation selectors, fillers.
  case hidden
  /// It would act on the terminal or on the order of the text around it, so its place is shown.
  case refused

  static func of(_ scalar: Unicode.Scalar) -> Visibility {
    let value = scalar.value
    if value < 0x300 {
      if value < 0x20 || (0x7F...0x9F).contains(value) { return .refused }
      return value == 0xAD ? .hidden : .shown
    }
    switch value {
    case 0x61C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: return .refused  // Bidi_Control of Unicode
    case 0x2028, 0x2029, 0xFFF9...0xFFFB: return .refused  // line and paragraph separators, annotations
    default: break
    }
    if scalar.properties.isDefaultIgnorableCodePoint { return .hidden }
    if scalar.properties.isNoncharacterCodePoint { return .refused }
    let isFormat = scalar.properties.generalCategory == .format
    return isFormat && !TextWidth.visibleFormats.contains(value) ? .refused : .shown
  }
}
