// What the code wants: schedules and subscriptions as they are written down, in a
// file or in a Django project, before anything is compared with what there is.

import Foundation

/// Where a definition was written.
package struct DefinitionPlace: Hashable, Sendable, CustomStringConvertible {
  /// A path, or a dotted Python name.
  package var file: String
  package var line: Int?
  package var column: Int?

  package init(_ file: String, line: Int? = nil, column: Int? = nil) {
    (self.file, self.line, self.column) = (file, line, column)
  }

  package var description: String {
    ([file] + [line, column].compactMap { $0.map(String.init) }).joined(separator: ":")
  }
}

/// One schedule as the code wants it.
package struct ScheduleDefinition: Equatable, Sendable {
  /// When it fires.
  package enum Timing: Equatable, Sendable {
    /// unix-cron, a macro or English, as written.
    case text(String)
    /// A span: `{minutes: 30}`, `timedelta(hours=2)`.
    case every(Duration)
  }

  /// The token that its requests carry.
  package enum Token: Equatable, Sendable {
    case none
    /// Without an account, that of the context; without an audience, the URL.
    case oidc(serviceAccount: String?, audience: String?)
  }

  /// nil is the service's default.
  package struct Retries: Equatable, Sendable {
    package var count: Int?
    package var minBackoff: Duration?
    package var maxBackoff: Duration?
    package var maxDoublings: Int?
    package var maxDuration: Duration?

    package init() {}
  }

  /// The class, or whatever the file calls it.
  package var name: String
  /// The job's ID where it is not app + delimiter + name.
  package var jobID: String?
  /// nil is where a job of its ID is, else the first of the context's locations.
  package var location: String?
  package var timing: Timing
  /// nil is UTC.
  package var timeZone: String?
  /// nil is the endpoint followed by the name.
  package var url: String?
  package var method = "POST"
  package var headers: [Header] = []
  /// The library sends `{}` where nothing else is said.
  package var body = Data("{}".utf8)
  package var token: Token = .oidc(serviceAccount: nil, audience: nil)
  package var retries = Retries()
  package var details = ""
  /// nil is the service's default, three minutes.
  package var attemptDeadline: Duration?
  /// nil leaves it as it is.
  package var state: State?
  package var place: DefinitionPlace
  /// Where the schedule itself is written.
  package var timingPlace: DefinitionPlace

  package init(name: String, timing: Timing, place: DefinitionPlace, timingPlace: DefinitionPlace? = nil) {
    self.name = name
    self.timing = timing
    self.place = place
    self.timingPlace = timingPlace ?? place
  }
}

extension ScheduleDefinition.Timing {
  /// The text Cloud Scheduler takes; nil for a span that it cannot keep: shorter than a minute or not in whole minutes.
  ///
  /// A span that divides the hour or the day becomes unix-cron, so that it fires at times one can foresee; others become
  /// App Engine's English, which counts from the previous run.
  package var expression: String? {
    switch self {
    case .text(let text): return text
    case .every(let span):
      let (seconds, attoseconds) = span.components
      guard attoseconds == 0, seconds >= 60, seconds % 60 == 0 else { return nil }
      let minutes = Int(seconds / 60)
      switch minutes {
      case 1: return "* * * * *"
      case 60: return "0 * * * *"
      case 1440: return "0 0 * * *"
      case 10080: return "0 0 * * 0"
      case _ where 60 % minutes == 0: return "*/\(minutes) * * * *"
      case _ where minutes % 60 == 0 && 24 % (minutes / 60) == 0: return "0 */\(minutes / 60) * * *"
      case _ where minutes % 60 == 0: return "every \(minutes / 60) hours"
      default: return "every \(minutes) minutes"
      }
    }
  }
}

/// One Pub/Sub subscription as the code wants it.
package struct SubscriptionDefinition: Equatable, Sendable {
  package var name: String
  /// The ID where it is not app + delimiter + name.
  package var subscriptionID: String?
  /// A topic's ID or full name.
  package var topic: String
  /// nil for a pull subscription.
  package var pushEndpoint: String?
  package var token: ScheduleDefinition.Token = .oidc(serviceAccount: nil, audience: nil)
  package var minimumBackoff: Duration?
  package var maximumBackoff: Duration?
  package var deadLetterTopic: String?
  package var maxDeliveryAttempts: Int?
  /// nil leaves it at the service's default; zero is never.
  package var expiration: Duration?
  package var filter = ""
  package var place: DefinitionPlace

  package init(name: String, topic: String, place: DefinitionPlace) {
    (self.name, self.topic, self.place) = (name, topic, place)
  }
}

/// What could not be read of a source, while the rest of it was.
package struct UnreadDefinition: Equatable, Sendable {
  package var name: String
  /// The ID it would have; nil when not even that can be told.
  package var id: String?
  package var place: DefinitionPlace
  package var reason: String

  package init(name: String, id: String? = nil, place: DefinitionPlace, reason: String) {
    (self.name, self.id, self.place, self.reason) = (name, id, place, reason)
  }
}

/// Everything one source says.
package struct DefinitionSet: Equatable, Sendable {
  /// For people: a path, or `the Django project in DIR`.
  package var source: String
  package var app: String?
  package var delimiter: String?
  /// Base of the app's URLs.
  package var endpoint: String?
  package var serviceAccount: String?
  package var schedules: [ScheduleDefinition] = []
  package var subscriptions: [SubscriptionDefinition] = []
  package var unread: [UnreadDefinition] = []
  /// What the person should know of the source.
  package var notes: [String] = []
  /// Where it comes from a Django project.
  package var isDjango = false

  package init(source: String) { self.source = source }
}
