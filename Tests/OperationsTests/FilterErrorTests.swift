// Where a filter is wrong, and what the person is told.

import Testing

@testable import Operations

struct FilterErrorTests {
  @Test(arguments: [
    ("clas:X", 1, 4, "there is no field clas"),
    ("a clas:X", 3, 4, "there is no field clas"),
    ("http://example.com", 1, 4, "there is no field http"),
    ("class:", 7, 1, "a value is missing after :"),
    ("class: X", 7, 1, "a value is missing after :"),
    ("dispatches>=", 13, 1, "a value is missing after >="),
    (">=5", 1, 2, "no field stands before >="),
    ("dispatches >= 5", 12, 2, "no field stands before >="),
    ("dispatches>=many", 13, 4, "dispatches is compared with a number such as 5"),
    ("dispatches=0x10", 12, 4, "dispatches is compared with a number such as 5"),
    ("dispatches=nan", 12, 3, "dispatches is compared with a number such as 5"),
    ("dispatches~5", 11, 1, "dispatches is not a text, so ~ can not be used"),
    ("dispatches==5", 11, 2, "there is no operator =="),
    ("url=~x", 4, 2, "there is no operator =~"),
    ("dispatches=>5", 11, 2, "there is no operator =>"),
    ("class>A", 6, 1, "class is a text and has no order"),
    ("age>1", 5, 1, "age is compared with a duration such as 90s, 30m or 1h30m"),
    ("age>30m1h", 5, 5, "age is compared with a duration such as 90s, 30m or 1h30m"),
    ("age>999999999999d", 5, 13, "age is compared with a duration such as 90s, 30m or 1h30m"),
    ("created>1h", 9, 2, "created is compared with a time such as 2026-01-02T03:04:05Z or a day such as 2026-01-02"),
    (
      "created>2026-02-30", 9, 10,
      "created is compared with a time such as 2026-01-02T03:04:05Z or a day such as 2026-01-02"
    ),
    ("status:6xx", 8, 3, "status is compared with an HTTP status such as 503 or 5xx"),
    ("code:UNAVAILBLE", 6, 10, "code is compared with a status code such as UNAVAILABLE or 14"),
    ("code>5", 5, 1, "code is a text and has no order"),
    ("body.x>abc", 8, 3, "body.x is compared with a number, a time or a duration"),
    ("body.=1", 6, 1, "a name is missing after body."),
    ("body.a..b=1", 8, 1, "a name is missing after the point"),
    ("body.\"a\"b=1", 9, 1, "a point is missing after the quote"),
    ("header:x", 1, 6, "a name is missing"),
    ("(a", 1, 1, "the group is not closed"),
    ("a)", 2, 1, "this ) closes nothing"),
    (")", 1, 1, "this ) closes nothing"),
    ("( )", 3, 1, "the group is empty"),
    ("a |", 4, 1, "nothing follows |"),
    ("| a", 1, 1, "nothing stands before |"),
    ("a || b", 4, 1, "nothing stands between | and |"),
    ("(a | )", 6, 1, "nothing follows |"),
    ("!", 2, 1, "nothing follows !"),
    ("a !)", 4, 1, "nothing follows !"),
    ("\"abc", 1, 4, "the quote is not closed"),
    ("class:\"abc", 7, 4, "the quote is not closed"),
    ("\"a\\qb\"", 3, 2, "\\q is not an escape"),
    ("\"\\u{110000}\"", 2, 2, "\\u wants a code point in braces"),
    ("class:\"a\"b", 10, 1, "a blank is missing after the value"),
    ("body:*\"x\"", 7, 1, "a blank is missing after the value"),
    ("a\"b\"", 2, 1, "a blank is missing after the word"),
    ("(a)(b)", 4, 1, "a blank is missing after the group"),
    ("class:A and age>1h", 9, 3, "and is not a word of this language"),
    ("class:A OR class:B", 9, 2, "OR is not a word of this language"),
    ("not paused", 1, 3, "not is not a word of this language"),
    ("class:A && never", 9, 2, "&& is not a word of this language"),
    ("url~(a", 5, 1, "the group is not closed"),
    ("url~[a", 5, 1, "the bracket is not closed"),
    ("url~\"x \\\"(a\"", 10, 1, "the group is not closed"),
    ("url~a**", 7, 1, "a repetition can not be repeated"),
    ("url~*a", 5, 1, "nothing stands before * to repeat"),
    ("url~(?=a)", 5, 3, "look-around is not supported"),
    ("url~(a)\\1", 8, 2, "back references are not supported"),
    ("url~a{5,2}", 6, 5, "the repetition counts are the wrong way round"),
    ("url~[z-a]", 6, 3, "the range is the wrong way round"),
    ("url~a\\", 6, 1, "a backslash at the end escapes nothing"),
    ("é 😀 clas:X", 5, 4, "there is no field clas"),
  ])
  func `an error stands at its column`(text: String, column: Int, length: Int, reason: String) {
    let error = #expect(throws: FilterError.self) { try Filter(text) }
    #expect(error?.column == column)
    #expect(error?.length == length)
    #expect(error?.reason == reason)
    #expect(error?.text == text)
  }

  @Test(arguments: [
    ("clas:X", "Did you mean class?"), ("dispatchCuont>1", "Did you mean dispatchCount?"),
    ("code:UNAVAILBLE", "Did you mean UNAVAILABLE?"),
    ("dispatches=>5", "Write >=, or put a value that begins so in quotes."),
    ("age>5", "Add a unit: s, m, h or d."), ("created>1h", "Use age or eta for the time since or until."),
    ("a or b", "Write | for or, and quotes to search for the text."),
    ("zzzzzz:1", "Put the text in quotes to search for it."),
    ("bdy.x=1", "Did you mean body.x?"),
  ])
  func `an error says what to write instead`(text: String, remedy: String) {
    let error = #expect(throws: FilterError.self) { try Filter(text) }
    #expect(error?.remedy == remedy)
  }

  @Test func `nesting without end is refused and not followed`() {
    let error = #expect(throws: FilterError.self) { try Filter(String(repeating: "(", count: 100_000)) }
    #expect(error?.column == 101)
    #expect(throws: FilterError.self) { try Filter("url~" + String(repeating: "(", count: 100_000)) }
    #expect(throws: Never.self) { try Filter(String(repeating: "!", count: 100_001) + "paused") }
  }

  @Test(arguments: [
    ("schedule:x", ResourceKind.task, "tasks have no field schedule, only jobs"),
    ("dispatches>1", .queue, "queues have no field dispatches, only tasks"),
    ("body.x=1", .queue, "queues have no field body.x, only tasks and jobs"),
    ("rate>1", .job, "jobs have no field rate, only queues"),
  ])
  func `a field of other resources is refused for a kind`(text: String, kind: ResourceKind, reason: String) throws {
    #expect(throws: FilterError.self) { try Filter(text, for: kind) }
    let error = #expect(throws: FilterError.self) { try Filter("x " + text).validate(for: kind) }
    #expect(error?.reason == reason)
    #expect(error?.column == 3)
  }
}
