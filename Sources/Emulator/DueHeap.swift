// The queued tasks of one queue in the order in which they are due.
//
// Every task knows its place here, so one that is deleted leaves at once. A heap
// that keeps what was deleted has to be built anew now and then, and with a
// million tasks that was the longest hold-up of the whole emulator.

import CloudModel

/// A binary heap of tasks, the earliest first; equal times in the order of creation.
struct DueHeap {
  private struct Entry {
    let due: Moment
    /// Not counted: the queue's log holds every task that is here, and a task leaves this heap before it leaves the log.
    /// So a heap of a million tasks is emptied without touching one of them.
    let task: Unmanaged<StoredTask>

    func precedes(_ other: Entry) -> Bool {
      if due != other.due { return due < other.due }
      return task._withUnsafeGuaranteedRef { $0.sequence } < other.task._withUnsafeGuaranteedRef { $0.sequence }
    }
  }

  private var entries: [Entry] = []

  var count: Int { entries.count }

  /// When the earliest task is due.
  var firstDue: Moment? { entries.first?.due }

  /// Adds a task that is not here, at its schedule.
  mutating func insert(_ task: StoredTask) {
    let entry = Entry(due: task.schedule, task: .passUnretained(task))
    entries.append(entry)
    rise(entry, from: entries.count - 1)
  }

  mutating func removeFirst() -> StoredTask? {
    guard let first = entries.first?.task.takeUnretainedValue() else { return nil }
    remove(first)
    return first
  }

  /// Takes a task out, if it is here.
  mutating func remove(_ task: StoredTask) {
    guard task.duePlace >= 0 else { return }
    let place = Int(task.duePlace)
    task.duePlace = -1
    let last = entries.removeLast()
    guard place < entries.count else { return }
    if place > 0, last.precedes(entries[(place - 1) / 2]) {
      rise(last, from: place)
    } else {
      sink(last, from: place)
    }
  }

  /// Forgets all tasks, which must go as well: their places mean nothing any more.
  mutating func removeAll() { entries = [] }

  private mutating func rise(_ entry: Entry, from start: Int) {
    var place = start
    while place > 0 {
      let parent = (place - 1) / 2
      guard entry.precedes(entries[parent]) else { break }
      put(entries[parent], at: place)
      place = parent
    }
    put(entry, at: place)
  }

  private mutating func sink(_ entry: Entry, from start: Int) {
    var place = start
    while true {
      var child = 2 * place + 1
      guard child < entries.count else { break }
      if child + 1 < entries.count, entries[child + 1].precedes(entries[child]) { child += 1 }
      guard entries[child].precedes(entry) else { break }
      put(entries[child], at: place)
      place = child
    }
    put(entry, at: place)
  }

  private mutating func put(_ entry: Entry, at place: Int) {
    entries[place] = entry
    entry.task._withUnsafeGuaranteedRef { $0.duePlace = Int32(place) }
  }
}
