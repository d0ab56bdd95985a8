// A handler: a named way to run a payload on this machine (DESIGN.md section 3).
//
// The nouns of a replay stand below LocalRun, which runs one, Operations, which
// plans and judges one, and Store, which remembers one: none of the three may
// import another.

import CloudModel

/// A named way to run a payload on this machine.
package struct Handler: Equatable, Sendable {
  package enum Kind: Equatable, Sendable {
    case http(HTTPHandler)
    case command(CommandHandler)
    case django(DjangoProject)

    /// As configuration files spell it.
    package var word: String {
      switch self {
      case .http: "http"
      case .command: "command"
      case .django: "django"
      }
    }
  }

  package var name: String
  package var kind: Kind
  /// How long a run may take; nil is the task's own deadline.
  package var timeout: Duration?
  /// Where it comes from, for people: `taskdeck.yaml:12`, `manage.py in /srv/shop`.
  package var source: String

  package init(_ name: String, _ kind: Kind, timeout: Duration? = nil, source: String) {
    (self.name, self.kind, self.timeout, self.source) = (name, kind, timeout, source)
  }

  /// Where it runs the payload, for people.
  package var place: String {
    switch kind {
    case .http(let http): http.base
    case .command(let command): command.words.joined(separator: " ")
    case .django(let project): project.directory
    }
  }
}

/// Sends what Cloud Tasks would send to a server that runs here.
package struct HTTPHandler: Equatable, Sendable {
  /// What takes the place of scheme, host and port of the task's URL: `http://127.0.0.1:8000`.
  package var base: String
  /// Sent besides those of the task, in their place where they have the same name.
  package var headers: [Header]
  /// Whether to attach an OIDC token signed by the emulator.
  package var wantsToken: Bool

  package init(base: String, headers: [Header] = [], wantsToken: Bool = false) {
    (self.base, self.headers, self.wantsToken) = (base, headers, wantsToken)
  }
}

/// A program, started without a shell.
package struct CommandHandler: Equatable, Sendable {
  /// The program and its arguments; `{class} {id} {queue} {payload-file}` in them are filled in.
  package var words: [String]
  /// Where it is started, and what a relative path of the program is relative to.
  package var directory: String
  /// On top of the environment of taskdeck.
  package var environment: [String: String]

  package init(words: [String], directory: String, environment: [String: String] = [:]) {
    (self.words, self.directory, self.environment) = (words, directory, environment)
  }
}

/// A Django project with its own interpreter.
package struct DjangoProject: Equatable, Sendable {
  /// The folder with manage.py, in full.
  package var directory: String
  /// The interpreter: a path, in full, or a name that PATH has.
  package var python: String
  /// The settings module; nil is what `DJANGO_SETTINGS_MODULE` of the environment says.
  package var settings: String?
  /// On top of the environment of taskdeck.
  package var environment: [String: String]
  /// Whether `process` is called, as the worker does, where nobody says which.
  package var callsProcess = false

  package init(directory: String, python: String, settings: String?, environment: [String: String] = [:]) {
    (self.directory, self.python, self.settings, self.environment) = (directory, python, settings, environment)
  }
}
