// A definition as the job it asks for.

import CloudModel
import Foundation

/// A definition, its job's ID, and the job.
struct DefinedJob: Sendable {
  let definition: ScheduleDefinition
  let name: JobName
  let url: String
  let expression: String
  let scope: ScheduleScope

  /// What is wrong with a definition before any job is compared.
  ///
  /// - Parameter there: the jobs that there are: a definition without a location means the one of its ID, wherever it is.
  init(
    _ definition: ScheduleDefinition, _ scope: ScheduleScope, among there: Set<JobName>
  ) throws(Finding.Failure) {
    let id = definition.jobID ?? scope.ownership.id(of: definition.name)
    func fail(_ message: String, at place: DefinitionPlace? = nil) -> Finding.Failure {
      Finding.Failure(Finding(.error, id, place ?? definition.place, message))
    }
    do throws(NameError) { name = try Self.name(id, definition, scope, there) } catch {
      throw fail("\(error.description).")
    }
    guard let url = definition.url ?? scope.ownership.url(of: definition.name) else {
      throw fail("no URL is known: give the definition a url, or the file an endpoint.")
    }
    guard let expression = definition.timing.expression else {
      throw fail(
        "Cloud Scheduler counts in whole minutes, one at least, so this span cannot be kept.",
        at: definition.timingPlace)
    }
    (self.definition, self.url, self.expression, self.scope) = (definition, url, expression, scope)
  }

  private static func name(
    _ id: String, _ definition: ScheduleDefinition, _ scope: ScheduleScope, _ there: Set<JobName>
  ) throws(NameError) -> JobName {
    if let location = definition.location {
      return try JobName(parent: LocationName(project: scope.parent.project, location: location), id: id)
    }
    let first = try JobName(parent: scope.parent, id: id)
    for parent in [scope.parent] + scope.others {
      let name = try JobName(parent: parent, id: id)
      if there.contains(name) { return name }
    }
    return first
  }

  /// The job that the definition asks for. What it leaves open is taken from the job that is there.
  func job(over existing: Job?) -> Job {
    var job = Job(name: name)
    job.schedule = expression
    job.timeZone = definition.timeZone ?? "Etc/UTC"
    job.details = definition.details
    job.attemptDeadline = definition.attemptDeadline
    job.state = definition.state
    job.retryConfig = retries(over: existing)
    job.target = .http(target(over: existing))
    return job
  }

  private func target(over existing: Job?) -> HTTPTarget {
    var target = HTTPTarget(url: url)
    target.method = definition.method
    target.headers = definition.headers.filter { !ServiceHeaders.isReplaced($0.name) }
    target.encodedBody = definition.body.isEmpty ? nil : definition.body.base64EncodedString()
    if case .oidc(let account, let audience) = definition.token, let account = account ?? knownAccount(existing) {
      target.authorization = .oidc(serviceAccountEmail: account, audience: audience ?? url)
    }
    return target
  }

  /// nil when no account is to be found anywhere.
  func knownAccount(_ existing: Job?) -> String? {
    scope.serviceAccount ?? existing?.oidcAccount ?? scope.standInAccount
  }

  private func retries(over existing: Job?) -> JobRetryConfig? {
    let wanted = definition.retries
    if wanted == ScheduleDefinition.Retries(), existing == nil { return nil }
    var config = JobRetryConfig()
    config.retryCount = wanted.count
    config.minBackoffDuration = wanted.minBackoff
    config.maxBackoffDuration = wanted.maxBackoff
    config.maxRetryDuration = wanted.maxDuration
    config.maxDoublings = wanted.maxDoublings
    if wanted.maxDoublings == nil, existing?.retryConfig?.maxDoublings == JobDefaults.olderDoublings {
      // That was the default when the job was made.
      config.maxDoublings = JobDefaults.olderDoublings
    }
    return config
  }
}

extension Finding {
  /// A finding as an error.
  struct Failure: Error {
    let finding: Finding
    init(_ finding: Finding) { self.finding = finding }
  }
}

extension Job {
  /// The account of its OIDC token.
  fileprivate var oidcAccount: String? {
    guard case .http(let target) = target, case .oidc(let account, _)? = target.authorization, !account.isEmpty else {
      return nil
    }
    return account
  }
}
