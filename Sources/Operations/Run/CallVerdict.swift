// What an unsuccessful call means for its item, the rules that deleting and
// re-creating have in common. Below this the REST layer has already retried what
// it may, for its 20 seconds; here a run decides whether to go on.

import CloudModel
import JournalModel

/// The common part of judging an error.
enum CallVerdict {
  /// 429s are the service's business as usual; an item is given up after minutes of them.
  private static let mostThrottled = 12

  /// The verdict, or nil when the item is refused for good, or can only be looked up.
  ///
  /// `mostTries` is how often an unanswered call is sent: twice where the REST layer has repeated it for its 20 seconds
  /// already, more often where it must not.
  static func verdict(_ item: WorkItem, _ error: APIError, mostTries: Int, fraction: Double) -> Verdict? {
    var item = item
    item.isDoubtful = item.isDoubtful || error.mayHaveBeenDone
    switch error.status {
    case .resourceExhausted where item.attempts < mostThrottled: return .throttled(item, asked: error.retryDelay)
    case _ where error.kind == .cancelled: return .stop(item, error, wasSent: error.mayHaveBeenDone)
    case .unauthenticated:
      // The REST layer gets a new token once; a second refusal is no accident, and the next item would meet it too.
      return item.attempts < 2 ? .again(item, after: .zero) : .stop(item, error, wasSent: error.mayHaveBeenDone)
    case _ where error.kind == .unauthorised: return .stop(item, error, wasSent: false)
    case _ where error.kind == .unreachable:
      return item.attempts < mostTries
        ? .again(item, after: pause(item, error, fraction)) : .stop(item, error, wasSent: error.mayHaveBeenDone)
    case .unavailable where item.attempts < mostTries, .deadlineExceeded where item.attempts < mostTries,
      _ where error.mayHaveBeenDone && item.attempts < mostTries:
      return .again(item, after: pause(item, error, fraction))
    default: return nil
    }
  }

  /// 0.2 s, 0.4 s, 0.8 s, ... with jitter, or what the service asks for.
  private static func pause(_ item: WorkItem, _ error: APIError, _ fraction: Double) -> Duration {
    let bound = 0.2 * Double(1 << min(item.attempts - 1, 8))
    return max(error.retryDelay ?? .zero, .seconds(bound * (0.5 + fraction / 2)))
  }
}
