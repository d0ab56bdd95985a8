// `publish`: one message to a topic.

import ArgumentParser
import CloudModel
import Foundation

struct PublishCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "publish", abstract: "Publish a message to a topic.",
    discussion: "Every subscription of the topic gets it. Prints the ID that the service gave it.")

  @OptionGroup var options: GlobalOptions
  @Argument(help: "Topic ID, or full resource name.") var topic: String
  @Option(help: ArgumentHelp("The data: JSON, @FILE, or - for standard input.", valueName: "json|@file|-"))
  var payload: String?
  @Option(help: ArgumentHelp("An attribute, K=V; may be given several times.", valueName: "k=v"))
  var attribute: [String] = []
  @Option(help: ArgumentHelp("Messages of one key arrive in order where the subscription wants it.", valueName: "key"))
  var orderingKey: String?

  func validate() throws {
    // "The message must contain either a non-empty data field or at least one attribute" (pubsub v1 PubsubMessage).
    if payload == nil, attribute.isEmpty { throw ValidationError("Give --payload, or at least one --attribute.") }
    for attribute in attribute where attribute.firstIndex(of: "=").map({ $0 > attribute.startIndex }) != true {
      throw ValidationError("The attribute \"\(attribute)\" is not K=V.")
    }
  }

  func run() async throws {
    let wiring = try Wiring(options)
    try wiring.allowChanges()
    let name = try wiring.topic(topic)
    let message = PubsubMessage(
      data: try payload.map(PayloadArgument.bytes) ?? Data(), attributes: attribute.map(Self.attribute),
      orderingKey: orderingKey ?? "")
    if options.dryRun {
      Output.say("This message would be published to \(name).")
      return Output(format: options.output).show(message.json) { Page.lines(of: SubscriptionsCommand.json(message)) }
    }
    let ids = try await wiring.pubsub.publish([message], to: name)
    let outcome: JSON = ["topic": .string(name.description), "messageIds": .array(ids.map(JSON.string))]
    Output(format: options.output).show(outcome) { Page.lines(of: outcome) }
  }

  private static func attribute(_ text: String) -> Header {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    return Header(String(parts[0]), String(parts[1]))
  }
}
