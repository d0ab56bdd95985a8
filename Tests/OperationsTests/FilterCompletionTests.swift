// What a filter bar offers.

import Testing

@testable import Operations

struct FilterCompletionTests {
  private func offers(_ text: String, kind: ResourceKind = .task) -> [FilterCompletion.Suggestion] {
    FilterCompletion.suggestions(
      for: text, cursor: text.count, kind: kind, knownClasses: ["SendWelcome", "Send Later", "Sync"],
      statusCodes: [503, 401], queues: ["orders"], headers: ["x-tenant"], bodyPaths: [["user", "id"]])
  }

  @Test(arguments: [
    ("dis", "dispatches>="), ("a disp", "dispatches>="), ("(cl", "class:"), ("!cl", "class:"), ("a|cl", "class:"),
    ("fail", "failing"), ("class:Sy", "Sync"), ("class=Send", "SendWelcome"), ("status:5", "503"),
    ("code:UNAV", "UNAVAILABLE"),
    ("queue!:o", "orders"), ("age>7", "7d"), ("header.x", "header.x-tenant:"), ("body.u", "body.user.id="),
    ("bod", "body."),
    ("lastAttempt.resp", "lastAttempt.responseStatus.code:"), ("method:P", "POST"),
  ])
  func `the first offer is the one expected`(text: String, expected: String) {
    #expect(offers(text).first?.text == expected)
  }

  @Test func `an offer replaces the word under the cursor and nothing else`() throws {
    let text = "é class:Sexx status:503"
    let offer = try #require(FilterCompletion.suggestions(for: text, cursor: 10, knownClasses: ["SendWelcome"]).first)
    #expect(offer.range == 8..<12)
    #expect(offer.text == "SendWelcome")
  }

  @Test func `a value with a blank is offered in quotes`() {
    #expect(offers("class:").map(\.text) == ["SendWelcome", "\"Send Later\"", "Sync"])
  }

  @Test func `nothing is offered inside quotes or for what is not known`() {
    #expect(offers("\"cla").isEmpty)
    #expect(offers("zzz:a").isEmpty)
    #expect(offers("class:\"Se").isEmpty)
  }

  @Test(arguments: ResourceKind.allCases)
  func `every field offered for a kind is a field of it`(kind: ResourceKind) throws {
    let names = offers("", kind: kind)
    #expect(names.count > 20)
    for offer in names where !offer.text.hasSuffix(".") {
      let sign = offer.text.firstIndex { ":~=<>".contains($0) }
      let text = sign.map { _ in offer.text + "*" } ?? offer.text
      do throws(FilterError) { _ = try Filter(text, for: kind) } catch {
        #expect(error.reason.contains("is compared with"), "\(offer.text)")
      }
    }
  }

  @Test func `the cursor may stand anywhere`() {
    let text = "!(class:Send* | \"a b\") dispatches>=5"
    for cursor in -1...text.count + 1 {
      for offer in FilterCompletion.suggestions(for: text, cursor: cursor, knownClasses: ["Send"]) {
        #expect(offer.range.lowerBound >= 0 && offer.range.upperBound <= text.count)
      }
    }
  }
}
