// The answer of Sources/LocalRun/Django/definitions.py as definitions.

import CloudModel
import Foundation

extension DefinitionSet {
  /// Understands what the project's interpreter answered. `directory` is the project's, for messages.
  package init(django answer: JSON, directory: String) {
    self.init(source: "the Django project in \(directory)")
    isDjango = true
    app = answer["app"]?.string
    delimiter = answer["delimiter"]?.string
    endpoint = answer["endpoint"]?.string
    serviceAccount = answer["serviceAccount"]?.string
    notes = answer["notes"]?.array?.compactMap(\.string) ?? []
    unread = answer["unread"]?.array?.map(UnreadDefinition.init(django:)) ?? []
    schedules = (answer["schedules"]?.array ?? []).map { ScheduleDefinition(django: $0) }
    subscriptions = (answer["subscriptions"]?.array ?? []).map { SubscriptionDefinition(django: $0) }
    let functions = (answer["scheduled"]?.array ?? []).map { ScheduleDefinition(django: $0) }
    schedules += functions
    addNotes(functions: functions.count, isEager: answer["eager"]?.bool ?? false)
    if answer["hasLibrary"]?.bool == false, functions.isEmpty {
      notes.append("django_cloud_tasks is not in INSTALLED_APPS, and no SCHEDULED_TASKS were found.")
    }
  }

  private mutating func addNotes(functions: Int, isEager: Bool) {
    if functions > 0 {
      notes.append(
        "\(functions) of SCHEDULED_TASKS: each is a job that posts {} to the endpoint and the function's name; the Task"
          + " Scheduler App itself has no such URL.")
    }
    if isEager {
      notes.append(
        "DJANGO_CLOUD_TASKS_EAGER is set: the library's schedule_tasks would run new tasks and delete jobs all the same;"
          + " schedule apply --eager runs them and changes no job.")
    }
    if schedules.isEmpty, unread.isEmpty {
      notes.append(
        "The project defines no schedule. A class counts once its module is imported: import it in an AppConfig.ready()."
      )
    }
  }
}

extension DefinitionPlace {
  fileprivate init(django place: JSON?) {
    self.init(place?["file"]?.string ?? "?", line: place?["line"]?.int)
  }
}

extension UnreadDefinition {
  fileprivate init(django item: JSON) {
    self.init(
      name: item["name"]?.string ?? "?", id: item["id"]?.string, place: DefinitionPlace(django: item["place"]),
      reason: item["reason"]?.string ?? "")
  }
}

extension ScheduleDefinition {
  fileprivate init(django item: JSON) {
    let every = item.duration("every")
    self.init(
      name: item["name"]?.string ?? "", timing: every.map(Timing.every) ?? .text(item["text"]?.string ?? ""),
      place: DefinitionPlace(django: item["place"]), timingPlace: DefinitionPlace(django: item["timingPlace"]))
    jobID = item["id"]?.string
    url = item["url"]?.string
    timeZone = item["timeZone"]?.string
    headers = item["headers"]?.object?.map { Header($0.key, $0.value.string ?? "") } ?? []
    if let text = item["body"]?.string { body = Data(text.utf8) }
    if item["oidc"]?.bool == false { token = .none }
    retries.count = item["retries"]?.int
    retries.minBackoff = item.duration("minBackoff")
    retries.maxBackoff = item.duration("maxBackoff")
    retries.maxDoublings = item["maxDoublings"]?.int
    details = item["description"]?.string ?? ""
    attemptDeadline = item.duration("attemptDeadline")
  }
}

extension SubscriptionDefinition {
  fileprivate init(django item: JSON) {
    self.init(
      name: item["name"]?.string ?? "", topic: item["topic"]?.string ?? "",
      place: DefinitionPlace(django: item["place"]))
    subscriptionID = item["id"]?.string
    pushEndpoint = item["pushEndpoint"]?.string
    if item["oidc"]?.bool == false { token = .none }
    minimumBackoff = item.duration("minBackoff")
    maximumBackoff = item.duration("maxBackoff")
    deadLetterTopic = item["deadLetterTopic"]?.string
    maxDeliveryAttempts = item["maxDeliveryAttempts"]?.int
    expiration = item.duration("expiration")
    filter = item["filter"]?.string ?? ""
  }
}

extension JSON {
  fileprivate func duration(_ key: String) -> Duration? { self[key]?.string.flatMap { Duration(protobuf: $0) } }
}
