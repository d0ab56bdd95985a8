// What an edit changed, key by key: people read `user.id: 7 → 8` faster than two
// documents.

import CloudModel

/// One changed place of a payload.
package struct PayloadChange: Equatable, Sendable {
  /// `user.tags[2]`; empty for the whole value.
  package var path: String
  /// nil where there was nothing.
  package var before: JSON?
  /// nil where there is nothing any more.
  package var after: JSON?

  package init(_ path: String, before: JSON?, after: JSON?) {
    (self.path, self.before, self.after) = (path, before, after)
  }

  /// `+`, `-` or `~`.
  package var sign: String { before == nil ? "+" : after == nil ? "-" : "~" }

  /// `~ user.id: 7 → 8`; still to be sanitised.
  package var line: String {
    let place = path.isEmpty ? "(all)" : path
    switch (before, after) {
    case (let before?, let after?): return "~ \(place): \(before.compact) → \(after.compact)"
    case (nil, let after?): return "+ \(place): \(after.compact)"
    case (let before?, nil): return "- \(place): \(before.compact)"
    case (nil, nil): return "  \(place)"
    }
  }
}

/// Differences between two payloads.
package enum PayloadDiff {
  /// The changed places, in the order of the original, then what is new. The order of keys is no difference.
  package static func changes(from before: JSON, to after: JSON) -> [PayloadChange] {
    var changes: [PayloadChange] = []
    compare(before, after, "", &changes)
    return changes
  }

  private static func compare(_ before: JSON, _ after: JSON, _ path: String, _ changes: inout [PayloadChange]) {
    switch (before, after) {
    case (.object(let old), .object(let new)):
      for (key, value) in old {
        let place = join(path, key)
        guard let other = new[key] else {
          changes.append(PayloadChange(place, before: value, after: nil))
          continue
        }
        compare(value, other, place, &changes)
      }
      for (key, value) in new where old[key] == nil {
        changes.append(PayloadChange(join(path, key), before: nil, after: value))
      }
    case (.array(let old), .array(let new)):
      for index in 0..<max(old.count, new.count) {
        let place = "\(path)[\(index)]"
        if index < old.count, index < new.count {
          compare(old[index], new[index], place, &changes)
        } else {
          // Not `: nil`, which would be JSON's null.
          let (gone, came) = (old.dropFirst(index).first, new.dropFirst(index).first)
          changes.append(PayloadChange(place, before: gone, after: came))
        }
      }
    default:
      if before != after { changes.append(PayloadChange(path, before: before, after: after)) }
    }
  }

  private static func join(_ path: String, _ key: String) -> String {
    // A key that would read as part of the path is quoted.
    let isPlain = !key.isEmpty && !key.contains { ".[]\" ".contains($0) }
    let word = isPlain ? key : JSON.string(key).compact
    return path.isEmpty ? word : "\(path).\(word)"
  }
}
