// Where things are on the screen, for drawing and for the keys that depend on heights and widths.

import Terminal

/// The parts of the screen.
///
///     row 0        top bar: where, how fresh, what time
///     row 1        tabs, breadcrumb, counts
///     body         table (its first row are the headings) or page; on wide terminals the preview at the right
///                  the last column is the scroll bar
///     last row - 1 filter or notice; a long one takes rows above it
///     last row     the keys that matter here
struct ScreenLayout {
  /// Below this the screen says that it is too small.
  static let smallest = Size(columns: 40, rows: 10)
  private static let widthWithPreview = 160

  let size: Size

  /// Rows of the line above the footer; more than one where a failure and its remedy need them.
  let lineRows: Int

  init(size: Size, lineRows: Int = 1) { (self.size, self.lineRows) = (size, lineRows) }

  init(_ state: ConsoleState) {
    let rows = state.overlay?.field == nil ? BottomLines(state).rows : 1
    self.init(size: state.size, lineRows: max(1, min(rows, state.size.rows / 4)))
  }

  var isTooSmall: Bool { size.columns < Self.smallest.columns || size.rows < Self.smallest.rows }

  private var whole: Rect { Rect(column: 0, row: 0, columns: size.columns, rows: size.rows) }
  var bar: Rect { whole.row(0) }
  var tabs: Rect { whole.row(1) }
  var line: Rect { whole.row(size.rows - 2) }
  /// Above the line that is typed into: ways to go on with it.
  var offers: Rect { whole.row(size.rows - 3) }
  var footer: Rect { whole.row(size.rows - 1) }
  private var middle: Rect { whole.splitTop(2).rest.splitBottom(1 + lineRows).rest }
  var body: Rect { middle.splitRight(1).rest }
  /// Where the scroll bar is: the last column beside the body.
  var gutter: Rect { middle.splitRight(1).right }

  private var previewColumns: Int { size.columns >= Self.widthWithPreview ? min(90, size.columns * 2 / 5) : 0 }

  /// The table with its headings.
  var table: Rect { previewColumns == 0 ? body : body.splitRight(previewColumns).rest }
  var tableBody: Rect { table.splitTop(1).rest }
  var tableRows: Int { tableBody.rows }
  /// The frame of the preview, and its inside.
  var previewFrame: Rect? { previewColumns == 0 ? nil : body.splitRight(previewColumns).right }
  var preview: Rect? { previewFrame.map { $0.splitLeft(1).rest.inset(columns: 1, rows: 0) } }
  /// The text of a page.
  var page: Rect { body.inset(columns: 1) }
  /// Help.
  var overlay: Rect { body.centred(Size(columns: min(96, size.columns - 2), rows: min(40, size.rows - 4))) }
  /// The discard sheet.
  func sheet(_ choices: Int) -> Rect {
    body.centred(Size(columns: min(86, size.columns - 2), rows: min(choices + 7, size.rows - 4)))
  }
  /// Where a change is shown: title, page, buttons.
  var changeFrame: Rect { middle }
  var changeTitle: Rect { middle.row(0) }
  var changeButtons: Rect { middle.row(max(0, middle.rows - 1)) }
  var change: Rect { middle.splitTop(1).rest.splitBottom(2).rest.inset(columns: 1) }
  /// The theme picker.
  func picker(_ count: Int) -> Rect { body.centred(Size(columns: 44, rows: count + 4)) }
}
