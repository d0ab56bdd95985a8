// The screen, for the one thread that owns it.

import CNcurses
import Glibc
import Terminal

/// How the screen is opened.
package struct ScreenOptions: Sendable {
  /// The process's environment: TERM, NO_COLOR.
  package var environment: [String: String]
  /// Whether mouse actions are reported; the terminal's own selection then needs Shift.
  package var mouse: Bool
  /// Whether colours are used at all (`--no-color`).
  package var colours: Bool
  /// The terminal's file descriptors.
  package var input: Int32
  package var output: Int32
  /// Whether standard output and standard error are kept off the screen; what was written to them is shown when the
  /// screen is left.
  package var redirectsOutput: Bool
  /// Whether the terminal is asked for the colour of its background; `.background` is its answer, if there is one.
  package var asksBackground: Bool

  package init(
    environment: [String: String], mouse: Bool = false, colours: Bool = true, input: Int32 = STDIN_FILENO,
    output: Int32 = STDOUT_FILENO, redirectsOutput: Bool = true, asksBackground: Bool = false
  ) {
    self.environment = environment
    self.mouse = mouse
    self.colours = colours
    self.input = input
    self.output = output
    self.redirectsOutput = redirectsOutput
    self.asksBackground = asksBackground
  }
}

/// ncurses as one value owner. Not for use from two threads: ncurses is a global.
final class Screen {
  private(set) var size = Size(columns: 0, rows: 0)
  let depth: ColourDepth
  /// What to wait on for keys.
  let input: Int32
  private var painter: Painter
  private var shown: Frame?
  private var decoder = KeyDecoder()
  private var isOpen = true
  private let repertoire: Repertoire
  /// When the terminal was asked for its background and has not answered.
  private var asked: ContinuousClock.Instant?

  /// Takes the terminal. Throws with nothing written when it is not one that the console can use.
  init(_ options: ScreenOptions) throws(StartError) {
    guard isatty(options.input) == 1, isatty(options.output) == 1 else { throw .notATerminal }
    guard let type = options.environment["TERM"], !type.isEmpty else { throw .noTerminalType }
    // Without a UTF-8 locale in the C library ncurses can write ASCII only.
    repertoire =
      cn_use_utf8()
      ? Repertoire.detect(environment: options.environment) { cn_is_utf8_locale($0) } : .ascii
    let found = cn_probe(type, options.output)
    guard found.known else { throw .unknownTerminalType(type) }
    guard found.addressable else { throw .noCursorAddressing(type) }
    let detected = ColourDepth.detect(
      environment: options.environment, colours: Int(found.colours), isDirect: found.direct)
    depth = options.colours ? detected : .monochrome
    painter = Painter(depth: depth)
    guard cn_signals_install() else { throw .failed }
    let choices = cn_options(colour: depth > .monochrome, mouse: options.mouse, redirected: options.redirectsOutput)
    guard cn_open(type, options.input, options.output, choices) else {
      cn_signals_remove()
      throw .failed
    }
    input = cn_input_descriptor()
    fit()
    if options.asksBackground, Background.canBeAsked(environment: options.environment) { ask() }
  }

  /// Gives the terminal back for good. Does nothing the second time.
  func close() {
    guard isOpen else { return }
    isOpen = false
    takeLateAnswer()
    cn_close()
    cn_signals_remove()
  }
}

// MARK: - Drawing

extension Screen {
  /// Shows a frame. Only rows that differ from the last one are drawn, and nothing is written when none does.
  func show(_ frame: Frame, theme: Theme) {
    let isNewTheme = painter.theme != theme
    if isNewTheme { painter.use(theme) }
    let before = isNewTheme || shown?.size != frame.size ? nil : shown
    if before == frame { return }
    for row in 0..<size.rows where before == nil || before?.row(row) != frame.row(row) { draw(frame, row: row) }
    shown = frame
    placeCursor()
  }

  /// Adapts to the terminal's size; returns whether it changed. The next frame is drawn whole.
  @discardableResult
  func fit() -> Bool {
    let now = cn_fit()
    let before = size
    size = Size(columns: Int(now.columns), rows: Int(now.rows))
    if size != before { shown = nil }
    return size != before
  }

  /// Gives the terminal back for a while.
  func leave() { cn_leave() }

  /// Takes it again and repaints it.
  func enter() {
    cn_enter()
    placeCursor()
  }

  /// Writes every cell again.
  func repaint() {
    cn_repaint()
    placeCursor()
  }

  func ring() { cn_bell() }

  /// Writes a sequence that shows nothing, between two frames.
  func send(_ sequence: String) { cn_send(sequence) }

