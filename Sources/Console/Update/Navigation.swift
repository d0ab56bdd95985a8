// From screen to screen.

import CloudModel
import Foundation
import Terminal

extension ConsoleState {
  mutating func go(by step: Int) -> [Effect] {
    let tabs = Tab.all
    guard let place = tabs.firstIndex(of: screen.tab) else { return [] }
    let next = tabs[(place + step + tabs.count) % tabs.count].action
    return next.run(&self, next)
  }

  /// Esc clears the filter before it leaves; only `q` quits.
  mutating func goBack(quits: Bool) -> [Effect] {
    if !quits, !screen.isPage, !filterText.isEmpty {
      editTable(.filter("", now))
      return []
    }
    guard let before = screen.view.before else { return quits ? [.quit] : [] }
    return show(before)
  }

  mutating func show(_ next: Screen) -> [Effect] {
    var effects: [Effect] = []
    if screen != next { effects += screen.view.leave(for: next, &self) }
    if screen.isPage || next.isPage { effects += abandon(.page) }
    if next != .tasks { effects += abandon(.preview) }
    screen = next
    return effects
  }

  /// From the queues it is the queue under the cursor; from elsewhere the one seen last.
  mutating func showTasks() -> [Effect] {
    let isOnQueues = screen.tab == .queues
    guard let queue = isOnQueues ? queues.current?.name : openQueue ?? queues.current?.name else { return show(.tasks) }
    return openTasks(of: queue)
  }

  mutating func openTasks(of queue: QueueName) -> [Effect] {
    var effects: [Effect] = []
    if queue != openQueue {
      effects += abandon(.tasks)
      openQueue = queue
      tasks.clear()
      previewedTask = nil
      partials[.tasks] = nil
    }
    return effects + show(.tasks)
  }

  /// The log of requests, over whatever is shown.
  mutating func showLog() -> [Effect] {
    if screen.as(LogPage.self) != nil { return [] }
    let effects = show(Screen(LogPage(tab: screen.tab)))
    page = PageState()
    return effects
  }

  // MARK: Opening the row under the cursor

  /// Opens the page of the row under the cursor, with what the row tells until the rest is there.
  mutating func openPage() -> [Effect] {
    if screen.as(ContextsScreen.self) != nil {
      say("\(keys.names(for: .contextUse)) goes there; `taskdeck contexts show NAME` prints every setting.")
      return []
    }
    guard let opened = screen.tab.screen.view.opened(self), opened.screen != screen else { return [] }
    let effects = show(opened.screen)
    page = PageState(content: .loading(last: Dated(opened.document, at: opened.at ?? now)))
    lanes[.page] = LaneState(isForced: true)
    return effects
  }

  /// The page about a row beside the one that is open.
  mutating func openPage(beside step: Int) -> [Effect] {
    let before = screen
    editTable(.move(by: step))
    let effects = openPage()
    return screen == before ? effects + [.bell] : effects
  }
}

extension Sort {
  var reversed: Sort { Sort(title, descending: !isDescending) }
}
