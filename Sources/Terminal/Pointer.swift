// What lies under the pointer.
//
// Whoever draws something that can be pressed says so while drawing it, so that places are worked out once.

/// What a press of the mouse on an area means.
package enum PointerTarget: Hashable, Sendable {
  /// A line of the list that has the cursor, counted from the first on the screen.
  case line(Int)
  /// The heading of a column, by its position in the table's list.
  case heading(Int)
  /// A way to go on with what is typed, by its position.
  case offer(Int)
  /// What starts an action, by the action's name.
  case action(String)
}

/// An area of a frame that can be pressed.
struct PointerArea: Hashable, Sendable {
  let area: Rect
  let target: PointerTarget
}

extension Frame {
  /// Says what a press on an area means; what is said later lies above.
  package mutating func target(_ area: Rect, _ target: PointerTarget) {
    let area = bounds.intersection(area)
    if !area.isEmpty { pointerAreas.append(PointerArea(area: area, target: target)) }
  }

  /// What a press at a point means.
  package func target(at point: Point) -> PointerTarget? {
    pointerAreas.last { $0.area.contains(point) }?.target
  }

  /// Nothing that was drawn so far can be pressed: something lies over it.
  package mutating func forgetTargets() { pointerAreas = [] }
}
