// What Google counts by the minute (cloud.google.com/tasks/docs/quotas).

import CloudREST

extension Quota {
  /// Lists of tasks, queues, jobs and locations: 600 a minute for the whole project.
  package static let list = Quota("list calls")
  /// RunTask: 60 a minute.
  package static let runTask = Quota("forced runs")

  /// RunTask's limit at Google.
  package static let runTaskLimit = 60
}
