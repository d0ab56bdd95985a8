// A command line cut into words as a POSIX shell quotes them (XCU 2.2), and nothing
// else of a shell: no variables, no globs, no pipes.

/// The words of a command; `source` is what errors call the place it came from.
func commandWords(_ command: String, source: String) throws(CredentialsError) -> [String] {
  var words: [String] = []
  var word: String?
  var quote: Character?
  var isEscaped = false
  for character in command {
    if isEscaped {
      // Inside double quotes a backslash stands for itself before anything that it need not protect.
      let isKept = quote == "\"" && !"$`\"\\".contains(character)
      word = (word ?? "") + (isKept ? "\\" : "") + String(character)
      isEscaped = false
    } else if character == "\\", quote != "'" {
      isEscaped = true
    } else if let open = quote {
      if character == open { quote = nil } else { word = (word ?? "") + String(character) }
    } else if character == "'" || character == "\"" {
      quote = character
      word = word ?? ""
    } else if character.isWhitespace {
      if let ended = word { words.append(ended) }
      word = nil
    } else {
      word = (word ?? "") + String(character)
    }
  }
  guard quote == nil, !isEscaped else {
    throw CredentialsError(
      .malformed, source: source, reason: "its command has a quote or backslash without its end.",
      remedy: "Close the quote; no shell reads the command, so $, | and * mean nothing in it.")
  }
  if let ended = word { words.append(ended) }
  guard !words.isEmpty else {
    throw CredentialsError(
      .malformed, source: source, reason: "its command is empty.", remedy: "Name a program that prints a token.")
  }
  return words
}
