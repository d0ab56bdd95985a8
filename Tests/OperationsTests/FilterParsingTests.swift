// What a filter text means, seen in the one spelling it is printed in.

import CloudModel
import Foundation
import Testing

@testable import Operations

struct FilterParsingTests {
  @Test(arguments: [
    ("", ""), ("  \t ", ""), ("a b", "a b"), ("a  (b c)", "a b c"), ("a|b | c", "a | b | c"), ("a b|c", "a b | c"),
    ("a (b|c)", "a (b | c)"), ("(a|b)|c", "a | b | c"), ("((a))", "a"), ("!a", "!a"), ("!!a", "a"), ("! a", "!a"),
    ("!(a b)", "!(a b)"), ("!(a)", "!a"), ("class!:X", "!class:X"), ("class!~X", "!class~X"), ("!class=X", "class!=X"),
    ("CLASS:X", "class:X"), ("dispatchCount>=5", "dispatches>=5"), ("dispatches>=5.0", "dispatches>=5"),
    ("age>90m", "age>1h30m"), ("age>1w", "age>7d"), ("age>1.5s", "age>1.5s"), ("age>1500ms", "age>1.5s"),
    ("eta<-300s", "eta<-5m"), ("age>0", "age>0s"), ("status:5XX", "status:5xx"),
    ("code:unavailable", "code:UNAVAILABLE"),
    ("code=14", "code=UNAVAILABLE"), ("code=42", "code=CODE_42"), ("created>2026-01-02", "created>2026-01-02"),
    ("created>2026-01-02T04:00:00+01:00", "created>2026-01-02T03:00:00Z"), ("\"paused\"", "\"paused\""),
    ("paused", "paused"), ("\"free words\"", "\"free words\""), ("\"word\"", "word"), ("\"and\"", "\"and\""),
    ("and", "\"and\""), ("class:\"A B\"", "class:\"A B\""), ("class=\"\"", "class=\"\""), ("url~(a|b)", "url~(a|b)"),
    ("url~\"(a|b) c\"", "url~\"(a|b) c\""), ("url~[|)]", "url~[|)]"), ("(url~a)", "url~a"), ("url~\\(", "url~\\("),
    ("name:a\\*b", "name:a\\*b"), ("name:a\\ b", "name:a\\ b"), ("header.X-Tenant:acme", "header.x-tenant:acme"),
    ("httpRequest.headers.X:a", "header.x:a"), ("payload.user.id=1", "body.user.id=1"),
    ("body.\"a.b\".c=1", "body.\"a.b\".c=1"), ("body:*x*", "body:*x*"), ("url=http://x/?a=b", "url=http://x/?a=b"),
    ("rate<0.5", "rate<0.5"), ("maxAttempts=-1", "maxAttempts=-1"), ("hello!", "hello!"),
    ("\"\\u{1b}\"", "\"\\u{1b}\""),
  ])
  func `a filter has one spelling`(text: String, printed: String) throws {
    let filter = try Filter(text)
    #expect(filter.description == printed)
    #expect(try Filter(printed) == filter)
  }

  @Test func `everything in one filter`() throws {
    let text =
      "class:SendWelcome* dispatches>=5 responses<3 status:503 code:UNAVAILABLE age>1h eta<10m url~/v2/ "
      + "body.user_id=123 header.X-Tenant:acme name:abc !paused \"free words\""
    let filter = try Filter(text, for: .task)
    #expect(filter.description == text.replacingOccurrences(of: "X-Tenant", with: "x-tenant"))
    #expect(filter.needsBody)
  }

  @Test func `equal spellings are equal filters, other ones are not`() throws {
    #expect(try Filter("age>90m a") == Filter("(age>1h30m) \"a\""))
    #expect(try Filter("paused") != Filter("\"paused\""))
    #expect(try Filter("class:A") != Filter("class=A"))
    #expect(try Filter(" ") == .everything)
    #expect(Filter.everything.isEmpty && Filter.everything.description.isEmpty)
  }

  @Test func `bodies are needed only when they are asked for`() throws {
    #expect(try Filter("a | !(b body.x=1)").needsBody)
    #expect(try Filter("httpRequest.body:*x*").needsBody)
    #expect(try !Filter("header.body=1 \"body.x=1\"").needsBody)
  }
}
