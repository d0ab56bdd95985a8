// One stream of a child: bytes in, lines out, and never more memory than a line
// and a tail.

import Foundation
import ReplayModel

/// Reads a pipe of a child. Used by the thread that watches the child, and by no other.
final class OutputReader {
  /// From here on a stream is not read line by line any more: a child that writes without end must not make the
  /// terminal, the disk or a journal follow it.
  static let mostBytes = 8 << 20
  static let mostLines = 100_000
  /// What is shown of its end then.
  static let tailBytes = 64 << 10

  private let source: OutputLine.Source
  private let pipe: Descriptor?
  private let start: ContinuousClock.Instant
  private let receive: (OutputLine) -> Void
  private var lines = LineFilter()
  private var buffer = [UInt8](repeating: 0, count: 65536)
  private var bytes = 0
  private var lineCount = 0
  /// Bytes that were read line by line, once that is over.
  private var kept: Int?
  private var tail: [UInt8] = []

  init(
    _ source: OutputLine.Source, _ pipe: Descriptor?, _ start: ContinuousClock.Instant,
    _ receive: @escaping (OutputLine) -> Void
  ) {
    (self.source, self.pipe, self.start, self.receive) = (source, pipe, start, receive)
  }

  /// Negative where there is nothing to read.
  var descriptor: Int32 { pipe?.number ?? -1 }

  /// Reads what is there; false at the end.
  func read() -> Bool {
    let count = Glibc.read(descriptor, &buffer, buffer.count)
    if count < 0, errno == EINTR { return true }
    guard count > 0 else { return false }
    if kept == nil, bytes + count > Self.mostBytes || lineCount > Self.mostLines { kept = bytes }
    bytes += count
    if kept == nil { emit(lines.take(buffer[..<count])) } else { keepTail(count) }
    return true
  }

  /// The last line, which may have no end; and the end of a stream that was too long.
  func finish() {
    if let kept {
      tail = tail.suffix(Self.tailBytes)
      let skipped = bytes - kept - tail.count
      if skipped > 0 {
        receive(OutputLine(.note, seconds: seconds, text: "\(skipped) bytes of \(name) left out"))
      }
      // The cut is somewhere in a line.
      emit(lines.take(tail[...]))
    }
    emit(lines.finish())
  }

  private func keepTail(_ count: Int) {
    tail.append(contentsOf: buffer[..<count])
    if tail.count > 2 * Self.tailBytes { tail.removeFirst(tail.count - Self.tailBytes) }
  }

  private func emit(_ texts: [String]) {
    let seconds = seconds
    lineCount += texts.count
    for text in texts { receive(OutputLine(source, seconds: seconds, text: text)) }
  }

  private var name: String { source == .output ? "standard output" : "standard error" }
  private var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }
}
