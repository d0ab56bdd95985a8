// One of `handlers:`.

import Foundation

extension HandlerSettings {
  private enum KindName: String, CaseIterable {
    case http, command, django
  }

  /// What each kind may say, besides `kind` and `timeout`.
  private static func keys(of kind: KindName) -> [String] {
    switch kind {
    case .http: ["base", "headers", "oidc"]
    case .command: ["run", "directory", "environment"]
    case .django: ["directory", "python", "settings", "environment", "process"]
    }
  }

  init?(_ name: String, _ key: YAMLNode, _ node: YAMLNode) {
    let kinds = node.entries.first { $0.name == "kind" }?.value
    guard let kinds else {
      node.fault("a handler has a kind", remedy: "Write kind: http, kind: command or kind: django.")
      return nil
    }
    guard let kind = kinds.word("kind of handler", as: KindName.self), key.name != nil else { return nil }
    let map = node.mapping(
      keys: ["kind", "timeout"] + Self.keys(of: kind), what: "key of handlers of kind \(kind.rawValue)")
    guard let settings = Self.settings(kind, map, node) else { return nil }
    self.init(name: name, place: key.place, kind: settings, timeout: map["timeout"]?.span)
  }

  private static func settings(_ kind: KindName, _ map: YAMLMapping, _ node: YAMLNode) -> Kind? {
    switch kind {
    case .http: http(map).map(Kind.http)
    case .command: command(map, node).map(Kind.command)
    case .django: .django(django(map, node))
    }
  }

  private static func http(_ map: YAMLMapping) -> HTTPHandlerSettings? {
    let remedy = "Write base: \"http://127.0.0.1:8000\"."
    let base = map.required("base", else: "an http handler has a base", remedy: remedy)
    guard let url = base?.baseURL else { return nil }
    var settings = HTTPHandlerSettings(base: url)
    settings.headers = map["headers"]?.dictionary ?? [:]
    settings.sendsToken = map["oidc"]?.bool ?? false
    return settings
  }

  private static func command(_ map: YAMLMapping, _ node: YAMLNode) -> CommandHandlerSettings? {
    let remedy = "Write run: [\"./replay.sh\", \"{class}\"]."
    guard let run = map.required("run", else: "a command handler says what to run", remedy: remedy) else { return nil }
    guard run.isList, let first = run.items.first, let program = first.program else {
      // A line of a shell would want quoting rules, and then somebody's payload in them.
      if !run.isList || run.items.isEmpty {
        run.fault("run is a list: the program and its arguments", remedy: "Write [\"./replay.sh\", \"{class}\"].")
      }
      return nil
    }
    let arguments = run.items.dropFirst().compactMap(\.text)
    var settings = CommandHandlerSettings(run: [program] + arguments, directory: map.folder("directory", node))
    settings.environment = map["environment"]?.dictionary ?? [:]
    return settings
  }

  private static func django(_ map: YAMLMapping, _ node: YAMLNode) -> DjangoHandlerSettings {
    var settings = DjangoHandlerSettings(directory: map.folder("directory", node))
    settings.python = map["python"]?.program
    settings.settings = map["settings"]?.string
    settings.environment = map["environment"]?.dictionary ?? [:]
    settings.callsProcess = map["process"]?.bool ?? false
    return settings
  }
}

extension YAMLMapping {
  /// The folder a key names, else the file's own.
  fileprivate func folder(_ key: String, _ node: YAMLNode) -> String {
    self[key]?.path ?? URL(fileURLWithPath: node.place.file).deletingLastPathComponent().standardizedFileURL.path
  }
}
