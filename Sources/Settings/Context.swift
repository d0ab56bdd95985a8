// Which project, locations, endpoints and credentials a run of the program is
// about, and where each of these came from.
//
// Order of DESIGN.md section 4: flags, TASKDECK_*, the context of the configuration
// files, Google's variables and gcloud's active configuration, emulator hosts,
// django-cloud-tasks' variables, defaults. The context stands before Google's variables,
// or a forgotten GOOGLE_CLOUD_PROJECT would turn `--context prod` into another project.

import CloudModel
import Foundation

/// Everything a run needs to know about where it works.
package struct Context: Sendable, Equatable {
  /// The context of the configuration files, and who chose it; nil without one.
  package var name: Sourced<String>?
  package var project: Sourced<String>
  package var locations: Sourced<[String]>
  package var tasks: ServiceEndpoint
  package var scheduler: ServiceEndpoint
  package var pubsub: ServiceEndpoint
  package var readOnly: Sourced<Bool>
  /// Whether changes want a name typed.
  package var isProtected: Sourced<Bool>
  /// The account to be instead of the credentials' own, perhaps with delegates before it; nil for nobody.
  package var impersonate: Sourced<String>?
  /// The project that quota is counted against; nil leaves that to the service.
  package var quotaProject: Sourced<String>?
  /// The domain that Google's endpoints lie in.
  package var universe: Sourced<String>
  /// Base URL of IAM's Service Account Credentials API instead of the universe's own.
  package var iamEndpoint: Sourced<String>?
  /// Resource Manager, which knows what an account may do in a project.
  package var resourceManager: ServiceEndpoint
  /// For OIDC tokens of new tasks and jobs; nil when none is known.
  package var serviceAccount: Sourced<String>?
  /// The app whose jobs and subscriptions are its own; nil when none is known.
  package var app: Sourced<String>?
  /// Between the app and the name, in the IDs of jobs, topics and subscriptions.
  package var delimiter: Sourced<String>
  /// Base of the app's task URLs; nil when none is known.
  package var appEndpoint: Sourced<String>?
  /// The queue of tasks whose own is not to be had; nil when it is made of the queue's ID.
  package var backupQueue: Sourced<String>?
  /// PEM bundle of extra certificates.
  package var caFile: Sourced<String>?

  /// One parent for each location. Throws when a part is not a well-formed name.
  package func parents() throws(NameError) -> [LocationName] {
    var parents: [LocationName] = []
    for location in locations.value {
      parents.append(try LocationName(project: project.value, location: location))
    }
    return parents
  }

  /// The URL that tasks of a class are sent to; nil when the app's endpoint is not known.
  ///
  /// A bare host gets the path of the library's own route (django_cloud_tasks/urls.py: `tasks/<task_name>`); an endpoint
  /// with a path is taken for the folder of the task URLs.
  package func taskURL(ofClass name: String) -> String? {
    guard let base = appEndpoint?.value, let parts = URLComponents(string: base) else { return nil }
    return parts.path.isEmpty ? "\(base)/tasks/\(name)" : "\(base)/\(name)"
  }

  /// Where the library puts tasks while their own queue is not to be had (django-cloud-tasks.md section 1).
  package func backupQueueID(of queue: String) -> String {
    backupQueue?.value ?? "\(queue)\(delimiter.value)temp"
  }
}

extension Context {
  /// Works out the context of a run.
  ///
  /// - Parameters:
  ///   - files: gcloud's configuration is read through these, and only where a service is not anonymous.
  ///   - facts: what the chosen credentials say; nil when they turn out not to be there. Asked once at most, and not at
  ///     all for anonymous services.
  /// - Throws: `SettingsError` for a value that cannot be used, or a project or location that is nowhere to be found.
  package static func resolve(
    flags: ContextFlags, environment: [String: String], configuration: Configuration = .none,
    files: SettingsFiles = .none, facts factsOf: (CredentialChoice) -> CredentialFacts? = { _ in nil }
  ) throws(SettingsError) -> Context {
    let lookup = try Lookup(flags: flags, environment: environment, configuration: configuration, files: files)
    var credentials = lookup.isAnonymous ? Sourced(.none, from: "default") : lookup.credentials(files: files)
    var facts: CredentialFacts?
    if credentials.value != .anonymous && credentials.value != .none {
      facts = factsOf(credentials.value)
      if facts == nil && credentials.value == .metadataServer { credentials.value = .none }
    }
    let universe = lookup.universe(facts)
    let tasks = try lookup.endpoint(.tasks, universe: universe.value, credentials: credentials)
    return Context(
      name: lookup.chosen, project: try lookup.project(service: tasks, facts),
      locations: try lookup.locations(service: tasks), tasks: tasks,
      scheduler: try lookup.endpoint(.scheduler, universe: universe.value, credentials: credentials),
      pubsub: try lookup.endpoint(.pubsub, universe: universe.value, credentials: credentials),
      readOnly: lookup.readOnly, isProtected: lookup.isProtected, impersonate: lookup.impersonation,
      quotaProject: lookup.quotaProject(facts), universe: universe, iamEndpoint: try lookup.iamEndpoint(),
      resourceManager: ServiceEndpoint(
        url: try lookup.resourceManager(universe: universe.value), credentials: tasks.credentials),
      serviceAccount: lookup.serviceAccount, app: lookup.app, delimiter: lookup.delimiter,
      appEndpoint: try lookup.appEndpoint(), backupQueue: lookup.first(["DJANGO_CLOUD_TASKS_BACKUP_QUEUE_NAME"]),
      caFile: lookup.caFile)
  }

  /// The bundle of certificates alone: the network it is for may be needed to work out the rest.
  package static func caFile(
    flags: ContextFlags, environment: [String: String], configuration: Configuration, files: SettingsFiles
  ) throws(SettingsError) -> Sourced<String>? {
    let lookup = try Lookup(flags: flags, environment: environment, configuration: configuration, files: files)
    guard let found = lookup.caFile, !files.exists(found.value) else { return lookup.caFile }
    throw SettingsError(
      source: found.source, reason: "there is no file of certificates at \(found.value).",
      remedy: "Name a PEM file, or leave the setting out.")
  }
}
