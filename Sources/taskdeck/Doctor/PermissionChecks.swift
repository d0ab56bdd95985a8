// What the account may do: Resource Manager is asked for the project, Cloud Tasks for one queue of it, because a role may
// have been given on either.

import CloudAPI
import CloudModel
import Console
import Foundation

/// One check for each thing a person may want to do.
struct PermissionChecks: Sendable {
  let wiring: Wiring
  /// Any of the project's; nil where it has none.
  let queue: QueueName?

  private struct Granted: Sendable {
    var permissions: Set<String> = []
    /// What was asked about; the others are not known.
    var asked: Set<String> = []
    var refusal: Failure?
  }

  func all(hint: @escaping @Sendable () -> String?) async -> [Check] {
    if wiring.context.tasks.credentials.value == .anonymous {
      return [Check("permissions", .ok, "nobody is asked who they are there: no credentials are sent")]
    }
    return await bounded("permissions", hint: hint) {
      async let project = ofProject()
      async let queue = ofQueue()
      return words(await project, await queue)
    }
  }

  private func ofProject() async -> Granted {
    let all = Need.all.flatMap(\.permissions)
    let client: ProjectsClient
    do throws(Exit) { client = try wiring.projects } catch { return Granted(refusal: error.failure) }
    do throws(APIError) {
      let granted = try await client.granted(all, in: wiring.context.project.value)
      return Granted(permissions: granted, asked: Set(all))
    } catch {
      return Granted(refusal: Failure(error))
    }
  }

  private func ofQueue() async -> Granted {
    guard let queue else { return Granted() }
    do throws(APIError) {
      let granted = try await wiring.tasks.granted(Need.ofQueue, on: queue)
      return Granted(permissions: granted, asked: Set(Need.ofQueue))
    } catch {
      return Granted(refusal: Failure(error))
    }
  }

  private func words(_ project: Granted, _ queue: Granted) -> [Check] {
    let (permissions, asked) = (project.permissions.union(queue.permissions), project.asked.union(queue.asked))
    let checks = Need.all.compactMap { check($0, permissions, asked) }
    guard let refusal = project.refusal else { return checks }
    let what = asked.isEmpty ? "could not be asked for" : "of the whole project could not be asked for"
    let unknown = Check(
      "permissions", .warn, "\(what): \(refusal.title): \(refusal.reason)", remedy: refusal.remedy)
    return checks + [unknown]
  }

  private func check(_ need: Need, _ granted: Set<String>, _ asked: Set<String>) -> Check? {
    let known = need.permissions.filter(asked.contains)
    guard !known.isEmpty else { return nil }
    let name = "may \(need.purpose)"
    let missing = known.filter { !granted.contains($0) }
    if missing.isEmpty { return Check(name, .ok, known.joined(separator: ", ")) }
    let command = grantCommand(need.role, project: wiring.context.project.value, member: wiring.member)
    return Check(
      name, need.isVital ? .fail : .warn, "not allowed: \(missing.joined(separator: ", "))",
      remedy: "\(need.role) allows it; somebody who may gives it with: \(command)")
  }
}
