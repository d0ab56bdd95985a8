// What a run wrote: the newest lines in memory, older ones in a file without a
// name, so that neither grows with the run.

import CloudModel
import Foundation
import ReplayModel
import Synchronization

/// The lines of one run. Written by the run's thread, read by anybody.
package final class OutputLog: Sendable {
  private struct Contents {
    var ring: [OutputLine] = []
    /// Index of the oldest line in `ring`; those before it are in the file.
    var first = 0
    var ringBytes = 0
    var file: NamelessFile?
    var fileBytes = 0
    /// Lines that went neither here nor there, because the disk refused.
    var lost = 0
  }

  private let contents = Mutex(Contents())
  private let ringBytes: Int

  package init(ringBytes: Int = 1 << 20) { self.ringBytes = ringBytes }

  package func append(_ line: OutputLine) {
    contents.withLock { contents in
      contents.ring.append(line)
      contents.ringBytes += Self.size(line)
      var old: [UInt8] = []
      while contents.ringBytes > ringBytes, contents.first < contents.ring.count - 1 {
        let line = contents.ring[contents.first]
        contents.ringBytes -= Self.size(line)
        contents.first += 1
        line.json.write(into: &old)
        old.append(UInt8(ascii: "\n"))
      }
      if !old.isEmpty { Self.spill(old, &contents) }
      // Only now and then, for it moves all of them.
      if contents.first > 1024, contents.first > contents.ring.count / 2 {
        contents.ring.removeFirst(contents.first)
        contents.first = 0
      }
    }
  }

  /// The newest lines.
  package var recent: [OutputLine] { contents.withLock { Array($0.ring[$0.first...]) } }

  /// All lines, or the first and the last of them where they take more than `limit` bytes, with a note between.
  package func lines(limit: Int = 1 << 20) -> [OutputLine] {
    let (file, recent, lost) = contents.withLock { ($0.file, Array($0.ring[$0.first...]), $0.lost) }
    guard let file else { return Self.cut(recent, limit, lost) }
    let old = file.content(limit: 64 << 20).split(separator: UInt8(ascii: "\n")).compactMap {
      OutputLine(json: Data($0))
    }
    return Self.cut(old + recent, limit, lost)
  }

  private static func spill(_ bytes: [UInt8], _ contents: inout Contents) {
    do throws(RunFault) {
      let file = if let file = contents.file { file } else { try NamelessFile() }
      contents.file = file
      try file.append(Data(bytes))
      contents.fileBytes += bytes.count
    } catch {
      contents.lost += bytes.count { $0 == UInt8(ascii: "\n") }
    }
  }

  private static func size(_ line: OutputLine) -> Int { line.text.utf8.count + MemoryLayout<OutputLine>.stride }

  private static func cut(_ lines: [OutputLine], _ limit: Int, _ lost: Int) -> [OutputLine] {
    var (head, bytes) = (0, 0)
    while head < lines.count, bytes + size(lines[head]) <= limit / 2 {
      bytes += size(lines[head])
      head += 1
    }
    var tail = lines.count
    bytes = 0
    while tail > head, bytes + size(lines[tail - 1]) <= limit / 2 {
      bytes += size(lines[tail - 1])
      tail -= 1
    }
    let left = tail - head + lost
    guard left > 0 else { return lines }
    let note = OutputLine(.note, seconds: head > 0 ? lines[head - 1].seconds : 0, text: "\(left) lines left out")
    return lines[..<head] + [note] + lines[tail...]
  }
}
