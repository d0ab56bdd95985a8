// Faults of unix-cron that come from other cron dialects: what the person meant, and how to say it here.

/// Explains fields and characters that other cron programs know and Cloud Scheduler does not.
struct CronFaults {
  let text: String

  /// Six fields usually begin with seconds (Quartz, Spring, node-cron); a four-digit last one is Quartz's year.
  func tooManyFields(_ words: [Word]) -> ScheduleError {
    let hasYear = words.last.map { isYear($0.text) } ?? false
    if words.count == 6, hasYear, let rest = readable(words.prefix(5)) {
      return words[5].error(in: text, "unix-cron has no field for the year", "Remove it: \"\(rest)\".")
    }
    if words.count == 6 || (words.count == 7 && hasYear), let rest = readable(words[1...5]) {
      let reason = "unix-cron has five fields and none for seconds"
      return words[0].error(in: text, reason, "Remove it: \"\(rest)\".")
    }
    let surplus = words.dropFirst(5).map(\.text).joined(separator: " ")
    let length = words[words.count - 1].end - words[5].column
    return ScheduleError(
      text: text, column: words[5].column, length: length,
      reason: "unix-cron has five fields and this has \(words.count)", remedy: "Remove \"\(surplus)\".")
  }

  /// The schedule that is left of five fields, with Quartz's "?" written as "*"; nil when it would be refused too.
  private func readable(_ fields: ArraySlice<Word>) -> String? {
    let rest = fields.map { $0.text == "?" ? "*" : $0.text }.joined(separator: " ")
    do {
      _ = try CronParser(rest).parse()
      return rest
    } catch {
      return nil
    }
  }

  /// A value that is neither a number nor a name of its field.
  func unreadable(_ word: Word, in field: CronField) -> ScheduleError {
    guard !word.text.isEmpty else {
      return word.error(in: text, "a value is missing: \(field.nounWithArticle) belongs here")
    }
    if word.text.contains("*") {
      let remedy = "Write * for every \(field.noun), or */n for every nth."
      return word.error(in: text, "\"*\" stands alone or before a step", remedy)
    }
    return foreignCharacter(in: word, of: field) ?? unknownName(word, in: field)
  }

  private func isYear(_ field: String) -> Bool {
    field.prefix(4).count == 4 && field.prefix(4).allSatisfy(\.isNumber)
  }

  private func foreignCharacter(in word: Word, of field: CronField) -> ScheduleError? {
    if let error = pointing(at: "?", in: word, "\"?\" is not part of unix-cron", "Write *.") { return error }
    let nth = "Write it in English, such as \"2nd fri of month 09:00\"."
    if let error = pointing(at: "#", in: word, "\"#\" (the nth weekday of the month) is not part of unix-cron", nth) {
      return error
    }
    let letters = word.text.uppercased().drop(while: \.isNumber)
    switch letters {
    case "L", "LW":
      let remedy = "Let the job run on days 28-31 and let the task see whether it is the last."
      return pointing(at: "L", in: word, "\"L\" (the last day) is not supported by Cloud Scheduler", remedy)
    case "W":
      let remedy = "Let the job run on weekdays 1-5 and let the task look at the date."
      return pointing(at: "W", in: word, "\"W\" (the nearest weekday) is not supported by Cloud Scheduler", remedy)
    case "H":
      let remedy = "Write \(field.nounWithArticle), such as \(field.range.lowerBound + 7)."
      return pointing(at: "H", in: word, "\"H\" (Jenkins chooses a value) is not part of unix-cron", remedy)
    default:
      return nil
    }
  }

  private func pointing(at mark: String, in word: Word, _ reason: String, _ remedy: String) -> ScheduleError? {
    let characters = word.text.map { String($0).uppercased() }
    guard let index = characters.firstIndex(of: mark) else { return nil }
    return ScheduleError(text: text, column: word.column + index, length: 1, reason: reason, remedy: remedy)
  }

  private func unknownName(_ word: Word, in field: CronField) -> ScheduleError {
    let reason = "\"\(word.text)\" is not \(field.nounWithArticle)"
    if field.names.isEmpty {
      let range = "\(field.range.lowerBound) to \(field.range.upperBound)"
      return word.error(in: text, reason, "Write a number, \(range), or *.")
    }
    let short = String(word.text.prefix(3)).uppercased()
    if field.names.contains(short) {
      return word.error(in: text, reason, "Names are three letters long: write \(short).")
    }
    let nearest = Spelling.nearest(to: word.text, among: field.names)
    if !nearest.isEmpty {
      return word.error(in: text, reason, "Did you mean \(Phrase.list(nearest, joinedBy: "or"))?")
    }
    return word.error(in: text, reason, "Write a number or one of \(field.names.joined(separator: ", ")).")
  }
}
