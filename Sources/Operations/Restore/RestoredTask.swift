// From a task as it was read to a task that can be created again.

import CloudModel
import Foundation
import JournalModel

extension CloudTask {
  /// Reads a task from the trash.
  init(content: Data) throws(JSONError) {
    self = try JSONReader.read(content) { reader throws(JSONError) in try CloudTask(&reader) }
  }

  /// The same task as a request to create it: without what only the service sets (cloudtasks v2 `Task`: createTime, the
  /// counts, the attempts and the view are output only) and without a schedule time that has passed.
  func recreated(as name: TaskName, now: Timestamp) -> CloudTask {
    var task = CloudTask(name: name)
    task.target = target.withoutServiceHeaders
    task.scheduleTime = scheduleTime.flatMap { $0 > now ? $0 : nil }
    task.dispatchDeadline = dispatchDeadline
    task.unknown = unknown
    return task
  }
}

extension CloudTask.Target {
  /// Without the headers that the service stores with every task and sets again itself (google-apis.md section 1.4).
  fileprivate var withoutServiceHeaders: CloudTask.Target {
    switch self {
    case .http(var target):
      target.headers.removeAll { $0.isNamed("User-Agent") && $0.value == "Google-Cloud-Tasks" }
      return .http(target)
    case .appEngine(var target):
      target.headers.removeAll { header in
        header.isNamed("User-Agent") && header.value.hasPrefix("AppEngine-Google") || header.isNamed("Content-Length")
          || header.isNamed("Content-Type") && header.value == "application/octet-stream"
      }
      return .appEngine(target)
    case .other: return self
    }
  }
}

extension Header {
  fileprivate func isNamed(_ name: String) -> Bool { self.name.caseInsensitiveCompare(name) == .orderedSame }
}

/// The names under which tasks of one discard are put back.
struct RestoredNames: Sendable {
  /// Of the discard.
  let number: Int
  let key: UInt64

  /// Whether the service made the ID up: a random unsigned 64-bit number (google-apis.md section 1.4).
  static func isGenerated(_ name: TaskName) -> Bool {
    UInt64(name.id) != nil && name.id.utf8.first != UInt8(ascii: "+")
  }

  /// The queue they are put into; nil for their own.
  var into: QueueName?

  /// The name the task had, in the queue it is put into.
  func own(_ name: TaskName) -> TaskName {
    guard let into else { return name }
    do { return try TaskName(queue: into, id: name.id) } catch {
      preconditionFailure("an ID that is good in one queue is good in another: \(error)")
    }
  }

  /// Always the same name for the same item, and never that of another one: creating it twice creates it once. It begins
  /// with a hash because IDs with a common beginning slow the service down (cloudtasks v2 `CreateTaskRequest.task`).
  func derived(from name: TaskName, position: Int) -> TaskName {
    let hash = String(mixed(key &+ UInt64(position) &* 0x9E37_79B9_7F4A_7C15), radix: 16)
    let padded = String(repeating: "0", count: 16 - hash.count) + hash
    do { return try TaskName(queue: into ?? name.queue, id: "\(padded)-undo-\(number)-\(position)") } catch {
      preconditionFailure("hexadecimal digits, hyphens and numbers make an ID: \(error)")
    }
  }

  /// The finaliser of SplitMix64 (Steele, Lea and Flood, 2014): a permutation, so different items never collide.
  private func mixed(_ value: UInt64) -> UInt64 {
    var mixed = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
