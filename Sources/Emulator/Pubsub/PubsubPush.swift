// What goes over the wire when a message is pushed (google-apis.md section 2.3,
// captured from Google's emulator; https://cloud.google.com/pubsub/docs/push), and
// how a Cloud Scheduler job publishes.

import CloudModel
import Foundation
import Transport

extension PubsubState {
  /// The request of a push; nil when its message is gone.
  func request(of order: PushOrder) -> HTTPRequest? {
    guard let (subscription, delivery) = target(of: order), let push = subscription.settings.push else { return nil }
    var headers = HTTPHeaders()
    headers.append("User-Agent", "CloudPubSub-Google")
    let body: Data
    if push.isWrapped {
      headers.append("Content-Type", "application/json")
      body = wrapped(delivery, subscription).data
    } else {
      body = delivery.message.data
      if push.writesMetadata { writeMetadata(of: delivery, subscription, into: &headers) }
    }
    // "For push delivery, this value is also used to set the request timeout for the call to the push endpoint."
    let limit = subscription.settings.ackDeadline
    return HTTPRequest(
      method: "POST", url: push.endpoint, headers: headers, body: body, timeout: limit, connectTimeout: limit,
      followRedirects: 0)
  }

  /// Both spellings of the ID and the time, as captured. Attributes and data are there even when empty: gcp-pilot's
  /// `Message.load`, which django-google-cloud-tasks reads pushes with, needs them.
  private func wrapped(_ delivery: Delivery, _ subscription: SubscriptionState) -> JSON {
    let message = delivery.message
    let (id, time) = (JSON.string(message.id), JSON.string(message.published.text))
    var inner: JSONObject = [
      "data": .string(message.data.base64EncodedString()), "attributes": .object(message.attributes),
      "messageId": id, "message_id": id, "publishTime": time, "publish_time": time,
    ]
    if !message.orderingKey.isEmpty { inner["orderingKey"] = .string(message.orderingKey) }
    var body: JSONObject = ["message": .object(inner), "subscription": .string(subscription.name.description)]
    body["deliveryAttempt"] = subscription.attempt(of: delivery).map(JSON.integer)
    return .object(body)
  }

  private func writeMetadata(
    of delivery: Delivery, _ subscription: SubscriptionState, into headers: inout HTTPHeaders
  ) {
    let message = delivery.message
    headers.append("x-goog-pubsub-subscription-name", subscription.name.description)
    headers.append("x-goog-pubsub-message-id", message.id)
    headers.append("x-goog-pubsub-publish-time", message.published.text)
    if isHeaderValue(message.orderingKey), !message.orderingKey.isEmpty {
      headers.append("x-goog-ordering-key", message.orderingKey)
    }
    for (key, value) in message.attributes {
      // What cannot be a header would end the head of the request where the publisher likes.
      guard let text = value.string, isHeaderName(key), isHeaderValue(text), !framing.contains(key.lowercased()) else {
        continue
      }
      headers.append(key, text)
    }
  }

  /// A run of a Cloud Scheduler job with a Pub/Sub target: "publishes {data, attributes} to the topic".
  func publish(_ target: JSONObject, at now: Moment) -> Outcome {
    do throws(Refusal) {
      let text = target["topicName"]?.string ?? ""
      let name: TopicName
      do { name = try TopicName(text) } catch { throw .pubsubName(text) }
      var message = JSONObject()
      message["data"] = target["data"]
      message["attributes"] = target["attributes"]
      try PublishedMessage.check(message)
      _ = try publish([message], to: name, at: now)
      return .answered(200, retryAfter: nil)
    } catch {
      return .answered(error.status.httpStatus, retryAfter: nil)
    }
  }
}

/// What decides how a request is read is not for a publisher to say.
private let framing: Set<String> = ["host", "content-length", "transfer-encoding", "connection"]
