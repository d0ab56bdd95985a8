// What can be done to topics and subscriptions: publish, look at what waits, create and delete a topic.

import CloudModel
import Foundation
import Terminal

extension Scope {
  static let pubsub = Scope("pubsub", "Topics and subscriptions", elsewhere: "only on a topic or a subscription")
}

extension Action {
  private static let needsTopic: @Sendable (ConsoleState) -> String? = { state in
    guard let row = state.shownPubsub else { return "Choose a topic or a subscription." }
    return row.topicName == nil ? "The topic of \(row.name) was deleted." : nil
  }

  static let publish = Action(
    "pubsub.publish", "Publish", "Publish a message to the topic.", keys: ["N"], scope: .pubsub, risk: .destructive,
    footer: "publish", rank: 2, command: ["publish"], refusal: needsTopic
  ) { state, _ in
    state.overlay = state.shownPubsub?.topicName.map { Form.publishing(to: $0) }
    return []
  }

  static let pull = Action(
    "pubsub.pull", "Messages", "Show messages that wait in the pull subscription; they stay in it.", keys: ["m"],
    scope: .pubsub, footer: "messages", rank: 2, command: ["subscriptions", "pull"],
    refusal: { $0.pullRefusal }
  ) { state, _ in
    guard let name = state.shownPubsub?.subscription?.name else { return [.bell] }
    let effects = state.show(Screen(MessagesPage(name: name)))
    state.page = PageState()
    return effects + state.abandon(.messages)
  }

  static let createTopic = Action(
    "pubsub.create-topic", "New topic", "Create a topic.", keys: ["C"], scope: .pubsub, risk: .reversible,
    footer: "new topic", command: ["topics", "create"]
  ) { state, _ in
    state.overlay = Form.creatingTopic()
    return []
  }

  static let deleteTopic = Action(
    "pubsub.delete-topic", "Delete topic", "Delete the topic, after its name is typed; it can not be undone.",
    keys: ["Delete"], scope: .pubsub, risk: .destructive, command: ["topics", "delete"], refusal: needsTopic
  ) { state, _ in
    guard let topic = state.shownPubsub?.topicName else { return [.bell] }
    state.confirmDeletion(of: topic)
    return []
  }

  static let pubsubActions = [publish, pull, createTopic, deleteTopic]
}

extension PubsubRow {
  /// nil where it was deleted.
  var topicName: TopicName? {
    // The service writes this in the place of a name, and it is none.
    do throws(NameError) { return try TopicName(subscription?.topic ?? id) } catch { return nil }
  }
}

extension ConsoleState {
  /// The row under the cursor, or whose page is open.
  var shownPubsub: PubsubRow? {
    if let page = screen.as(PubsubPage.self) { return pubsub.rows.first { $0.id == page.id } }
    return screen.as(PubsubScreen.self) == nil ? nil : pubsub.current
  }

  fileprivate var pullRefusal: String? {
    guard let row = shownPubsub else { return "Choose a subscription." }
    guard let subscription = row.subscription else { return "\(row.topic) has no subscription that keeps messages." }
    if subscription.isDetached { return "\(row.name) is detached: it keeps nothing." }
    return subscription.isPush
      ? "\(row.name) is pushed to its endpoint; only pull subscriptions can be looked into." : nil
  }

  fileprivate mutating func confirmDeletion(of topic: TopicName) {
    let readers = pubsub.rows.filter { $0.subscription?.topic == topic.description }
    let losses: [Document.Line] =
      readers.isEmpty
      ? [.note("No subscription reads it.")]
      : [.note("For ever without messages: \(Words.count(readers.count, "subscription")).", .danger)]
        + readers.prefix(8).map { .note("  \($0.name)", .text) }
        + (readers.count > 8 ? [.note("  and \(readers.count - 8) more")] : [])
    confirm(
      "Delete the topic \(sanitised(topic.id))",
      [.field("name", sanitised(topic.description))] + losses + [.note("It can not be undone.", .warning)],
      name: topic.id, typing: true, .deleteTopic(topic))
  }
}

// MARK: - The forms

extension Form {
  static func creatingTopic() -> Form {
    Form(
      title: "New topic", subject: .topic,
      fields: [FormField("ID", hint: "3 to 255 letters, numbers and . _ ~ + % -; a letter first.")])
  }

  static func publishing(to topic: TopicName) -> Form {
    Form(
      title: "Message to \(topic.id)", subject: .message(topic),
      fields: [
        FormField("Data", "", .payload, hint: "JSON, or any text."),
        FormField("Attributes", "", .long, hint: "K=V, several with blanks between them; filters look at these."),
        FormField("Ordering key", hint: "Messages of one key arrive in order where the subscription wants it."),
      ])
  }
}

extension ConsoleState {
  mutating func confirmTopic(_ form: Form) throws(FormProblem) {
    let id = form.value("ID")
    let name: TopicName
    do { name = try TopicName(project: context.project, id: id) } catch {
      throw FormProblem(field: 0, reason: id.isEmpty ? "A topic needs an ID." : "\(error.description).")
    }
    if pubsub.rows.contains(where: { $0.topicName == name }) {
      throw FormProblem(field: 0, reason: "There is a topic \(id) already.")
    }
    confirm("Create the topic \(id)", [.field("name", name.description)], name: id, .createTopic(name))
  }

  mutating func confirmMessage(_ form: Form, to topic: TopicName) throws(FormProblem) {
    let data = form.exactValue("Data") ?? ""
    if let reason = Form.objection(toPayload: data) { throw FormProblem(field: form.place("Data"), reason: reason) }
    var attributes: [Header] = []
    for pair in form.value("Attributes").split(separator: " ") {
      guard let sign = pair.firstIndex(of: "="), sign > pair.startIndex else {
        throw FormProblem(field: form.place("Attributes"), reason: "\"\(pair)\" is not K=V.")
      }
      attributes.append(Header(String(pair[..<sign]), String(pair[pair.index(after: sign)...])))
    }
    // "The message must contain either a non-empty data field or at least one attribute" (pubsub v1 PubsubMessage).
    if data.isEmpty, attributes.isEmpty {
      throw FormProblem(field: 0, reason: "A message needs data, or at least one attribute.")
    }
    let message = PubsubMessage(
      data: Data(data.utf8), attributes: attributes, orderingKey: form.value("Ordering key"))
    let readers = pubsub.rows.filter { $0.subscription?.topic == topic.description }.map(\.name)
    confirm(
      "Publish to \(topic.id)",
      [
        .field("topic", sanitised(topic.description)),
        .field(
          "read by", readers.isEmpty ? "nobody: it is lost" : readers.joined(separator: ", "),
          readers.isEmpty ? .warning : .text),
        .field("data", data.isEmpty ? "none" : Words.bytes(data.utf8.count)),
      ] + Form.bodyLines(data) + attributes.map { .field(sanitised($0.name), sanitised($0.value)) },
      name: topic.id, .publish(message, to: topic))
  }
}
