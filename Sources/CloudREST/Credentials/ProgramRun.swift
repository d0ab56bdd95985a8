// Starting a program and reading what it prints. posix_spawn rather than
// Foundation's Process: that one waits for every process that a program leaves
// behind, and a helper that starts an agent is a usual kind of helper.

import Foundation

/// One program, run once. Blocks the thread it runs on.
struct ProgramRun: Sendable {
  enum Failure: Error {
    case notStarted(String)
    case timedOut
  }

  /// No token is longer; a program that prints for ever must not fill the memory.
  private static let mostBytes = 1 << 20

  let path: String
  /// The name it is called by, then its arguments.
  let words: [String]
  let environment: [String: String]

  /// Runs it. When time runs out it is killed, with every process of its group.
  func toItsEnd(within timeout: Duration) -> Result<ProgramOutput, Failure> {
    let deadline = ContinuousClock.now + timeout
    let (output, errors) = (Pipe(), Pipe())
    let child: pid_t
    switch spawn(output.fileHandleForWriting.fileDescriptor, errors.fileHandleForWriting.fileDescriptor) {
    case .success(let pid): child = pid
    case .failure(let failure): return .failure(failure)
    }
    // Ours are closed, so that the pipes end when the program's are.
    output.fileHandleForWriting.closeFile()
    errors.fileHandleForWriting.closeFile()
    let texts = read([output.fileHandleForReading, errors.fileHandleForReading], until: deadline)
    guard let texts, let status = exitStatus(of: child, until: deadline) else {
      kill(-child, SIGKILL)
      kill(child, SIGKILL)
      var ignored: Int32 = 0
      waitpid(child, &ignored, 0)
      return .failure(.timedOut)
    }
    return .success(ProgramOutput(status: status, output: texts[0], errors: texts[1]))
  }

  /// Starts it in a process group of its own, with no terminal to ask on and none of our files.
  private func spawn(_ output: Int32, _ errors: Int32) -> Result<pid_t, Failure> {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, errors, 2)
    // glibc ignores those that are closed by then. (closefrom would do, but Swift does not import it.)
    for file in Self.openFiles where file > 2 { posix_spawn_file_actions_addclose(&actions, file) }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    var arguments = words.map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in arguments + variables { free(text) } }
    var child: pid_t = 0
    let code = posix_spawn(&child, path, &actions, &attributes, &arguments, &variables)
    return code == 0 ? .success(child) : .failure(.notStarted(String(cString: strerror(code))))
  }

  /// Our files: sockets and pipes of other work, which a program that stays behind would keep open.
  private static var openFiles: [Int32] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { Int32($0) }
    } catch {
      return Array(3..<256)  // No /proc: the usual range.
    }
  }

  /// How it ended; a signal counts as 128 and its number, as in a shell. nil when time runs out.
  private func exitStatus(of child: pid_t, until deadline: ContinuousClock.Instant) -> Int32? {
    var status: Int32 = 0
    while true {
      let found = waitpid(child, &status, WNOHANG)
      if found == child { return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F) }
      guard found == 0 || errno == EINTR, ContinuousClock.now < deadline else { return nil }
      usleep(1_000)
    }
  }

  /// Reads all pipes to their ends; nil when time runs out first.
  private func read(_ pipes: [FileHandle], until deadline: ContinuousClock.Instant) -> [Data]? {
    var texts = pipes.map { _ in Data() }
    var polled = pipes.map { pollfd(fd: $0.fileDescriptor, events: Int16(POLLIN), revents: 0) }
    var buffer = [UInt8](repeating: 0, count: 16384)
    while polled.contains(where: { $0.fd >= 0 }) {
      let left = (deadline - ContinuousClock.now) / .milliseconds(1)
      guard left > 0 else { return nil }
      guard poll(&polled, nfds_t(polled.count), Int32(min(left, 60_000)) + 1) > 0 else { continue }
      for index in polled.indices where polled[index].fd >= 0 && polled[index].revents != 0 {
        let count = Glibc.read(polled[index].fd, &buffer, buffer.count)
        // poll() leaves out what has a negative descriptor.
        if count <= 0 {
          polled[index].fd = -1
        } else if texts[index].count < Self.mostBytes {
          texts[index].append(contentsOf: buffer[..<count])
        }
      }
    }
    return texts
  }
}
