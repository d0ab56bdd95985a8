// What a screen is: a table or a page, described by one value in one file.
//
// To add a screen, write a value that conforms to `TableScreen` or `PageScreen` (or to `ScreenView` itself), in the
// folder of its feature. Nothing else needs to know it: it is shown with `state.show(Screen(MyPage(name)))`. Its actions
// are declared beside it (`Actions/Action.swift`) and its tab, if it has one, in `Screens/Tab.swift`.

import CloudModel
import Foundation
import Terminal

/// What fills the screen between the bars.
protocol ScreenView: Equatable, Sendable {
  /// The tab it belongs to.
  var tab: Tab { get }
  /// About one thing, or a text; false for tables.
  var isPage: Bool { get }
  /// Where its keys are, the innermost first; `.moving` and `.everywhere` are added.
  var scopes: [Scope] { get }
  /// Where Esc and `q` go; nil on the first screen of a tab.
  var before: Screen? { get }
  /// The place in words, after the project.
  func crumbs(_ state: ConsoleState) -> [String]
  /// What has to be asked for while it is shown; the first lane is what it shows.
  func lanes(_ state: ConsoleState) -> [Lane]
  /// When what is shown was fetched; nil when nothing is.
  func shownAt(_ state: ConsoleState) -> Date?
  /// The failure of what is shown.
  func failure(_ state: ConsoleState) -> Failure?
  /// Counts, at the right of the tabs.
  func summary(_ state: ConsoleState) -> [Span]
  /// How far it is scrolled, for the scroll bar.
  func extent(_ state: ConsoleState, _ layout: ScreenLayout) -> ScrollExtent
  /// One of the scope `.moving`.
  func move(_ action: Action, _ state: inout ConsoleState)
  /// The wheel of the mouse, by so many lines.
  func scroll(by lines: Int, _ state: inout ConsoleState)
  /// A press of the mouse on a line of the screen puts the cursor there.
  func point(at line: Int, _ state: inout ConsoleState)
  /// Makes scroll positions and layouts fit; after every message.
  func arrange(_ state: inout ConsoleState, _ layout: ScreenLayout)
  func render(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame)
  /// Adds what changes on the screen as time goes by.
  func addTicks(
    _ cells: inout TickedCells, from before: Moment, to after: Moment, _ state: ConsoleState, _ layout: ScreenLayout)
  /// What wide terminals show beside it.
  func preview(_ state: ConsoleState) -> Document?
  /// Leaving for another screen.
  func leave(for next: Screen, _ state: inout ConsoleState) -> [Effect]
  /// Enter on the row under the cursor.
  func openRow(_ state: inout ConsoleState) -> [Effect]
  /// The queue that is meant by keys about queues.
  func queue(_ state: ConsoleState) -> QueueName?
  /// The page of the row under the cursor, with what the row tells until the rest is there.
  func opened(_ state: ConsoleState) -> OpenedPage?
  /// What `c` offers.
  func copies(_ state: ConsoleState) -> [Copy]
  /// What `D` offers; nil where there is nothing to discard.
  func discardSheet(_ state: ConsoleState) -> DiscardSheet?
}

/// A page that is to be opened.
struct OpenedPage {
  var screen: Screen
  var document: Document
  /// When what the document says was fetched.
  var at: Date?
}

/// How much there is, and which part of it is on the screen.
struct ScrollExtent: Equatable, Sendable {
  var offset = 0
  var height = 0
  var count = 0
}

extension ScreenView {
  var before: Screen? { nil }
  func preview(_ state: ConsoleState) -> Document? { nil }
  func addTicks(
    _ cells: inout TickedCells, from before: Moment, to after: Moment, _ state: ConsoleState, _ layout: ScreenLayout
  ) {}
  func point(at line: Int, _ state: inout ConsoleState) {}
  func scroll(by lines: Int, _ state: inout ConsoleState) {
    for _ in 0..<abs(lines) { move(lines > 0 ? .down : .up, &state) }
  }
  func leave(for next: Screen, _ state: inout ConsoleState) -> [Effect] { [] }
  func opened(_ state: ConsoleState) -> OpenedPage? { nil }
  func openRow(_ state: inout ConsoleState) -> [Effect] { state.openPage() }
  func queue(_ state: ConsoleState) -> QueueName? { nil }
  func copies(_ state: ConsoleState) -> [Copy] { [] }
  func discardSheet(_ state: ConsoleState) -> DiscardSheet? { nil }

  fileprivate func isEqual(to other: any ScreenView) -> Bool { self == other as? Self }
}

/// What fills the screen, as a value that can be compared.
struct Screen: Equatable, Sendable {
  let view: any ScreenView

  init(_ view: any ScreenView) { self.view = view }

  /// The view, when it is of this type.
  func `as`<View: ScreenView>(_ type: View.Type) -> View? { view as? View }

  var tab: Tab { view.tab }
  var isPage: Bool { view.isPage }

  static func == (left: Screen, right: Screen) -> Bool { left.view.isEqual(to: right.view) }
}

// MARK: - The screen of a state

extension ConsoleState {
  /// The lanes that the screen needs; the first one is what it shows.
  var activeLanes: [Lane] { screen.view.lanes(self) }
  var shownAt: Date? { screen.view.shownAt(self) }
  var shownFailure: Failure? { screen.view.failure(self) }

  /// The table of the tab on the screen.
  private var table: (any TableScreen)? {
    (screen.view as? any TableScreen) ?? screen.tab.screen.view as? any TableScreen
  }

  mutating func editTable(_ edit: TableEdit) { table?.edit(edit, &self) }
  /// What the table of the screen is remembered under.
  var tableName: String { table?.viewName ?? screen.tab.name }
  var filterText: String { table?.filterText(self) ?? "" }
  /// What is wrong with the filter that is typed.
  var filterProblem: FilterProblem? { table?.filterProblem(self) }
  /// `12 of 2,104`.
  var matchCount: String { table?.matchCount(self) ?? "" }
  /// The table of the screen is still arriving.
  var isTablePartial: Bool { table?.isPartial(self) ?? false }
  /// The marks in the table of the screen.
  var marks: Marks { table?.marks(self) ?? Marks() }
}
