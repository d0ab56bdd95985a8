// What is known of something remote.
//
// "None", "not asked yet", "on its way", "refused" and "old" are five different things to a person on call, so they are
// five different values here and no screen can mix them up.

import Foundation
import Terminal

/// Why something could not be had, in words for a person.
package struct Failure: Error, Equatable, Sendable {
  /// What the console does about it besides showing it.
  package enum Kind: Equatable, Sendable {
    /// The service said no, or said nothing that makes sense.
    case refused
    /// No answer came.
    case unreachable
    /// Too many calls (429): refreshing slows down.
    case slowedDown
    /// The resource is not there any more.
    case gone
  }

  package var kind: Kind
  /// What did not happen, in a few words: `orders could not be listed`.
  package var title: String
  /// Why: the service's own words, or the connection's.
  package var reason: String
  /// What the person can do about it.
  package var remedy: String

  /// The three texts are sanitised here, because reasons quote remote text.
  package init(_ kind: Kind = .refused, title: String, reason: String, remedy: String) {
    self.kind = kind
    self.title = sanitised(title)
    self.reason = sanitised(reason)
    self.remedy = sanitised(remedy)
  }
}

/// A value and when it was fetched.
package struct Dated<Value: Equatable & Sendable>: Equatable, Sendable {
  package var value: Value
  package var at: Date

  package init(_ value: Value, at: Date) {
    self.value = value
    self.at = at
  }
}

/// Something remote, with all the states it can be in.
package enum Loaded<Value: Equatable & Sendable>: Equatable, Sendable {
  /// Nobody has asked for it.
  case unasked
  /// Asked for; `last` is what an earlier answer said, or the first pages of this one.
  case loading(last: Dated<Value>?)
  case loaded(Dated<Value>)
  /// The last answer was a failure; `last` is the last good one, old by now.
  case failed(Failure, last: Dated<Value>?)

  /// The newest value there is, however old.
  package var latest: Dated<Value>? {
    switch self {
    case .unasked: nil
    case .loading(let last), .failed(_, let last): last
    case .loaded(let value): value
    }
  }

  package var failure: Failure? {
    guard case .failed(let failure, _) = self else { return nil }
    return failure
  }

  package var isUnasked: Bool { self == .unasked }

  /// The same while it is asked for again. A failure stays until there is something better to show.
  package var asking: Loaded {
    switch self {
    case .unasked: .loading(last: nil)
    case .failed(_, .some), .loaded: self
    case .failed(_, .none): .loading(last: nil)
    case .loading: self
    }
  }

  /// The same after a failure: what was known is kept.
  package func failing(_ failure: Failure) -> Loaded { .failed(failure, last: latest) }
}
