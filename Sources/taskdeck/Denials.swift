// A 403 has many causes, each with its own remedy. google.rpc.ErrorInfo names which (google/api/error_reason.proto); where
// there is none the message tells.

import CloudModel
import Console
import Foundation

extension Failure {
  /// - Parameters:
  ///   - role: the smallest predefined role that reads what the call was about.
  static func denied(_ error: APIError, _ reason: String, title subject: String, role: String) -> Failure {
    let info = DenialInfo(error)
    let project = info.project ?? "PROJECT"
    switch info.cause {
    case .serviceDisabled:
      let service = info.service ?? "the API"
      return Failure(
        title: "\(subject): \(service) is not enabled in the project", reason: reason,
        remedy: "Run: gcloud services enable \(service) --project=\(project); then wait a minute.")
    case .billingDisabled:
      return Failure(
        title: "\(subject): billing is off in the project", reason: reason,
        remedy: "Link a billing account: gcloud billing projects link \(project) --billing-account=ACCOUNT")
    case .quotaProject:
      return Failure(
        title: "\(subject): the quota project may not be used", reason: reason,
        remedy: "Name another with quota-project or GOOGLE_CLOUD_QUOTA_PROJECT, or ask for"
          + " roles/serviceusage.serviceUsageConsumer on it.")
    case .unknownProject:
      return Failure(
        title: "\(subject): not allowed, or there is no such project", reason: reason,
        remedy: "Check the project's ID (`gcloud projects list`), or ask for \(role) on it.")
    case .scopes:
      return Failure(
        title: "\(subject): the token is not made for this", reason: reason,
        remedy: "Get one with the scope https://www.googleapis.com/auth/cloud-platform: gcloud auth"
          + " application-default login, or give the machine that access scope.")
    case .permission(let permission):
      let needed = permission.flatMap(Need.role) ?? role
      return Failure(
        title: "\(subject): not allowed\(permission.map { " (\($0))" } ?? "")", reason: reason,
        remedy: "Ask for \(needed) on the project, or use another account; `taskdeck doctor` prints the command.")
    }
  }
}

/// What a 403 says of its cause.
private struct DenialInfo {
  enum Cause {
    case serviceDisabled, billingDisabled, quotaProject, unknownProject, scopes
    /// Which one, where it is told.
    case permission(String?)
  }

  let cause: Cause
  let service: String?
  let project: String?

  init(_ error: APIError) {
    let info = error.details.first { ($0["@type"]?.string ?? "").hasSuffix("google.rpc.ErrorInfo") }
    let metadata = info?["metadata"]
    // Resources begin with projects/ID; a consumer is often the number of another project.
    let part = error.resource.split(separator: "/")
    project = part.count > 1 && part[0] == "projects" ? String(part[1]) : nil
    service = metadata?["service"]?.string ?? Self.service(error.endpoint)
    cause = Self.cause(info?["reason"]?.string ?? "", metadata?["permission"]?.string, error.message)
  }

  private static func cause(_ reason: String, _ permission: String?, _ message: String) -> Cause {
    switch reason {
    case "SERVICE_DISABLED": .serviceDisabled
    case "BILLING_DISABLED": .billingDisabled
    case "USER_PROJECT_DENIED": .quotaProject
    case "CONSUMER_INVALID": .unknownProject
    case "ACCESS_TOKEN_SCOPE_INSUFFICIENT": .scopes
    default:
      if message.contains("has not been used in project") || message.contains("API is disabled") {
        .serviceDisabled
      } else {
        .permission(permission ?? quotedPermission(message))
      }
    }
  }

  /// `... lacks IAM permission "cloudtasks.tasks.create" for the resource ...`
  private static func quotedPermission(_ message: String) -> String? {
    let quoted = message.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    return quoted.first { Need.role(of: $0) != nil }
  }

  /// `https://cloudtasks.googleapis.com` -> `cloudtasks.googleapis.com`.
  private static func service(_ endpoint: String) -> String? {
    guard let host = endpoint.range(of: "://").map({ String(endpoint[$0.upperBound...]) }) else { return nil }
    return host.hasSuffix(".googleapis.com") ? host : nil
  }
}
