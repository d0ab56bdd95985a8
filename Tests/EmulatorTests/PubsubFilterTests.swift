import CloudModel
import Testing

@testable import Emulator

@Suite struct `Pub/Sub filters` {
  private static let attributes: JSONObject = ["kind": "order.paid", "region": "eu", "iana.org/language_tag": "en-US"]

  @Test(arguments: [
    ("attributes:kind", true), ("attributes:name", false), ("attributes.region = \"eu\"", true),
    ("attributes.region=eu", true), ("attributes.region = \"us\"", false), ("attributes.region != \"us\"", true),
    ("attributes.name != \"x\"", true), ("hasPrefix(attributes.kind, \"order.\")", true),
    ("hasPrefix(attributes.name, \"\")", false), ("NOT attributes:name", true), ("-attributes:name", true),
    ("attributes:kind AND attributes.region = \"us\"", false), ("attributes:kind OR attributes.region = \"us\"", true),
    ("(attributes:name OR attributes:kind) AND NOT attributes.region = \"us\"", true),
    ("attributes:\"iana.org/language_tag\"", true), ("attributes.\"iana.org/language_tag\" = \"en-US\"", true),
    ("attributes.region = \"e\\u\"", true), ("NOT (attributes:kind AND attributes:region)", false),
  ])
  func `a filter chooses by attributes`(_ text: String, _ isMatch: Bool) throws {
    #expect(try PubsubFilter(text).matches(Self.attributes) == isMatch)
  }

  @Test(arguments: [
    ("attributes", "Invalid filter: expected '.' at character 11."),
    ("attributes.", "Invalid filter: expected an attribute's name at character 12."),
    ("attributes.a > \"1\"", "Invalid filter: unexpected \">\" at character 14."),
    ("data:x", "Invalid filter: expected attributes, hasPrefix, NOT or '(' at character 1."),
    ("attributes:a attributes:b", "Invalid filter: expected AND, OR or the end at character 14."),
    ("(attributes:a", "Invalid filter: expected ')' at character 14."),
    ("attributes.a = \"x", "Invalid filter: a quoted text without its end at character 16."),
    (
      "attributes:a AND attributes:b OR attributes:c",
      "Invalid filter: AND and OR need parentheses to stand together at character 31."
    ),
    ("hasPrefix(attributes.a)", "Invalid filter: expected ',' at character 23."),
  ])
  func `a filter that cannot be read says where`(_ text: String, _ message: String) {
    #expect(throws: Refusal.invalid(message)) { try PubsubFilter(text) }
  }

  @Test func `a filter has at most 256 bytes`() throws {
    let longest = "attributes:" + String(repeating: "a", count: 245)
    #expect(try PubsubFilter(longest).matches([:]) == false)
    #expect(throws: Refusal.self) { try PubsubFilter(longest + "a") }
  }

  @Test func `deep parentheses are no danger`() {
    let text = String(repeating: "(", count: 128) + String(repeating: ")", count: 128)
    #expect(throws: Refusal.self) { try PubsubFilter(text) }
  }
}
