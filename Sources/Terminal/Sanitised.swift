// Remote text is hostile.
//
// A task's payload, a header, a job's description or a server's error text can hold escape sequences that repaint the
// screen, retitle the window or answer on the keyboard's behalf (CVE-2003-0063 and its many children), bidirectional
// overrides that make a name read as another one (CVE-2021-42574), and letters under a thousand accents. Everything
// that came over the network, from a file or from a child process goes through here before it is drawn or printed.

/// The text with everything that could act on a terminal made visible or taken out.
///
/// - Control characters become their pictures (ESC is ␛, so a sequence reads as `␛[2J`), C1 controls, bidirectional
///   controls and noncharacters become �.
/// - A tab becomes a space; a line end (LF, CR LF, CR, NEL, U+2028, U+2029) becomes ⏎. A caller that wants lines
///   splits first.
/// - Invisible characters (zero-width spaces, BOM, tags, soft hyphens, fillers) are taken out, except where they make
///   an emoji.
/// - A cluster keeps at most four combining marks for each letter.
package func sanitised(_ text: String) -> String {
  if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
  var result = ""
  result.reserveCapacity(text.utf8.count)
  for character in text { append(character, to: &result) }
  return result
}

/// Bytes as text that is safe to show: broken UTF-8 becomes �, then as `sanitised(_: String)`.
package func sanitised(bytes: some Collection<UInt8>) -> String {
  sanitised(String(decoding: bytes, as: UTF8.self))
}

private func append(_ character: Character, to result: inout String) {
  // CR LF is one cluster, and one line end.
  if character == "\r\n" { return result.append("⏎") }
  if !Cluster.isEmoji(character), character.unicodeScalars.contains(where: { Visibility.of($0) == .refused }) {
    return character.unicodeScalars.prefix(Cluster.scalarsKept).forEach { appendVisibly($0, to: &result) }
  }
  Cluster.forEachCell(of: character) { cell, _ in result.append(cell) }
}

private func appendVisibly(_ scalar: Unicode.Scalar, to result: inout String) {
  switch Visibility.of(scalar) {
  case .shown: result.unicodeScalars.append(scalar)
  case .hidden: break
  case .refused: result.unicodeScalars.append(picture(of: scalar))
  }
}

/// The visible stand-in of a code point that may not be shown.
private func picture(of scalar: Unicode.Scalar) -> Unicode.Scalar {
  switch scalar.value {
  case 0x09: " "
  case 0x0A, 0x0D, 0x85, 0x2028, 0x2029: "⏎"
  case 0x00..<0x20: Unicode.Scalar(0x2400 + scalar.value) ?? "�"  // the block Control Pictures
  case 0x7F: "␡"
  default: "�"
  }
}
