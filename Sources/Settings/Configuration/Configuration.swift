// What the configuration files say, as values. Nothing here chooses: the context of a
// run is worked out in Context.swift, handlers and schedules where they are used.

import CloudModel

/// `config.yaml` and `taskdeck.yaml` together.
package struct Configuration: Sendable, Equatable {
  /// The files that were read, the one that wins first.
  package var files: [String] = []
  package var theme: Located<ThemeChoice>?
  /// `mouse: false` leaves the mouse to the terminal.
  package var mouse: Located<Bool>?
  /// `context:`, the one to take when nobody names one.
  package var defaultContext: Located<String>?
  /// In the order of the files.
  package var contexts: [ContextSettings] = []
  package var handlers: [HandlerSettings] = []
  /// The first that matches wins.
  package var replayRules: [ReplayRule] = []
  package var schedules: SchedulesSettings?
  package var keyChanges: [KeyChange] = []
  package var journal = JournalSettings()

  package init() {}

  /// No files at all.
  package static let none = Configuration()

  /// Everything but the contexts.
  package var withoutContexts: Configuration {
    var result = self
    (result.contexts, result.defaultContext) = ([], nil)
    return result
  }

  package func context(named name: String) -> ContextSettings? { contexts.first { $0.name == name } }
  package func handler(named name: String) -> HandlerSettings? { handlers.first { $0.name == name } }

  /// The first rule that a class matches; nil leaves the choice to the person.
  package func replayRule(forClass taskClass: String?) -> ReplayRule? {
    replayRules.first { $0.matches(taskClass) }
  }
}

/// `theme: dusk`, or `{dark: dusk, light: dawn}`.
package struct ThemeChoice: Sendable, Equatable {
  /// For a dark terminal.
  package var dark: String
  /// For a light one.
  package var light: String

  package init(dark: String, light: String) { (self.dark, self.light) = (dark, light) }

  /// Both, or the only one.
  package var names: [String] { dark == light ? [dark] : [dark, light] }

  /// The first that is not among those there are.
  package func missing(from themes: [String]) -> String? { names.first { !themes.contains($0) } }
}

/// One of `contexts:`; nil where the files say nothing.
package struct ContextSettings: Sendable, Equatable {
  package let name: String
  /// Where it is named; nil for one that no file has.
  package var place: FilePlace?
  package var project: Located<String>?
  package var locations: Located<[String]>?
  package var app: Located<String>?
  package var delimiter: Located<String>?
  /// Base of the app's task URLs.
  package var endpoint: Located<String>?
  package var isProtected: Located<Bool>?
  package var readOnly: Located<Bool>?
  /// Path of a credential file.
  package var credentials: Located<String>?
  package var impersonate: Located<String>?
  package var serviceAccount: Located<String>?
  package var quotaProject: Located<String>?
  /// Base URL of all three services, without credentials.
  package var emulator: Located<String>?
  /// Base URLs that keep credentials.
  package var tasksEndpoint: Located<String>?
  package var schedulerEndpoint: Located<String>?
  package var pubsubEndpoint: Located<String>?
  package var iamEndpoint: Located<String>?
  /// Path of a PEM bundle.
  package var caFile: Located<String>?
  /// What it is known by in the console: the name of a hue, or `#rrggbb`.
  package var colour: Located<String>?

  package init(name: String) { self.name = name }

  /// These settings, with `other`'s where they say nothing.
  func over(_ other: ContextSettings) -> ContextSettings {
    var result = self
    result.project = project ?? other.project
    result.locations = locations ?? other.locations
    result.app = app ?? other.app
    result.delimiter = delimiter ?? other.delimiter
    result.endpoint = endpoint ?? other.endpoint
    result.isProtected = isProtected ?? other.isProtected
    result.readOnly = readOnly ?? other.readOnly
    result.credentials = credentials ?? other.credentials
    result.impersonate = impersonate ?? other.impersonate
    result.serviceAccount = serviceAccount ?? other.serviceAccount
    result.quotaProject = quotaProject ?? other.quotaProject
    result.emulator = emulator ?? other.emulator
    result.tasksEndpoint = tasksEndpoint ?? other.tasksEndpoint
    result.schedulerEndpoint = schedulerEndpoint ?? other.schedulerEndpoint
    result.pubsubEndpoint = pubsubEndpoint ?? other.pubsubEndpoint
    result.iamEndpoint = iamEndpoint ?? other.iamEndpoint
    result.caFile = caFile ?? other.caFile
    result.colour = colour ?? other.colour
    return result
  }
}

