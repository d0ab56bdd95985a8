// What the console needs to be allowed to do, and which predefined role allows it with the least besides
// (cloud.google.com/iam/docs/roles-permissions).

import Foundation

/// Something a person may want to do, and what it takes.
struct Need: Sendable {
  /// What for: `discard tasks`.
  let purpose: String
  let permissions: [String]
  /// The smallest predefined role with all of them.
  let role: String
  /// Nothing at all can be seen without.
  var isVital = false

  static let all: [Need] = [
    Need(
      purpose: "browse queues and tasks",
      permissions: [
        "cloudtasks.queues.list", "cloudtasks.queues.get", "cloudtasks.tasks.list", "cloudtasks.tasks.get",
        "cloudtasks.tasks.fullView",
      ], role: "roles/cloudtasks.viewer", isVital: true),
    Need(purpose: "discard tasks", permissions: ["cloudtasks.tasks.delete"], role: "roles/cloudtasks.taskDeleter"),
    Need(
      purpose: "add and restore tasks", permissions: ["cloudtasks.tasks.create"], role: "roles/cloudtasks.enqueuer"),
    Need(purpose: "run tasks", permissions: ["cloudtasks.tasks.run"], role: "roles/cloudtasks.taskRunner"),
    Need(
      purpose: "change queues",
      permissions: ["create", "update", "pause", "resume", "purge", "delete"].map { "cloudtasks.queues.\($0)" },
      role: "roles/cloudtasks.queueAdmin"),
    Need(
      purpose: "browse jobs", permissions: ["list", "get", "fullView"].map { "cloudscheduler.jobs.\($0)" },
      role: "roles/cloudscheduler.viewer"),
    Need(purpose: "run jobs", permissions: ["cloudscheduler.jobs.run"], role: "roles/cloudscheduler.jobRunner"),
    Need(
      purpose: "change schedules",
      permissions: ["create", "update", "delete", "pause", "enable"].map { "cloudscheduler.jobs.\($0)" },
      role: "roles/cloudscheduler.admin"),
    Need(
      purpose: "browse topics and subscriptions",
      permissions: [
        "pubsub.topics.list", "pubsub.topics.get", "pubsub.subscriptions.list", "pubsub.subscriptions.get",
      ], role: "roles/pubsub.viewer"),
    Need(
      purpose: "change subscriptions",
      permissions: [
        "pubsub.topics.create", "pubsub.topics.attachSubscription", "pubsub.subscriptions.create",
        "pubsub.subscriptions.update", "pubsub.subscriptions.delete",
      ], role: "roles/pubsub.editor"),
    Need(purpose: "publish messages", permissions: ["pubsub.topics.publish"], role: "roles/pubsub.publisher"),
    Need(purpose: "pull messages", permissions: ["pubsub.subscriptions.consume"], role: "roles/pubsub.subscriber"),
  ]

  /// The smallest role that has a permission; nil for one that the console never needs.
  static func role(of permission: String) -> String? { all.first { $0.permissions.contains(permission) }?.role }

  /// The role that a remedy asks for; nil where another thing is wrong.
  static func roleNamed(in words: String) -> String? {
    guard words.hasPrefix("Ask for roles/") else { return nil }
    return all.map(\.role).first { words.hasPrefix("Ask for \($0) ") }
  }

  /// Those that a queue itself can be asked about: lists and creations are of its location.
  static let ofQueue = all.flatMap(\.permissions).filter {
    $0.hasPrefix("cloudtasks.") && !["cloudtasks.queues.list", "cloudtasks.queues.create"].contains($0)
  }
}

/// `gcloud projects add-iam-policy-binding`, ready to be run by somebody who may.
func grantCommand(_ role: String, project: String, member: String?) -> String {
  "gcloud projects add-iam-policy-binding \(project) --member=\(member ?? "user:EMAIL") --role=\(role)"
}
