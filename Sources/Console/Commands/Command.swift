// What can be written on the command line. The names of tabs and of actions are commands by themselves; a feature adds
// others to `Command.all`.

import CloudModel
import Foundation
import Terminal

/// A word of the command line and what it does.
struct Command: Sendable {
  let name: String
  let aliases: [String]
  /// As it is explained: `[QUEUE] [/FILTER] [@CONTEXT]`.
  let arguments: String
  let help: String
  /// Words that can follow the name.
  let words: @Sendable (ConsoleState) -> [String]
  let run: @Sendable (inout ConsoleState, CommandArguments) -> Result<[Effect], CommandProblem>

  init(
    _ name: String, _ aliases: [String] = [], arguments: String = "", help: String,
    words: @escaping @Sendable (ConsoleState) -> [String] = { _ in [] },
    run: @escaping @Sendable (inout ConsoleState, CommandArguments) -> Result<[Effect], CommandProblem>
  ) {
    (self.name, self.aliases, self.arguments, self.help) = (name, aliases, arguments, help)
    (self.words, self.run) = (words, run)
  }
}

/// Why a command is not done.
struct CommandProblem: Error, Equatable {
  var reason: String

  init(_ reason: String) { self.reason = sanitised(reason) }
}

/// What follows a command's name: `orders /class:Sync* dispatches>=5 @prod`.
struct CommandArguments: Equatable {
  var words: [String] = []
  /// From the first word that begins with `/` to the end, or to the context.
  var filter: String?
  var context: String?

  init(_ text: String) {
    var filter: [String] = []
    for word in text.split(separator: " ").map(String.init) {
      if word.hasPrefix("@"), word.count > 1, !filter.contains(where: { $0.contains("\"") }) {
        context = String(word.dropFirst())
      } else if !filter.isEmpty {
        filter.append(word)
      } else if word.hasPrefix("/") {
        filter.append(String(word.dropFirst()))
      } else {
        words.append(word)
      }
    }
    if !filter.isEmpty { self.filter = filter.joined(separator: " ") }
  }
}

extension Command {
  static let all: [Command] =
    Tab.all.map(Command.init) + [
      quit, theme, filter, save, forget, export, overview, create, context, reload, pace, flash, log, help,
    ]

  /// A tab by its name.
  private init(_ tab: Tab) {
    let takesQueue = tab == .tasks
    self.init(
      tab.name, arguments: takesQueue ? "[QUEUE] [/FILTER]" : "[/FILTER]", help: tab.action.help,
      words: { takesQueue ? $0.queues.rows.map(\.name.id) : [] }
    ) { state, arguments in
      var effects: [Effect] = []
      // A jump is come back from, unlike a tab that is chosen by its key.
      if takesQueue, let word = arguments.words.first {
        switch state.queue(named: word) {
        case .success(let name): effects += state.openTasks(of: name)
        case .failure(let problem): return .failure(problem)
        }
      } else {
        effects += takesQueue ? state.showTasks() : state.show(tab.screen)
      }
      guard let filter = arguments.filter else { return .success(effects) }
      effects += state.applyFilter(filter)
      // The line is closed, so what is wrong is shown in the one that is for filters.
      if state.filterProblem != nil { state.overlay = FilterLine(state) }
      return .success(effects)
    }
  }

  private static let quit = Command("q", ["quit", "exit"], help: "Leave.") { _, _ in .success([.quit]) }

  private static let help = Command("help", help: "Show and search all keys.") { state, _ in
    .success(state.perform(.help))
  }

  private static let log = Command("log", ["requests"], help: Action.log.help) { state, _ in
    .success(state.perform(.log))
  }

  private static let theme = Command(
    "theme", arguments: "NAME", help: "Draw with a theme.", words: { $0.themes.map(\.name) }
  ) { state, arguments in
    guard let name = arguments.words.first else { return .success(state.perform(.theme)) }
    guard state.themes.contains(where: { $0.name == name }) else {
      return .failure(CommandProblem(unknown("theme", name, among: state.themes.map(\.name))))
    }
    return .success(state.use(theme: name))
  }

  private static let filter = Command(
    "filter", arguments: "NAME", help: "Filter by what was saved under a name.",
    words: { ($0.memory.savedFilters[$0.tableName] ?? [:]).keys.sorted() }
  ) { state, arguments in
    let saved = state.memory.savedFilters[state.tableName] ?? [:]
    guard let name = arguments.words.first else { return .success(state.perform(.filter)) }
    guard let text = saved[name] else {
      return .failure(CommandProblem(unknown("saved filter", name, among: Array(saved.keys))))
    }
    return .success(state.applyFilter(text))
  }

  private static let save = Command(
    "save", arguments: "NAME", help: "Save the filter of this table under a name."
  ) { state, arguments in
    guard let name = arguments.words.first else { return .failure(CommandProblem("save wants a name: save NAME")) }
    guard !state.filterText.isEmpty else { return .failure(CommandProblem("there is no filter to save; / filters")) }
    state.say("Saved: filter \(name) brings it back.")
    return .success(state.remember(.savedFilter(state.tableName, name: name, state.filterText)))
  }

