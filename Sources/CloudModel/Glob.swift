// Patterns of names, as replay rules and filters of classes use them.

/// Whether `pattern` fits all of `text`: `*` stands for anything and `?` for one character. Case counts, as in class
/// names. Without recursion: the last `*` takes one character more whenever what follows it does not fit.
package func globMatches(_ pattern: String, _ text: String) -> Bool {
  let (pattern, text) = (Array(pattern), Array(text))
  var (at, read) = (0, 0)
  var retry: (at: Int, read: Int)?
  while read < text.count {
    if at < pattern.count, pattern[at] == "*" {
      retry = (at, read)
      at += 1
    } else if at < pattern.count, pattern[at] == "?" || pattern[at] == text[read] {
      (at, read) = (at + 1, read + 1)
    } else if let last = retry {
      retry = (last.at, last.read + 1)
      (at, read) = (last.at + 1, last.read + 1)
    } else {
      return false
    }
  }
  return pattern[at...].allSatisfy { $0 == "*" }
}
