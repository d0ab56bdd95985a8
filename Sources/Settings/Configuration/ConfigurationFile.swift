// One configuration file, read.

import CloudModel
import Foundation

/// Which of the two files it is.
package enum ConfigurationScope: Sendable {
  /// `config.yaml`: the person's own.
  case user
  /// `taskdeck.yaml`: found upward from the working directory, so perhaps somebody else's.
  case project
}

extension Configuration {
  private static let keys = [
    "theme", "mouse", "contexts", "context", "handlers", "replay", "schedules", "keys", "journal",
  ]

  /// Reads the text of a file.
  package init(_ text: String, file: String, scope: ConfigurationScope, home: String?) throws(FileFaults) {
    self = try YAMLReader.read(text, file: file, home: home) { root in
      let top = root.mapping(keys: Self.keys)
      var result = Configuration()
      result.files = [file]
      result.theme = top["theme"].flatMap(ThemeChoice.read)
      result.mouse = top["mouse"].flatMap { $0.located($0.bool) }
      result.defaultContext = top["context"].flatMap { $0.located($0.string) }
      result.contexts = top["contexts"]?.entries.map { ContextSettings($0.name, $0.key, $0.value, scope) } ?? []
      result.handlers = top["handlers"]?.entries.compactMap { HandlerSettings($0.name, $0.key, $0.value) } ?? []
      result.replayRules = top["replay"]?.items.compactMap(ReplayRule.read) ?? []
      result.schedules = top["schedules"].flatMap(SchedulesSettings.read)
      result.keyChanges = top["keys"]?.entries.map(KeyChange.read) ?? []
      result.journal = top["journal"].map(JournalSettings.read) ?? JournalSettings()
      return result
    }
  }

  /// These settings with `other`'s where they say nothing. Contexts are put together key by key, handlers whole.
  package func over(_ other: Configuration) -> Configuration {
    var result = self
    result.files += other.files
    result.theme = theme ?? other.theme
    result.mouse = mouse ?? other.mouse
    result.defaultContext = defaultContext ?? other.defaultContext
    result.contexts = contexts.map { own in other.context(named: own.name).map(own.over) ?? own }
    result.contexts += other.contexts.filter { context(named: $0.name) == nil }
    result.handlers += other.handlers.filter { handler(named: $0.name) == nil }
    result.replayRules += other.replayRules
    result.schedules = schedules ?? other.schedules
    result.journal.keep = journal.keep ?? other.journal.keep
    result.journal.size = journal.size ?? other.journal.size
    let changed = Set(keyChanges.map(\.action.value))
    result.keyChanges += other.keyChanges.filter { !changed.contains($0.action.value) }
    return result
  }

  /// Checks what one part says of another, once all files are there.
  package func checkReferences() throws(FileFaults) {
    var faults: [FileFault] = []
    let known = handlers.map(\.name)
    let named = replayRules.map(\.handler) + [schedules?.handler].compactMap { $0 }
    for name in named where !known.contains(name.value) { faults.append(Self.unknown("handler", name, known)) }
    if let wanted = defaultContext, context(named: wanted.value) == nil {
      faults.append(Self.unknown("context", wanted, contexts.map(\.name)))
    }
    if let handler = schedules?.handler, let found = self.handler(named: handler.value) {
      if case .django = found.kind {
      } else {
        faults.append(FileFault(at: handler.place, "\(handler.value) is not a handler of kind django"))
      }
    }
    if let first = faults.first { throw FileFaults(first, Array(faults.dropFirst())) }
  }

  private static func unknown(_ what: String, _ name: Located<String>, _ known: [String]) -> FileFault {
    let near = nearest(name.value, among: known)
    return FileFault(
      at: name.place, "unknown \(what) \"\(name.value)\"" + (near.map { "; did you mean \"\($0)\"?" } ?? ""),
      remedy: near.map { "Write \($0)." }
        ?? (known.isEmpty ? "No \(what) is configured." : "There are: \(known.joined(separator: ", "))."))
  }

  /// The first place that names a program this would start.
  package var program: FilePlace? {
    if let handler = handlers.first(where: \.runsProgram) { return handler.place }
    if case .django? = schedules?.source.value { return schedules?.source.place }
    return nil
  }
}

extension YAMLNode {
  func located<Value: Sendable & Equatable>(_ value: Value?) -> Located<Value>? { value.map { Located($0, at: place) } }

  /// A base URL without a slash at its end.
  var baseURL: String? {
    guard let text = string else { return nil }
    if let url = BaseURL.read(text) { return url }
    fault("\"\(text)\" is not a base URL", remedy: BaseURL.remedy)
    return nil
  }

  /// A name that control characters would spoil.
  var name: String? {
    guard let text = string else { return nil }
    if text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) { return text }
    fault("a name holds no control characters")
    return nil
  }
}

extension ThemeChoice {
  fileprivate static func read(_ node: YAMLNode) -> Located<ThemeChoice>? {
    guard node.isMapping else { return node.located(node.name.map { ThemeChoice(dark: $0, light: $0) }) }
    let map = node.mapping(keys: ["dark", "light"])
    let (dark, light) = (map["dark"]?.name, map["light"]?.name)
    guard let either = dark ?? light else {
      node.fault("a theme is a name, or {dark: NAME, light: NAME}")
      return nil
    }
    return node.located(ThemeChoice(dark: dark ?? either, light: light ?? either))
  }
}

extension ReplayRule {
  fileprivate static func read(_ node: YAMLNode) -> ReplayRule? {
    let map = node.mapping(keys: ["class", "handler"])
    let remedy = "Write {class: \"Sync*\", handler: NAME}."
    guard let handler = map.required("handler", else: "a replay rule names its handler", remedy: remedy) else {
      return nil
    }
    return handler.located(handler.string).map { ReplayRule(classPattern: map["class"]?.string, handler: $0) }
  }
}

extension SchedulesSettings {
  fileprivate static func read(_ node: YAMLNode) -> SchedulesSettings? {
    let map = node.mapping(keys: ["source", "handler"])
    let remedy = "Write {source: django} or {source: schedules.yaml}."
    guard let source = map.required("source", else: "schedules name their source", remedy: remedy) else { return nil }
    let found: Source? = source.string == "django" ? .django : source.path.map(Source.file)
    let handler = map["handler"].flatMap { $0.located($0.string) }
    return source.located(found).map { SchedulesSettings(source: $0, handler: handler) }
  }
}

extension JournalSettings {
  fileprivate static func read(_ node: YAMLNode) -> JournalSettings {
    let map = node.mapping(keys: ["keep", "size"])
    return JournalSettings(
      keep: map["keep"].flatMap { $0.located($0.span) }, size: map["size"].flatMap { $0.located($0.bytes) })
  }
}

extension KeyChange {
  fileprivate static func read(_ name: String, _ key: YAMLNode, _ value: YAMLNode) -> KeyChange {
    let isDisabled = !value.isList && value.string == "<disabled>"
    let nodes = isDisabled ? [] : value.isList ? value.items : [value]
    if value.isList, nodes.isEmpty { value.fault("no key", remedy: "Write \"<disabled>\" to take the action off.") }
    return KeyChange(
      action: Located(name, at: key.place), keys: nodes.compactMap { node in node.located(node.string) })
  }
}
