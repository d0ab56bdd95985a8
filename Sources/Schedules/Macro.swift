// The @-macros of crontab(5).

/// `@hourly` and its like: names for common unix-cron schedules.
enum Macro {
  /// Name and the schedule it stands for, from crontab(5).
  static let meanings: [(name: String, cron: String)] = [
    ("@hourly", "0 * * * *"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@weekly", "0 0 * * 0"),
    ("@monthly", "0 0 1 * *"),
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
  ]

  /// The rule of a text that begins with "@".
  static func rule(for text: String) throws(ScheduleError) -> CalendarRule {
    let words = Word.words(of: text)
    guard let word = words.first else { return try CronParser(text).parse() }
    guard let meaning = meanings.first(where: { $0.name == word.lowercased }) else {
      throw unknown(word, in: text)
    }
    if words.count > 1 {
      throw words[1].error(in: text, "nothing may follow \(meaning.name)", "Remove \"\(words[1].text)\".")
    }
    return try CronParser(meaning.cron).parse()
  }

  private static func unknown(_ word: Word, in text: String) -> ScheduleError {
    switch word.lowercased {
    case "@reboot":
      return word.error(in: text, "@reboot has no meaning here: nothing is started", "Name a time, such as @daily.")
    case "@every":
      let remedy = "Write it in English, such as \"every 5 minutes\"."
      return word.error(in: text, "@every is not a macro of crontab(5)", remedy)
    default:
      let nearest = Spelling.nearest(to: word.lowercased, among: meanings.map(\.name)).first
      let known = meanings.map(\.name).joined(separator: ", ")
      let remedy = nearest.map { "Did you mean \($0)?" } ?? "Known macros are \(known)."
      return word.error(in: text, "\"\(word.text)\" is not a known macro", remedy)
    }
  }
}
