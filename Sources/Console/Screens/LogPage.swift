// The requests that were sent, over whatever was shown.

import Foundation
import Terminal

struct LogPage: PageScreen {
  /// The tab to go back to.
  let tab: Tab

  var before: Screen? { tab.screen }
  func crumbs(_ state: ConsoleState) -> [String] { ["requests"] }
  func lanes(_ state: ConsoleState) -> [Lane] { tab.screen.view.lanes(state) }
  func failure(_ state: ConsoleState) -> Failure? { nil }

  func arrange(_ state: inout ConsoleState, _ layout: ScreenLayout) {
    if state.page.requests != state.log.total {
      state.page.take(Dated(Document(state.log, zone: state.zone), at: state.now))
      state.page.requests = state.log.total
    }
    state.page.arrange(layout.page)
  }
}
