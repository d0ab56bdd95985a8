// Whose turn it is: so many requests to one host at a time, the rest in the order
// they came.
//
// libcurl has such a limit too (CURLMOPT_MAX_HOST_CONNECTIONS), but its queue of
// pending handles is broken in 7.88.1: curl_multi_perform drops the wake-up of a
// handle that becomes free in the same round in which a later one connects, and the
// handle sleeps until its connect time-out. Here 4 bursts in 40 stood still for 10 s.

/// The requests that wait for others to the same host.
struct Turns {
  /// Scheme, host and port as the URL spells them.
  typealias Host = String

  private struct Line {
    var active = 0
    var waiting: [UInt64] = []
    /// Where the line begins; removing from the front of an array moves all the rest.
    var first = 0

    /// A line that never empties would otherwise keep everyone who ever stood in it.
    mutating func forgetPast() {
      guard first >= 1024 && first * 2 > waiting.count else { return }
      waiting.removeFirst(first)
      first = 0
    }
  }

  private let limit: Int
  private var lines: [Host: Line] = [:]
  private var waiting: [UInt64: Job] = [:]

  init(limit: Int) {
    self.limit = max(1, limit)
  }

  static func host(of url: String) -> Host {
    var slashes = 0
    let end = url.utf8.firstIndex { byte in
      if byte == UInt8(ascii: "/") { slashes += 1 }
      return slashes == 3 || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }
    return String(url[..<(end ?? url.endIndex)])
  }

  /// Whether the job may go now; if not, it waits.
  mutating func take(_ job: Job, to host: Host) -> Bool {
    if lines[host, default: Line()].active < limit {
      lines[host, default: Line()].active += 1
      return true
    }
    lines[host, default: Line()].waiting.append(job.id)
    waiting[job.id] = job
    return false
  }

  /// Gives a turn back and returns the job whose turn it is now; the turn passes to that job.
  mutating func next(to host: Host) -> Job? {
    guard var line = lines[host] else { return nil }
    defer { lines[host] = line.active == 0 ? nil : line }
    while line.first < line.waiting.count {
      let id = line.waiting[line.first]
      line.first += 1
      line.forgetPast()
      if let job = waiting.removeValue(forKey: id) { return job }
    }
    line.waiting.removeAll(keepingCapacity: true)
    line.first = 0
    line.active -= 1
    return nil
  }

  /// Takes a job out of its line; nil when it is in none.
  mutating func remove(_ id: UInt64) -> Job? {
    waiting.removeValue(forKey: id)
  }

  /// Takes every waiting job out.
  mutating func removeAll() -> [Job] {
    defer { waiting.removeAll() }
    return Array(waiting.values)
  }
}
