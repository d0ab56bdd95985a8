// `subscriptions`: Pub/Sub subscriptions, and what waits in them.

import ArgumentParser
import CloudAPI
import CloudModel
import Console
import Foundation

struct SubscriptionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "subscriptions", abstract: "Pub/Sub subscriptions.",
    subcommands: [List.self, Show.self, Pull.self, Diff.self, Apply.self, Rollback.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List the subscriptions of the context's project.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
      let wiring = try Wiring(options)
      var printer = Output(format: options.output).list(SubscriptionsCommand.columns) { (found: Subscription) in
        SubscriptionsCommand.json(found)
      }
      for try await page in try wiring.pubsub.subscriptionPages(in: wiring.context.project.value) {
        printer.print(page.items)
      }
      printer.finish()
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one subscription.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Subscription ID, or full resource name.") var subscription: String

    func run() async throws {
      let wiring = try Wiring(options)
      let found = try await wiring.pubsub.subscription(try wiring.subscription(subscription))
      let json = SubscriptionsCommand.json(found)
      Output(format: options.output).show(json) { Page.lines(of: json) }
    }
  }

  /// The resource as REST has it, with the class that its push endpoint names.
  static func json(_ subscription: Subscription) -> JSON {
    guard var object = subscription.json.object else { return subscription.json }
    object["class"] = subscription.taskClass.map(JSON.string)
    return .object(object)
  }

  /// The message as REST has it, with what its data says.
  static func json(_ message: PubsubMessage) -> JSON {
    guard var object = message.json.object else { return message.json }
    if let data = message.data, !data.isEmpty { object["payload"] = TasksCommand.payload(data) }
    return .object(object)
  }

  static var columns: [TableColumn<Subscription>] {
    [
      TableColumn("NAME") { $0.name.id },
      TableColumn("TOPIC") { $0.topic.split(separator: "/").last.map(String.init) ?? "-" },
      TableColumn("KIND") { $0.isDetached ? "detached" : $0.isPush ? "push" : "pull" },
      TableColumn("ENDPOINT") { $0.pushConfig.flatMap { $0.endpoint.isEmpty ? nil : $0.endpoint } ?? "-" },
      TableColumn("ACK", .trailing) { $0.ackDeadlineSeconds.map { "\($0)s" } ?? "-" },
      TableColumn("DEAD LETTERS") { found in
        found.deadLetterPolicy.map { policy in
          "\(policy.topic.split(separator: "/").last ?? "-") after \(policy.maxDeliveryAttempts)"
        } ?? "-"
      },
      TableColumn("FILTER") { $0.filter.isEmpty ? "-" : $0.filter },
    ]
  }
}

extension SubscriptionsCommand {
  struct Pull: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "pull",
      abstract: "Show messages that wait in a pull subscription.",
      discussion: """
        They stay: the subscription hands them out again when its acknowledgement deadline has passed. With --ack those \
        that were printed are acknowledged, and are gone.
        """)

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Subscription ID, or full resource name.") var subscription: String
    @Option(help: ArgumentHelp("At most so many messages, 1 to 1000.", valueName: "n")) var limit = 10
    @Flag(help: "Wait for a message when there is none.") var wait = false
    @Flag(help: "Acknowledge what was printed.") var ack = false

    func validate() throws {
      guard (1...PubsubClient.largestPage).contains(limit) else {
        throw ValidationError("--limit must be from 1 to \(PubsubClient.largestPage), not \(limit).")
      }
    }

    func run() async throws {
      let wiring = try Wiring(options)
      let name = try wiring.subscription(subscription)
      if ack, !options.dryRun { try allow(wiring, name) }
      let found = try await wiring.pubsub.subscription(name)
      if found.isPush {
        throw Exit.refused(
          "\(name.id) is pushed to its endpoint", reason: "\(name) sends to \(found.pushConfig?.endpoint ?? "-").",
          remedy: "Pull from a subscription without a push endpoint.")
      }
      let messages = try await wiring.pubsub.pull(name, atMost: limit, waits: wait)
      show(messages)
      if ack, !options.dryRun, !messages.isEmpty {
        try await wiring.pubsub.acknowledge(messages.map(\.ackID), of: name)
      }
      if options.speaks { say(messages.count) }
    }

    /// Asked before the pull: whoever says no has not moved a message.
    private func allow(_ wiring: Wiring, _ name: SubscriptionName) throws {
      try wiring.allowChanges()
      try Consent.obtain(
        "Acknowledge up to \(limit) messages of \(name.id)? They are gone then.", about: name.id, wiring, options)
    }

    private func show(_ messages: [ReceivedMessage]) {
      var printer = Output(format: options.output).list(Self.columns) { (received: ReceivedMessage) in
        guard var object = received.json.object else { return received.json }
        object["message"] = SubscriptionsCommand.json(received.message)
        return .object(object)
      }
      printer.print(messages)
      printer.finish()
    }

    private func say(_ count: Int) {
      if count == 0 { return Output.say("No message waits.") }
      let words = count == 1 ? "1 message" : "\(count) messages"
      Output.say(ack && !options.dryRun ? "\(words), acknowledged." : "\(words), not acknowledged.")
    }

    private static var columns: [TableColumn<ReceivedMessage>] {
      [
        TableColumn("ID") { $0.message.id },
        TableColumn("PUBLISHED") { $0.message.publishTime?.wholeSeconds.description ?? "-" },
        TableColumn("TRIES", .trailing) { $0.deliveryAttempt.map(Words.count) ?? "-" },
        TableColumn("ATTRIBUTES") { received in
          let pairs = received.message.attributes
          return pairs.isEmpty ? "-" : pairs.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
        },
        TableColumn("DATA") { received in
          received.message.data.map { String(decoding: $0, as: UTF8.self) } ?? received.message.encodedData
        },
      ]
    }
  }
}