/// A named way to run a payload on this machine.
package struct HandlerSettings: Sendable, Equatable {
  package let name: String
  /// Where it is named in the file.
  package let place: FilePlace
  package let kind: Kind
  /// How long a run may take; nil leaves it to the command.
  package let timeout: Duration?

  package enum Kind: Sendable, Equatable {
    case http(HTTPHandlerSettings)
    case command(CommandHandlerSettings)
    case django(DjangoHandlerSettings)
  }

  package init(name: String, place: FilePlace, kind: Kind, timeout: Duration? = nil) {
    (self.name, self.place, self.kind, self.timeout) = (name, place, kind, timeout)
  }

  /// Whether it starts a program.
  package var runsProgram: Bool {
    if case .http = kind { false } else { true }
  }
}

/// `{kind: http, base: URL, headers: {}, oidc: false}`.
package struct HTTPHandlerSettings: Sendable, Equatable {
  /// Without a slash at its end; path and query are those of the task's URL.
  package var base: String
  /// Sent besides those of the task.
  package var headers: [String: String] = [:]
  /// Whether an OIDC token signed by the emulator's key is sent.
  package var sendsToken = false

  package init(base: String) { self.base = base }
}

/// `{kind: command, run: [PROGRAM, ARGUMENT...], directory: DIR, environment: {}}`.
package struct CommandHandlerSettings: Sendable, Equatable {
  /// The program and its arguments, placeholders not yet filled in; never a shell's line.
  package var run: [String]
  /// Where it runs: absolute.
  package var directory: String
  /// Variables besides those of this process.
  package var environment: [String: String] = [:]

  package init(run: [String], directory: String) { (self.run, self.directory) = (run, directory) }
}

/// `{kind: django, directory: DIR, python: PROGRAM, settings: MODULE, environment: {}, process: false}`.
package struct DjangoHandlerSettings: Sendable, Equatable {
  /// The folder of manage.py: absolute.
  package var directory: String
  /// The interpreter; nil lets the runner look for the project's own.
  package var python: String?
  /// DJANGO_SETTINGS_MODULE; nil leaves what manage.py says.
  package var settings: String?
  package var environment: [String: String] = [:]
  /// Whether `process()` is called, as the worker does, instead of `run()`.
  package var callsProcess = false

  package init(directory: String) { self.directory = directory }
}

/// Which handler for which classes.
package struct ReplayRule: Sendable, Equatable {
  /// A glob of class names; nil matches every task.
  package var classPattern: String?
  package var handler: Located<String>

  package init(classPattern: String?, handler: Located<String>) {
    (self.classPattern, self.handler) = (classPattern, handler)
  }

  /// `*` stands for anything and `?` for one character; upper and lower case differ, as in Python's class names.
  package func matches(_ taskClass: String?) -> Bool {
    guard let classPattern else { return true }
    guard let taskClass else { return false }
    return globMatches(classPattern, taskClass)
  }
}

/// Where definitions of schedules come from.
package struct SchedulesSettings: Sendable, Equatable {
  package enum Source: Sendable, Equatable {
    /// The Django project of a handler.
    case django
    /// A definitions file: absolute.
    case file(String)
  }

  package var source: Located<Source>
  /// The django handler to read them with, where there are several.
  package var handler: Located<String>?

  package init(source: Located<Source>, handler: Located<String>? = nil) {
    (self.source, self.handler) = (source, handler)
  }
}

/// `journal: {keep: 90d, size: 2GiB}`: how long and how much of the trash is kept by itself.
package struct JournalSettings: Sendable, Equatable {
  /// Entries that are older go; nil for the default.
  package var keep: Located<Duration>?
  /// Bytes of trash, on disk, beyond which the oldest entries go; nil for the default.
  package var size: Located<Int>?

  /// 90 days.
  package var age: Duration { keep?.value ?? .seconds(90 * 86400) }
  /// 2 GiB.
  package var bytes: Int { size?.value ?? 2 << 30 }
  /// What is younger stays in any case: a trash that empties itself is none.
  package static let grace = Duration.seconds(7 * 86400)
}

/// One line of `keys:`.
package struct KeyChange: Sendable, Equatable {
  /// The action's name, not yet looked up.
  package var action: Located<String>
  /// The keys' names, not yet looked up; none takes the action off the keyboard.
  package var keys: [Located<String>]
}
