// What getting tokens needs of the world, handed in.

import Foundation
import Transport

/// The network, the programs, the environment and the clock that tokens are got with.
package struct CredentialTools: Sendable, CustomReflectable {
  /// For token endpoints.
  package var sender: any HTTPSender
  /// For the metadata server, which no proxy can reach.
  package var directSender: any HTTPSender
  package var runner: any ProgramRunner
  package var environment: [String: String]
  /// `x-goog-api-client` of every call for a token; what kind of call it is goes behind it.
  package var apiClient: String
  /// A base URL instead of `https://iamcredentials.UNIVERSE`.
  package var iamEndpoint: String?
  /// Google's own hardware says so in its firmware: the metadata server is then worth waiting for.
  package var isGoogleHardware: Bool
  package var timing: Timing

  package init(
    sender: any HTTPSender, directSender: any HTTPSender, runner: any ProgramRunner = SystemProgramRunner(),
    environment: [String: String], apiClient: String, iamEndpoint: String? = nil, isGoogleHardware: Bool = false,
    timing: Timing = .system
  ) {
    self.sender = sender
    self.directSender = directSender
    self.runner = runner
    self.environment = environment
    self.apiClient = apiClient
    self.iamEndpoint = iamEndpoint
    self.isGoogleHardware = isGoogleHardware
    self.timing = timing
  }

  /// Shows nothing: the environment may hold a token.
  package var customMirror: Mirror { Mirror(self, children: [:]) }

  /// Whether the firmware's product name is Google's, as google-auth reads it.
  package static func isGoogleHardware(productName: String?) -> Bool {
    productName?.trimmingCharacters(in: .whitespacesAndNewlines).hasPrefix("Google") == true
  }
}

/// Names that every kind of credentials shares.
enum OAuth {
  /// Covers every API this program calls.
  static let cloudPlatformScope = "https://www.googleapis.com/auth/cloud-platform"
  /// All that a caller of generateAccessToken needs; google-auth asks for no more.
  static let iamScope = "https://www.googleapis.com/auth/iam"
  static let googleTokenURL = "https://oauth2.googleapis.com/token"
  static let defaultUniverse = "googleapis.com"
}
