// Where the console looks, and how often it may ask.

import Foundation
import Terminal

/// What the top bar says about the place that is shown: enough for nobody to mistake production for a laptop.
package struct ContextBadge: Equatable, Sendable {
  package var project: String
  package var locations: [String]
  /// The host that answers, without scheme: `127.0.0.1:8123`, `googleapis.com`.
  package var endpoint: String
  /// Name of the context in the configuration; nil when there is none.
  package var name: String?
  package var isEmulator: Bool
  package var isReadOnly: Bool
  /// Changes here want a typed confirmation, and the bar is loud.
  package var isProtected: Bool
  /// Its own colour; nil without a name.
  package var colour: ContextColour?
  /// Why changes can not be allowed by a key; nil when they can.
  package var lock: String?
  /// Whose OIDC tokens go with new tasks and jobs.
  package var serviceAccount: String?
  /// Where each service is, for commands that are copied.
  package var services: Services

  /// Where a service answers, and whether it wants a token.
  package struct Service: Equatable, Sendable {
    package var url: String
    package var isAnonymous: Bool

    package init(_ url: String, isAnonymous: Bool) { (self.url, self.isAnonymous) = (sanitised(url), isAnonymous) }
  }

  package struct Services: Equatable, Sendable {
    package var tasks = Service("https://cloudtasks.googleapis.com", isAnonymous: false)
    package var scheduler = Service("https://cloudscheduler.googleapis.com", isAnonymous: false)
    package var pubsub = Service("https://pubsub.googleapis.com", isAnonymous: false)

    package init() {}

    package init(tasks: Service, scheduler: Service, pubsub: Service) {
      (self.tasks, self.scheduler, self.pubsub) = (tasks, scheduler, pubsub)
    }

    /// One endpoint for all, without credentials.
    package init(at url: String) {
      let service = Service(url, isAnonymous: true)
      self.init(tasks: service, scheduler: service, pubsub: service)
    }
  }

  package init(
    project: String, locations: [String], endpoint: String, name: String? = nil, isEmulator: Bool = false,
    isReadOnly: Bool = false, isProtected: Bool = false, colour: ContextColour? = nil, lock: String? = nil,
    serviceAccount: String? = nil, services: Services? = nil
  ) {
    self.project = sanitised(project)
    self.locations = locations.map { sanitised($0) }
    self.endpoint = sanitised(endpoint)
    self.name = name.map { sanitised($0) }
    self.isEmulator = isEmulator
    self.isReadOnly = isReadOnly
    self.isProtected = isProtected
    self.colour = colour ?? name.map { .derived(from: $0) }
    self.lock = lock.map { sanitised($0) }
    self.serviceAccount = serviceAccount.map { sanitised($0) }
    self.services = services ?? (isEmulator ? Services(at: "http://\(endpoint)") : Services())
  }
}

/// How often live data is asked for.
///
/// A project has 600 LIST requests a minute (cloud.google.com/tasks/docs/quotas), and its production code shares them,
/// so the console takes a tenth unless told otherwise.
package struct RefreshPolicy: Equatable, Sendable {
  /// List calls in any minute; nil is without limit, for an emulator on this machine.
  package var callsPerMinute: Int?
  /// Seconds between two refreshes of the open view, at least.
  package var shortest: TimeInterval
  /// Whether the console starts with live refresh off.
  package var startsPaused: Bool

  package init(callsPerMinute: Int? = 60, shortest: TimeInterval = 1, startsPaused: Bool = false) {
    self.callsPerMinute = callsPerMinute.map { max(1, $0) }
    self.shortest = max(0.2, shortest)
    self.startsPaused = startsPaused
  }

  /// Seconds to wait after an answer that cost `calls`, when the asker may have `share` (0 to 1) of the budget.
  package func interval(afterCalls calls: Int, share: Double) -> TimeInterval {
    guard let callsPerMinute else { return shortest }
    return max(shortest, Double(calls) * 60 / (Double(callsPerMinute) * share))
  }
}
