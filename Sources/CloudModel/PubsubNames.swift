// Names of Pub/Sub's resources. They live in a project, not in a location, and
// their IDs follow rules of their own (google-apis.md section 1.5).

/// The name of a Pub/Sub topic.
package struct TopicName: Hashable, Sendable, CustomStringConvertible {
  package let project: String
  package let id: String

  /// What a subscription shows once its topic was deleted. It is no name: nothing can be published to it.
  package static let deleted = "_deleted-topic_"

  /// Throws unless `id` is a Pub/Sub ID: 3 to 255 characters, a letter first, not beginning with `goog`.
  package init(project: String, id: String) throws(NameError) {
    try checkPubsubName(project: project, id: id, kind: "topic")
    (self.project, self.id) = (project, id)
  }

  /// Parses `projects/P/topics/T`.
  package init(_ text: String) throws(NameError) {
    let (project, id) = try pubsubParts(text, of: "topics", expected: "projects/PROJECT/topics/TOPIC")
    try self.init(project: project, id: id)
  }

  /// For a stand-in only.
  init(uncheckedProject project: String, id: String) { (self.project, self.id) = (project, id) }

  package var description: String { "projects/\(project)/topics/\(id)" }
}

/// The name of a Pub/Sub subscription.
package struct SubscriptionName: Hashable, Sendable, CustomStringConvertible {
  package let project: String
  package let id: String

  /// Throws unless `id` is a Pub/Sub ID: 3 to 255 characters, a letter first, not beginning with `goog`.
  package init(project: String, id: String) throws(NameError) {
    try checkPubsubName(project: project, id: id, kind: "subscription")
    (self.project, self.id) = (project, id)
  }

  /// Parses `projects/P/subscriptions/S`.
  package init(_ text: String) throws(NameError) {
    let (project, id) = try pubsubParts(
      text, of: "subscriptions", expected: "projects/PROJECT/subscriptions/SUBSCRIPTION")
    try self.init(project: project, id: id)
  }

  /// For a stand-in only.
  init(uncheckedProject project: String, id: String) { (self.project, self.id) = (project, id) }

  package var description: String { "projects/\(project)/subscriptions/\(id)" }
}

private func pubsubParts(
  _ text: String, of collection: String, expected: String
) throws(NameError) -> (project: String, id: String) {
  let part = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
  guard part.count == 4, part[0] == "projects", part[2] == collection else {
    throw NameError(text: text, expected: expected)
  }
  return (part[1], part[3])
}

private func checkPubsubName(project: String, id: String, kind: String) throws(NameError) {
  // The rule for projects is that of every other name.
  _ = try LocationName(project: project, location: "-")
  let bytes = id.utf8
  guard (3...255).contains(bytes.count), bytes.first.map(isLetter) == true, !id.hasPrefix("goog"),
    bytes.allSatisfy({ isLetter($0) || isDigit($0) || "._~+%-".utf8.contains($0) })
  else {
    throw NameError(
      text: id,
      expected: "a \(kind) ID (3 to 255 letters, digits and '-', '.', '_', '~', '+', '%'; a letter first, not 'goog')")
  }
}

private func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
