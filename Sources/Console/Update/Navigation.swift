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
    if let visit = trail.popLast() { return comeBack(to: visit) }
    guard let before = screen.view.before else { return quits ? [.quit] : [] }
    return show(before, isBack: true)
  }

  /// Whether `q` goes back; else it quits.
  var canGoBack: Bool { !trail.isEmpty || screen.view.before != nil }

  /// - Parameter isBack: what is left is not come back to.
  mutating func show(_ next: Screen, isBack: Bool = false) -> [Effect] {
    var effects: [Effect] = []
    if screen != next {
      if !isBack { leaveTrail() }
      effects += screen.view.leave(for: next, &self)
    }
    if screen.isPage || next.isPage { effects += abandon(.page) }
    if next != .tasks { effects += abandon(.preview) }
    screen = next
    return effects
  }

  /// A tab by its key: what was gone through before it is forgotten, so that `q` is never far from the end.
  mutating func showTab(_ tab: Tab) -> [Effect] {
    let effects = tab == .tasks ? showTasks() : show(tab.screen)
    trail = []
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
    let isAnother = queue != openQueue
    if isAnother {
      if screen == .tasks { leaveTrail() }
      effects += abandon(.tasks)
      exchangeTasks(for: queue)
      previewedTask = nil
      partials[.tasks] = nil
    }
    effects += show(.tasks)
    // A filter that only whole tasks can answer is asked again; until then it lets nothing through.
    return isAnother ? effects + lookIntoTasks() : effects
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
    let (before, trail) = (screen, trail)
    if let kept = screen.as(KeptPage.self) {
      guard let next = kept.neighbour(step, self) else { return [.bell] }
      let effects = openKept(next)
      self.trail = trail
      return effects
    }
    editTable(.move(by: step))
    let effects = openPage()
    self.trail = trail
    return screen == before ? effects + [.bell] : effects
  }
}

// MARK: - Where one came from

/// A place one can come back to.
struct Visit: Equatable, Sendable {
  var screen: Screen
  /// The queue whose tasks were shown.
  var queue: QueueName?
  var page: PageState
}

extension ConsoleState {
  /// More than anybody goes back through.
  private static let longestTrail = 50

  private mutating func leaveTrail() {
    trail.append(Visit(screen: screen, queue: openQueue, page: page))
    if trail.count > Self.longestTrail { trail.removeFirst() }
  }

  private mutating func comeBack(to visit: Visit) -> [Effect] {
    let trail = trail
    var effects: [Effect] = []
    if let queue = visit.queue, queue != openQueue, visit.screen.tab == .tasks { effects += openTasks(of: queue) }
    effects += show(visit.screen, isBack: true)
    self.trail = trail
    guard visit.screen.isPage else { return effects }
    page = visit.page
    if visit.screen.as(LogPage.self) == nil { lanes[.page] = LaneState(isForced: true) }
    return effects
  }
}