  private static let forget = Command(
    "forget", arguments: "NAME", help: "Forget a saved filter.",
    words: { ($0.memory.savedFilters[$0.tableName] ?? [:]).keys.sorted() }
  ) { state, arguments in
    let saved = state.memory.savedFilters[state.tableName] ?? [:]
    guard let name = arguments.words.first, saved[name] != nil else {
      return .failure(CommandProblem(unknown("saved filter", arguments.words.first ?? "", among: Array(saved.keys))))
    }
    return .success(state.remember(.savedFilter(state.tableName, name: name, nil)))
  }

  static func unknown(_ noun: String, _ name: String, among known: [String]) -> String {
    if let near = nearest(name, among: known) { return "no \(noun) is called \(name); did you mean \(near)?" }
    guard !known.isEmpty else { return "there is no \(noun)" }
    let shown = known.sorted().prefix(8).joined(separator: ", ")
    return "no \(noun) is called \(name); there are \(shown)\(known.count > 8 ? " and more" : "")"
  }
}

// MARK: - Finding and running

extension Command {
  static func named(_ name: String) -> Command? { all.first { $0.name == name || $0.aliases.contains(name) } }

  /// The only command that begins like this.
  fileprivate static func beginning(with name: String) -> Command? {
    let found = all.filter { $0.name.hasPrefix(name) }
    return found.count == 1 ? found[0] : nil
  }

  /// Ways to go on with the word under the cursor.
  static func offers(for field: TextField, _ state: ConsoleState) -> [Offer] {
    let before = field.beforeCursor
    let start = before.lastIndex(of: " ").map { before.distance(from: before.startIndex, to: $0) + 1 } ?? 0
    let word = String(before.dropFirst(start))
    let range = start..<field.cursor
    if start == 0 {
      let commands = all.map { Offer(range: range, text: $0.name, detail: "\($0.arguments)  \($0.help)") }
      let actions = word.contains(".") ? Action.allCases.map { ($0.rawValue, $0.help) } : []
      let offers = commands + actions.map { Offer(range: range, text: $0.0, detail: $0.1) }
      return offers.filter { $0.text.hasPrefix(word.lowercased()) && $0.text != word }
    }
    if word.hasPrefix("@") {
      return state.contexts.map { Offer(range: range, text: "@\($0)", detail: "context") }
        .filter { $0.text.hasPrefix(word) && $0.text != word }
    }
    guard let command = named(String(before.prefix { $0 != " " })), !before.contains(" /") else { return [] }
    return command.words(state).filter { $0.lowercased().hasPrefix(word.lowercased()) && $0 != word }.prefix(100).map {
      Offer(range: range, text: $0, detail: command.help)
    }
  }
}

extension ConsoleState {
  mutating func run(command text: String) -> Result<[Effect], CommandProblem> {
    let name = String(text.prefix { $0 != " " })
    let arguments = CommandArguments(String(text.dropFirst(name.hasPrefix("@") ? 0 : name.count)))
    if let context = arguments.context, Command.named(name)?.name != Command.context.name {
      let rest = text.split(separator: " ").filter { $0 != "@\(context)" }.joined(separator: " ")
      if context == self.context.name, name.hasPrefix("@") { return rest.isEmpty ? .success([]) : run(command: rest) }
      if context != self.context.name {
        return switching(to: context).map { goTo(context: context, then: rest) }
      }
    }
    if let command = Command.named(name) ?? Command.beginning(with: name) { return command.run(&self, arguments) }
    if let action = Action.named(name) { return run(action) }
    let known = Command.all.flatMap { [$0.name] + $0.aliases } + Action.allCases.map(\.rawValue)
    let near = nearest(name, among: known).map { "; did you mean \($0)?" } ?? "; Tab shows what there is"
    return .failure(CommandProblem("there is no command \(name)\(near)"))
  }

  private mutating func run(_ action: Action) -> Result<[Effect], CommandProblem> {
    if let refusal = refusal(of: action, in: scopes) { return .failure(CommandProblem("\(action.title): \(refusal)")) }
    return .success(action.run(&self, action))
  }

  /// A queue by its ID, or by `location/ID`; before the list has come any ID is taken at its word.
  func queue(named word: String) -> Result<QueueName, CommandProblem> {
    let found = queues.rows.map(\.name).first { $0.id == word || "\($0.parent.location)/\($0.id)" == word }
    if let found { return .success(found) }
    guard queues.content.latest == nil, let location = context.locations.first else {
      return .failure(CommandProblem(Command.unknown("queue", word, among: queues.rows.map(\.name.id))))
    }
    do {
      return .success(try QueueName(parent: LocationName(project: context.project, location: location), id: word))
    } catch {
      return .failure(CommandProblem("\(word) is no queue ID"))
    }
  }
}
