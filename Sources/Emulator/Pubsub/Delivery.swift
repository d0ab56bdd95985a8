// One message on its way to one subscription's subscriber, and the ways in which
// deliveries are referred to from outside.

import CloudModel

/// A message that a subscription has not seen acknowledged.
final class Delivery {
  enum State: Equatable {
    /// To be delivered, not before a moment if there is one.
    case queued(notBefore: Moment?)
    /// With a subscriber. A push has no end: its request has a time limit of its own.
    case leased(until: Moment?)
  }

  let sequence: Int64
  let message: PublishedMessage
  var state = State.queued(notBefore: nil)
  /// The number of the last delivery; what refers to an earlier one has lost its meaning.
  var lease: Int64 = 0
  /// "the sum of number of NACKs and number of times the acknowledgment deadline has been exceeded"
  var failures = 0

  init(sequence: Int64, message: PublishedMessage) { (self.sequence, self.message) = (sequence, message) }

  var isQueued: Bool {
    if case .queued = state { return true }
    return false
  }
}

extension Delivery {
  /// What the data file keeps. A message that is with a subscriber stays with it after a restart, for its
  /// acknowledgement may be on the way.
  var record: [UInt8] {
    var record = RecordWriter()
    record.add(message.number)
    record.add(lease)
    record.add(failures)
    switch state {
    case .queued(let time):
      record.add(0)
      record.add(time ?? Moment(microseconds: 0))
    case .leased(let end):
      // A push ends with its process.
      record.add(end == nil ? 0 : 1)
      record.add(end ?? Moment(microseconds: 0))
    }
    return record.bytes
  }

  static func read(
    _ bytes: [UInt8], sequence: Int64, _ messages: [Int64: PublishedMessage]
  ) throws(RecordError) -> Delivery {
    var record = RecordReader(bytes)
    guard let message = messages[try record.number()] else { throw RecordError() }
    let delivery = Delivery(sequence: sequence, message: message)
    delivery.lease = try record.number()
    delivery.failures = try record.int()
    let isLeased = try record.int() == 1
    let time = try record.moment()
    if isLeased {
      delivery.state = .leased(until: time)
    } else if time.microseconds > 0 {
      delivery.state = .queued(notBefore: time)
    }
    return delivery
  }
}

/// A push that has to be sent now.
struct PushOrder: Sendable, Equatable {
  let subscription: SubscriptionName
  /// Distinguishes a subscription from one of the same name before it.
  let incarnation: UInt64
  let sequence: Int64
  let lease: Int64
}

/// What a pull gives with each message. "New ackId on every redelivery."
struct AckID: Equatable {
  let incarnation: UInt64
  let sequence: Int64
  let lease: Int64

  init(incarnation: UInt64, sequence: Int64, lease: Int64) {
    (self.incarnation, self.sequence, self.lease) = (incarnation, sequence, lease)
  }

  /// nil when it is not one of this emulator's.
  init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, let incarnation = UInt64(parts[0]), let sequence = Int64(parts[1]),
      let lease = Int64(parts[2]), sequence >= 0, lease >= 0
    else { return nil }
    self.init(incarnation: incarnation, sequence: sequence, lease: lease)
  }

  var text: String { "\(incarnation)-\(sequence)-\(lease)" }
}

/// A pull that waits for a message.
struct PullWait: Equatable {
  let id: UInt64
  let limit: Int
  let until: Moment
}

/// An entry of a heap of times. It counts only while it says what its delivery says.
struct TimedDelivery: Comparable {
  let time: Moment
  let sequence: Int64
  /// 0 for the end of a backoff.
  let lease: Int64

  static func < (left: TimedDelivery, right: TimedDelivery) -> Bool {
    (left.time, left.sequence) < (right.time, right.sequence)
  }
}

/// The messages of one ordering key. Only its oldest one is offered, and nothing while any of them is with a subscriber:
/// "messages ... with the same non-empty ordering_key value will be delivered ... in the order in which they are received".
struct OrderingLane {
  var pending = Heap<Int64>()
  var outstanding: Set<Int64> = []
}