  private func placeCursor() {
    let cursor = shown?.cursor
    cn_show(cursor != nil, Int32(cursor?.row ?? 0), Int32(cursor?.column ?? 0))
  }

  private func draw(_ frame: Frame, row: Int) {
    let cells = frame.row(row)
    if cells.count < size.columns { cn_clear_row(Int32(row)) }
    cn_move(Int32(row), 0)
    var start = cells.startIndex
    while start < cells.endIndex {
      let style = cells[start].style
      let end = cells[start...].firstIndex { $0.style != style } ?? cells.endIndex
      painter.set(style)
      write(cells[start..<end])
      start = end
    }
  }

  private func write(_ cells: ArraySlice<Cell>) {
    var text = ""
    for cell in cells where !cell.isContinuation {
      text += Emission.text(of: cell, for: repertoire) { Int(cn_width($0.value)) }
    }
    text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { cn_write($0.baseAddress, Int32($0.count)) }
    }
  }
}

// MARK: - Asking

extension Screen {
  /// The question goes out with the first frame and nobody waits for an answer: it comes as a key.
  private func ask() {
    cn_ask_background(Background.question)
    asked = .now
  }

  private func background(_ colour: Colour?) -> Input {
    asked = nil
    return colour.map { .key(.background($0)) } ?? .unknown
  }

  /// An answer on its way when the console ends would be typed into the shell. It is waited for until a moment after the
  /// question, which only a console that ends at once is ever in.
  private func takeLateAnswer() {
    guard let asked else { return }
    let deadline = asked + .milliseconds(200)
    while self.asked != nil, deadline > .now {
      let left = (deadline - .now) / .milliseconds(1)
      var waiting = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
      let ready = poll(&waiting, 1, Int32(max(1, left)))
      if ready < 0, errno == EINTR { continue }
      guard ready > 0, waiting.revents & Int16(POLLIN) != 0 else { return }
      if keys().isEmpty, self.asked != nil { return }
    }
  }
}

// MARK: - Reading

extension Screen {
  /// The keys that were typed, without waiting.
  func keys() -> [Key] { decoder.keys { self.next() } }

  private func next() -> Input {
    let input = cn_read()
    switch Int(input.kind) {
    case CN_NOTHING: return .nothing
    case CN_BYTE: return .byte(UInt8(truncatingIfNeeded: input.value))
    case CN_KEY: return Screen.key(Int(input.value)).map(Input.key) ?? .unknown
    case CN_MOUSE_SGR: return mouse(MouseReport.sgr(bytes { MouseReport.isEnd($0) }))
    case CN_BACKGROUND:
      return background(Background.colour(answer: bytes(Background.longestAnswer) { Background.isEnd($0) }))
    case CN_MOUSE_X10: return mouse(MouseReport.x10(bytes { $0.count == 3 }))
    case CN_PASTE_BEGIN: return .key(.paste(paste()))
    default: return .unknown
    }
  }

  private func mouse(_ report: Mouse?) -> Input { report.map { .key(.mouse($0)) } ?? .unknown }

  /// The rest of a report, read past ncurses. One that the line cut off is given up after a tenth of a second.
  private func bytes(_ longest: Int = MouseReport.longest, until isWhole: ([UInt8]) -> Bool) -> [UInt8] {
    var result: [UInt8] = []
    var byte: UInt8 = 0
    while !isWhole(result), result.count < longest {
      var waiting = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
      let ready = poll(&waiting, 1, 100)
      if ready < 0, errno == EINTR { continue }
      guard ready > 0, read(input, &byte, 1) == 1 else { break }
      result.append(byte)
    }
    return result
  }

  private static let special: [Int: Key] = [
    CN_UP: .up, CN_DOWN: .down, CN_LEFT: .left, CN_RIGHT: .right, CN_PAGE_UP: .pageUp, CN_PAGE_DOWN: .pageDown,
    CN_HOME: .home, CN_END: .end, CN_INSERT: .insert, CN_DELETE: .delete, CN_BACKSPACE: .backspace,
    CN_BACK_TAB: .backTab, CN_ENTER: .enter,
  ]

  private static func key(_ value: Int) -> Key? {
    value > CN_F0 ? .function(value - CN_F0) : special[value]
  }

  /// The rest of a paste. A terminal that begins one and never ends it is given up after a second of silence.
  private func paste() -> String {
    var scanner = PasteScanner()
    var buffer = [UInt8](repeating: 0, count: 8)
    while scanner.wanted > 0 {
      var waiting = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
      let ready = poll(&waiting, 1, 1000)
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { break }
      let count = read(input, &buffer, scanner.wanted)
      guard count > 0 else { break }
      scanner.feed(buffer[..<count])
    }
    return scanner.text
  }
}
