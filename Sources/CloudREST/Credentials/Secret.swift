// Text that must not be printed: whatever holds secrets holds them as this, so that
// no `print`, `dump`, failed test or crash report of the holder shows them.

/// A secret. Prints as such; only code that asks for `value` sees it.
struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  let value: String

  init(_ value: String) {
    self.value = value
  }

  var description: String { "(secret)" }
  var debugDescription: String { description }
  var customMirror: Mirror { Mirror(self, children: [:]) }
}
