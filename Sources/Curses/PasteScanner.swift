// The end of a bracketed paste.
//
// The bytes of a paste are read past ncurses, which would look for keys in them. Never more bytes are read than the end
// mark still needs, so that what is typed right behind the paste stays for ncurses.

/// Collects the bytes of a paste up to its end mark, ESC [ 201 ~.
struct PasteScanner {
  private static let mark: [UInt8] = [0x1B] + Array("[201~".utf8)
  /// What is pasted beyond this is dropped. The largest task that Cloud Tasks takes has 1 MiB.
  static let limit = 2 << 20

  private var content: [UInt8] = []
  private var matched = 0

  /// How many bytes may be read next; zero when the mark was seen.
  var wanted: Int { PasteScanner.mark.count - matched }

  mutating func feed(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      if byte == PasteScanner.mark[matched] {
        matched += 1
        if wanted == 0 { return }
      } else {
        keep(PasteScanner.mark[..<matched])
        // ESC occurs only at the beginning of the mark, so a failed match can only start again with this byte.
        matched = byte == PasteScanner.mark[0] ? 1 : 0
        if matched == 0 { keep([byte]) }
      }
    }
  }

  /// The text so far, with line feeds for the carriage returns that terminals send for line ends.
  var text: String {
    String(decoding: content, as: UTF8.self)
      .split(separator: "\r\n", omittingEmptySubsequences: false).joined(separator: "\n")
      .split(separator: "\r", omittingEmptySubsequences: false).joined(separator: "\n")
  }

  private mutating func keep(_ bytes: some Sequence<UInt8>) {
    for byte in bytes where content.count < PasteScanner.limit { content.append(byte) }
  }
}
