// What can be written next in a filter bar.

import CloudModel

/// Suggestions for a filter that is being typed.
package enum FilterCompletion {
  /// One way to go on.
  package struct Suggestion: Equatable, Sendable {
    /// What is replaced, in characters of the text.
    package let range: Range<Int>
    /// What takes its place, quotes included where they are needed.
    package let text: String
    /// A few words of explanation.
    package let detail: String
  }

  /// Suggestions at a cursor, best first. `cursor` counts characters before it. The other arguments are what the rows on
  /// screen are known to hold; they are offered as values. Empty where nothing can be guessed, such as inside quotes.
  package static func suggestions(
    for text: String, cursor: Int, kind: ResourceKind = .task, knownClasses: [String] = [], statusCodes: [Int] = [],
    queues: [String] = [], headers: [String] = [], bodyPaths: [[String]] = []
  ) -> [Suggestion] {
    let known = Known(
      kind: kind, classes: knownClasses, statuses: statusCodes, queues: queues, headers: headers, bodyPaths: bodyPaths)
    guard let word = Word(text, cursor: cursor) else { return [] }
    let offers = word.value == nil ? known.names(for: word.name) : known.values(of: word)
    return offers.map { Suggestion(range: word.range, text: $0.text, detail: $0.detail) }
  }

  private typealias Offer = (text: String, detail: String)

  /// The word under the cursor: a name, or a value and the field it belongs to.
  private struct Word {
    /// In characters: the name, or the value alone.
    let range: Range<Int>
    /// Up to the operator, or up to the cursor.
    let name: String
    let sign: String
    /// What is written of the value; nil while there is no operator.
    let value: String?

    init?(_ text: String, cursor: Int) {
      let characters = Array(text)
      let cursor = min(max(cursor, 0), characters.count)
      guard let start = Self.start(characters[..<cursor]) else { return nil }
      let end = characters[cursor...].firstIndex { Self.ends($0) } ?? characters.count
      let typed = characters[start..<cursor]
      if let sign = typed.firstIndex(where: { ":~=<>".contains($0) }) {
        let isDouble = sign + 1 < cursor && characters[sign + 1] == "=" && "<>".contains(characters[sign])
        let afterSign = sign + (isDouble ? 2 : 1)
        name = String(characters[start..<sign]).trimming("!")
        self.sign = String(characters[sign..<afterSign])
        value = String(characters[afterSign..<cursor])
        range = afterSign..<end
      } else {
        (name, sign, value, range) = (String(typed), "", nil, start..<end)
      }
    }

    private static func ends(_ character: Character) -> Bool { character.isWhitespace || "()|".contains(character) }

    /// Where the word begins that ends with `typed`; nil inside quotes.
    private static func start(_ typed: ArraySlice<Character>) -> Int? {
      var (start, isQuoted, isEscaped) = (0, false, false)
      for (place, character) in typed.enumerated() {
        if isQuoted {
          if character == "\"", !isEscaped { isQuoted = false }
          isEscaped = character == "\\" && !isEscaped
        } else if character == "\"" {
          isQuoted = true
        } else if ends(character) || character == "!" && place == start {
          start = place + 1
        }
      }
      return isQuoted ? nil : start
    }
  }

  /// What is known besides the text.
  private struct Known {
    let kind: ResourceKind
    let classes: [String]
    let statuses: [Int]
    let queues: [String]
    let headers: [String]
    let bodyPaths: [[String]]

    // MARK: Names

    func names(for typed: String) -> [Offer] {
      let flags = FilterFlag.known(for: kind).map { ($0.rawValue, $0.help) }
      return best(fields + paths + flags, typed)
    }

    private var fields: [Offer] {
      let entries = FilterFieldTable.entries.filter { $0.kinds.contains(kind) }
      let names = entries.flatMap { entry in entry.names.enumerated().map { (place: $0, name: $1, entry: entry) } }
      let short = names.filter { !$0.name.contains(".") }
      let ranked =
        short.filter { $0.place == 0 } + short.filter { $0.place > 0 } + names.filter { $0.name.contains(".") }
      return ranked.map { ($0.name + Self.sign(of: $0.entry.type), $0.entry.help) }
    }

    /// The operator that is used most with a type.
    private static func sign(of type: FilterType) -> String {
      switch type {
      case .text, .status, .code, .open: ":"
      case .number: ">="
      case .time, .duration: ">"
      }
    }

    private var paths: [Offer] {
      var offers: [Offer] = []
      if kind != .queue {
        offers += [("body.", "a value in the JSON body"), ("header.", "a header of the request")]
      }
      if kind == .job { offers.append(("attribute.", "an attribute of the message")) }
      guard kind != .queue else { return offers }
      offers += bodyPaths.map { (FilterField.body($0).spelling + "=", "in the body; loads full tasks") }
      offers += headers.map { (FilterField.header($0).spelling + ":", "a header") }
      return offers
    }

    // MARK: Values

    func values(of word: Word) -> [Offer] {
      guard let typed = word.value, let field = FilterFieldTable.field(named: word.name) else { return [] }
      return best(offers(for: field, word.sign), typed)
    }

    private func offers(for field: FilterField, _ sign: String) -> [Offer] {
      switch field {
      case .taskClass: classes.map { (written($0, sign), "class") }
      case .queue: queues.map { (written($0, sign), "queue") }
      case .status: statuses.map { (String($0), Status(httpStatus: $0).rawValue) } + [("5xx", "any server error")]
      case .code: FilterOperandReader.codes.enumerated().map { ($1, "code \($0)") }
      case .state: states.map { ($0, "state") }
      case .method: httpMethodNames.dropFirst().map { ($0, "HTTP method") }
      default: examples(of: field)
      }
    }

    private func written(_ value: String, _ sign: String) -> String {
      let isBare = sign == ":" ? FilterScanner.isBareGlob(value) : FilterScanner.isBareValue(value)
      return isBare ? value : FilterPrinter.quoted(value)
    }

    private var states: [String] {
      (kind == .job ? State.jobNames : State.queueNames).dropFirst().map { $0 }
    }

    private func examples(of field: FilterField) -> [Offer] {
      guard field.type == .duration else { return [] }
      return [("30s", "30 seconds"), ("10m", "10 minutes"), ("1h", "an hour"), ("1d", "a day"), ("7d", "a week")]
    }

    // MARK: Ranking

    /// Offers that begin with what is typed before those that hold it; short names before long ones with equal right.
    private func best(_ offers: [Offer], _ typed: String) -> [Offer] {
      let wanted = typed.lowercased()
      let beginning = offers.filter { $0.text.lowercased().hasPrefix(wanted) && $0.text != typed }
      guard !wanted.isEmpty else { return beginning }
      let holding = offers.filter { offer in
        let text = offer.text.lowercased()
        return !text.hasPrefix(wanted) && text.contains(wanted)
      }
      return beginning + holding
    }
  }
}

extension String {
  /// Without a character at the end.
  fileprivate func trimming(_ last: Character) -> String { self.last == last ? String(dropLast()) : self }
}
