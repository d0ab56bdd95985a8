// What the person did, as the driver reports it.

/// One key press, paste, mouse action, or change of the terminal itself.
///
/// There is no Alt: terminals send it as ESC and a character, which is also what a slow line makes of Esc and a key
/// typed after it, and losing an Esc is worse than not having Alt.
package enum Key: Hashable, Sendable {
  /// A printable character; a blank is `.character(" ")`.
  case character(Character)
  /// A character typed with Ctrl: an upper-case letter or one of `@ \ ] ^ _`. Ctrl-I, Ctrl-M, Ctrl-J, Ctrl-H and Ctrl-[
  /// are the same bytes as Tab, Enter, Enter, Backspace and Esc, and are reported as those.
  case control(Character)
  case enter, escape, tab, backTab, backspace, delete, insert
  case up, down, left, right, pageUp, pageDown, home, end
  /// F1 is `.function(1)`.
  case function(Int)
  /// Text pasted in one go (bracketed paste): it is text, whatever keys its characters are bound to. Line ends are line
  /// feeds; otherwise as it came, so it must be sanitised like all foreign text.
  case paste(String)
  case mouse(Mouse)
  /// The terminal has another size now.
  case resize(Size)
  /// The terminal told the colour of its background, because it was asked.
  case background(Colour)
  /// The terminal is gone; no further key will come.
  case hangUp
}

/// A mouse action, reported only where the mouse is switched on.
package struct Mouse: Hashable, Sendable {
  package enum Action: Hashable, Sendable {
    case press, release, wheelUp, wheelDown
  }

  package let action: Action
  /// The cell under the pointer.
  package let position: Point

  package init(_ action: Action, at position: Point) {
    self.action = action
    self.position = position
  }
}
