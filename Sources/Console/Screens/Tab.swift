// The tabs. Their digits are fixed by DESIGN.md section 6, so that a tab that is not there moves no other one: Queues 1,
// Tasks 2, Jobs 3, Schedule 4, Pub/Sub 5, Local 6, Journal 7.

import Terminal

/// A tab.
struct Tab: Sendable {
  let digit: Int
  let title: String
  /// Its name on the command line: `queues`.
  package let name: String
  /// What shows it; its name is `view.` and the tab's.
  let action: Action
  /// Its first screen.
  var screen: Screen { makeScreen() }
  private let makeScreen: @Sendable () -> Screen

  init(
    _ digit: Int, _ title: String, _ name: String, help: String, keys: [Key] = [], command: [String],
    screen: @escaping @Sendable () -> Screen
  ) {
    (self.digit, self.title, self.name, makeScreen) = (digit, title, name, screen)
    action = Action(
      "view.\(name)", title, help, keys: [.character(Character(String(digit)))] + keys, scope: .everywhere,
      command: command
    ) { state, action in
      Tab.all.first { $0.action == action }.map { state.showTab($0) } ?? []
    }
  }

  /// Those there are. A feature that has a tab adds it here.
  static let all: [Tab] = [.queues, .tasks, .jobs, .schedule, .pubsub, .journal]
}

extension ConsoleState {
  /// One screen of each table there is.
  static let tables: [any TableScreen] =
    Tab.all.compactMap { $0.screen.view as? any TableScreen } + [
      OverviewScreen(queue: nil), ContextsScreen(tab: .queues),
    ]
}

extension Tab: Hashable {
  static func == (left: Tab, right: Tab) -> Bool { left.digit == right.digit }
  func hash(into hasher: inout Hasher) { hasher.combine(digit) }
}

extension Tab {
  static let queues = Tab(
    1, "Queues", "queues", help: "Show the queues.", command: ["queues", "list"]
  ) { Screen(QueuesScreen()) }

  static let tasks = Tab(
    2, "Tasks", "tasks", help: "Show the tasks of the queue under the cursor, or of the one seen last.",
    command: ["tasks", "list"]
  ) { Screen(TasksScreen()) }

  static let jobs = Tab(
    3, "Jobs", "jobs", help: "Show the Cloud Scheduler jobs.", command: ["jobs", "list"]
  ) { Screen(JobsScreen()) }

  static let journal = Tab(
    7, "Journal", "journal", help: "Show what was changed, to undo or resume it.", keys: ["@"],
    command: ["journal", "list"]
  ) { Screen(JournalScreen()) }
}
