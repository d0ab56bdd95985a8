// Descriptors with an owner. All of them close on exec: another child that is
// started meanwhile must not hold a pipe open that we wait for the end of.

import CSpawn
import Foundation
import ReplayModel

/// Closes a descriptor once, at the latest when nobody has it any more.
final class Descriptor: Sendable {
  let number: Int32

  init(_ number: Int32) { self.number = number }

  deinit { Glibc.close(number) }
}

/// A pipe.
struct PipeEnds: Sendable {
  let reading: Descriptor
  let writing: Descriptor

  init() throws(RunFault) {
    var ends: [Int32] = [-1, -1]
    guard spawn_pipe(&ends) == 0 else { throw .systemRefused("pipe: \(String(cString: strerror(errno)))") }
    (reading, writing) = (Descriptor(ends[0]), Descriptor(ends[1]))
  }

  /// Wakes whoever polls the reading end.
  func wake() {
    var byte: UInt8 = 1
    // A pipe that is full wakes as well.
    _ = write(writing.number, &byte, 1)
  }
}

/// Where files for the time of a run lie, without a slash at its end.
var temporaryFolder: String {
  let folder = NSTemporaryDirectory()
  return folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
}

/// A file without a name, for what goes to a child and comes from it: unlike a pipe it blocks neither side, and nothing
/// is left behind whatever happens.
struct NamelessFile: Sendable {
  let descriptor: Descriptor

  init(_ content: Data = Data()) throws(RunFault) {
    let folder = temporaryFolder
    var path = Array("\(folder)/taskdeck-XXXXXX".utf8CString)
    let number = spawn_temporary_file(&path)
    guard number >= 0 else {
      throw .systemRefused("a temporary file in \(folder): \(String(cString: strerror(errno)))")
    }
    unlink(path)
    descriptor = Descriptor(number)
    try append(content)
    lseek(number, 0, SEEK_SET)
  }

  /// Writes at the end of what was written.
  func append(_ content: Data) throws(RunFault) {
    let failure: Int32? = content.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Glibc.write(descriptor.number, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return errno }
      }
      return nil
    }
    if let failure { throw .systemRefused("a temporary file: \(String(cString: strerror(failure)))") }
  }

  /// What it holds from `offset` on, `limit` bytes at most.
  func content(from offset: Int = 0, limit: Int) -> Data {
    var content = Data()
    var buffer = [UInt8](repeating: 0, count: 65536)
    while content.count < limit {
      let count = pread(
        descriptor.number, &buffer, min(buffer.count, limit - content.count), off_t(offset + content.count))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      content.append(contentsOf: buffer[..<count])
    }
    return content
  }
}
