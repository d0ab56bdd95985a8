// `topics`: Pub/Sub topics.

import ArgumentParser
import CloudModel
import Foundation

struct TopicsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "topics", abstract: "Pub/Sub topics.",
    subcommands: [List.self, Show.self, Create.self, Delete.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List the topics of the context's project.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
      let wiring = try Wiring(options)
      var printer = Output(format: options.output).list(TopicsCommand.columns) { (topic: Topic) in topic.json }
      for try await page in try wiring.pubsub.topicPages(in: wiring.context.project.value) { printer.print(page.items) }
      printer.finish()
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Show one topic with the subscriptions that read it.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Topic ID, or full resource name.") var topic: String

    func run() async throws {
      let wiring = try Wiring(options)
      let name = try wiring.topic(topic)
      let found = try await wiring.pubsub.topic(name)
      let readers = try await wiring.pubsub.subscriptionNames(of: name)
      Output(format: options.output).show(found.json) {
        Page.lines(of: found.json) + ["subscriptions: \(readers.isEmpty ? "none" : "")"]
          + readers.map { "  \(printable($0))" }
      }
    }
  }

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "create", abstract: "Create a topic.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Topic ID, or full resource name.") var topic: String

    func run() async throws {
      let wiring = try Wiring(options)
      try wiring.allowChanges()
      let topic = Topic(name: try wiring.topic(topic))
      if options.dryRun {
        Output.say("The topic \(topic.name.id) would be created.")
        return Outcome.show(topic.json, options)
      }
      let created = try await wiring.pubsub.create(topic)
      Output(format: options.output).show(created.json) { Page.lines(of: created.json) }
    }
  }

  struct Delete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "delete",
      abstract: "Delete a topic.",
      discussion: "Its subscriptions stay and get nothing any more, even when a topic of that name is created again.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Topic ID, or full resource name.") var topic: String

    func run() async throws {
      let wiring = try Wiring(options)
      if !options.dryRun { try wiring.allowChanges() }
      let name = try wiring.topic(topic)
      _ = try await wiring.pubsub.topic(name)
      let readers = try await wiring.pubsub.subscriptionNames(of: name)
      if options.speaks { Self.say(name, readers) }
      let outcome = { (isDone: Bool) -> JSON in
        [
          "topic": .string(name.description), "subscriptions": .array(readers.map(JSON.string)),
          "deleted": .bool(isDone),
        ]
      }
      if options.dryRun { return Outcome.show(outcome(false), options) }
      try Consent.obtain("Delete the topic? It can't be undone.", typing: name.id, wiring, options)
      try await wiring.pubsub.delete(name)
      Outcome.show(outcome(true), options)
      if options.speaks { Output.say("\(name.id) deleted.") }
    }

    private static func say(_ name: TopicName, _ readers: [String]) {
      let count = readers.isEmpty ? "no subscription reads it" : "\(readers.count) subscriptions lose it"
      Output.say("Topic \(name): \(count)\(readers.isEmpty ? "." : ":")")
      for reader in readers { Output.say("  \(printable(reader))") }
    }
  }

  static var columns: [TableColumn<Topic>] {
    [
      TableColumn("NAME") { $0.name.id },
      TableColumn("STATE") { $0.state?.rawValue ?? "-" },
      TableColumn("RETENTION", .trailing) { $0.messageRetentionDuration.map(\.protobuf) ?? "-" },
      TableColumn("LABELS") { topic in
        topic.labels.isEmpty ? "-" : topic.labels.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
      },
    ]
  }
}
