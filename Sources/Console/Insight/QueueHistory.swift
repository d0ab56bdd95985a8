// What the console has seen of a queue since it began to look: the service keeps no history that can be asked for.

import CloudModel
import Foundation

/// Samples of one queue, the oldest first.
package struct QueueHistory: Equatable, Sendable {
  struct Sample: Equatable, Sendable {
    var at: Date
    /// Dispatched in the minute before.
    var dispatched: Int?
    var tasks: Int?
    var failing: Int?
  }

  private(set) var samples: [Sample] = []

  /// As many as a sparkline is wide.
  private static let longest = 40
  private static let distance: TimeInterval = 4

  mutating func add(_ row: QueueRow, at moment: Date) {
    let sample = Sample(at: moment, dispatched: row.dispatchedLastMinute, tasks: row.tasks, failing: row.failing)
    if let last = samples.last, moment.timeIntervalSince(last.at) < Self.distance {
      samples[samples.count - 1].failing = sample.failing
      return
    }
    samples.append(sample)
    if samples.count > Self.longest { samples.removeFirst() }
  }

  /// Tasks that the queue grew by in a minute, below zero while it drains; nil before enough was seen.
  var growth: Double? {
    guard let first = samples.first(where: { $0.tasks != nil }), let last = samples.last(where: { $0.tasks != nil }),
      let before = first.tasks, let after = last.tasks, last.at.timeIntervalSince(first.at) >= 20
    else { return nil }
    return Double(after - before) * 60 / last.at.timeIntervalSince(first.at)
  }
}

/// Numbers as a line of bars.
enum Sparkline {
  private static let bars = Array("▁▂▃▄▅▆▇█")

  /// Each number as a bar against the largest; what is not known is a blank.
  static func text(_ values: [Int?]) -> String {
    let most = values.compactMap { $0 }.max() ?? 0
    return String(
      values.map { value -> Character in
        guard let value else { return " " }
        return most == 0 ? bars[0] : bars[min(bars.count - 1, value * bars.count / (most + 1))]
      })
  }

  /// A share as a bar of so many columns, in eighths.
  static func bar(_ share: Double, columns: Int) -> String {
    let eighths = Int((max(0, min(1, share)) * Double(columns) * 8).rounded())
    let full = String(repeating: "█", count: eighths / 8)
    return eighths % 8 == 0 ? full : full + ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
  }
}
