// Starting, watching and ending one child process, on a thread of its own.
//
// posix_spawn rather than Foundation's Process, which leaks descriptors and waits
// for every process that a program leaves behind; and wait4, because only it tells
// the memory that a child had.

import CSpawn
import Foundation
import ReplayModel

/// How a child ended.
struct ChildEnd: Sendable {
  var end: RunReport.End
  var seconds: Double
  var peakMemory: Int?
  /// What it wrote to descriptor 4.
  var answer: Data
}

/// One child process in a process group of its own, unless it has the terminal.
final class ChildProcess: Sendable {
  /// What it may answer; a program that writes for ever must not fill the memory.
  static let largestAnswer = 16 << 20

  private let command: ChildCommand
  private let timeout: Duration
  /// Between SIGTERM and SIGKILL.
  private let grace: Duration
  private let calledOff: PipeEnds
  private let ended: PipeEnds

  init(_ command: ChildCommand, timeout: Duration, grace: Duration) throws(RunFault) {
    (self.command, self.timeout, self.grace) = (command, timeout, grace)
    (calledOff, ended) = (try PipeEnds(), try PipeEnds())
  }

  /// Runs it to its end; a cancelled task ends it and all of its process group. `receive` gets its lines on a thread of
  /// this child, one after the other; while it works the child waits.
  func run(_ receive: @escaping @Sendable (OutputLine) -> Void) async -> Result<ChildEnd, RunFault> {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: self.runHere(receive)) }
      }
    } onCancel: {
      calledOff.wake()
    }
  }

  private func runHere(_ receive: @escaping @Sendable (OutputLine) -> Void) -> Result<ChildEnd, RunFault> {
    do throws(RunFault) {
      let start = ContinuousClock.now
      let answer = try NamelessFile()
      var (output, errors) = (try PipeEnds(), try PipeEnds()) as (PipeEnds?, PipeEnds?)
      let pid = try spawn(output?.writing, errors?.writing, answer)
      let readers = [
        OutputReader(.output, output?.reading, start, receive), OutputReader(.errors, errors?.reading, start, receive),
      ]
      // Ours are closed, so that the pipes end when the child's are.
      (output, errors) = (nil, nil)
      let (end, memory) = watch(pid, readers, since: start)
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      return .success(
        ChildEnd(end: end, seconds: seconds, peakMemory: memory, answer: answer.content(limit: Self.largestAnswer)))
    } catch {
      return .failure(error)
    }
  }

  // MARK: Starting

  private var hasTerminal: Bool {
    if case .terminal = command.input { true } else { false }
  }

  private func spawn(_ output: Descriptor?, _ errors: Descriptor?, _ answer: NamelessFile) throws(RunFault) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let files = try connect(&actions, output, errors, answer)
    spawn_start_in(&actions, command.directory)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    setSignals(&attributes)
    var words = command.words.map { strdup($0) } + [nil]
    var variables = command.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + variables { free(text) } }
    var pid: pid_t = 0
    let code = posix_spawn(&pid, command.path, &actions, &attributes, &words, &variables)
    withExtendedLifetime(files) {}
    guard code == 0 else { throw .programMissing(command.path, reason: String(cString: strerror(code))) }
    return pid
  }

  /// Gives the child its descriptors 0 to 4 and no others. What is given back must live until it has started.
  private func connect(
    _ actions: inout posix_spawn_file_actions_t, _ output: Descriptor?, _ errors: Descriptor?, _ answer: NamelessFile
  ) throws(RunFault) -> [Descriptor] {
    // Copies above those numbers, for one action must not overwrite the source of another.
    var copies: [Descriptor] = []
    func give(_ descriptor: Descriptor?, as number: Int32) throws(RunFault) {
      guard let descriptor else { return }
      let copy = fcntl(descriptor.number, F_DUPFD_CLOEXEC, 16)
      guard copy >= 0 else { throw .systemRefused("descriptors: \(String(cString: strerror(errno)))") }
      copies.append(Descriptor(copy))
      posix_spawn_file_actions_adddup2(&actions, copy, number)
    }
    switch command.input {
    case .nothing: posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    case .bytes(let bytes): try give(try NamelessFile(bytes).descriptor, as: 0)
    case .terminal: break
    }
    if !hasTerminal {
      try give(output, as: 1)
      try give(errors, as: 2)
    }
    if let request = command.request {
      try give(try NamelessFile(request).descriptor, as: 3)
      try give(answer.descriptor, as: 4)
    }
    spawn_close_from(&actions, command.request == nil ? 3 : 5)
    return copies
  }

  /// A group of its own, so that all of it can be ended; a child that has the terminal stays in ours, or it would be
  /// stopped when it reads (SIGTTIN). Nothing of how this program treats signals is handed down.
  private func setSignals(_ attributes: inout posix_spawnattr_t) {
    var (every, none) = (sigset_t(), sigset_t())
    sigfillset(&every)
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &every)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | (hasTerminal ? 0 : POSIX_SPAWN_SETPGROUP)
    posix_spawnattr_setflags(&attributes, Int16(flags))
  }

  // MARK: Watching

  private func watch(
    _ pid: pid_t, _ readers: [OutputReader], since start: ContinuousClock.Instant
  ) -> (RunReport.End, memory: Int?) {
    tellWhenEnded(pid)
    var plan = Ending(deadline: start + timeout, grace: grace)
    var polled = [ended.reading.number, calledOff.reading.number] + readers.map(\.descriptor)
    var isOver = false
    while !isOver || polled[2...].contains(where: { $0 >= 0 }) {
      var events = polled.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      let wait = plan.nextStep.map { max(0, ($0 - .now) / .milliseconds(1)) } ?? 3_600_000
      // Rounded up: a wait of 0 would spin until the moment has come.
      let count = poll(&events, nfds_t(events.count), Int32(min(wait, 3_600_000)) + 1)
      if count > 0 {
        if events[0].revents != 0 {
          isOver = true
          polled[0] = -1
          plan.childEnded()
        }
        if events[1].revents != 0 {
          polled[1] = -1
          plan.callOff()
        }
        for index in readers.indices where events[index + 2].revents != 0 && !readers[index].read() {
          polled[index + 2] = -1
        }
      }
      // Whoever holds the pipes now was left behind by the child; it is not waited for.
      if plan.isDrained { break }
      if let signal = plan.dueSignal { send(signal, to: pid) }
    }
    for reader in readers { reader.finish() }
    // Its own children that did not follow it. Until it is reaped, the number of its group is nobody else's.
    if plan.cause != nil, !hasTerminal { kill(-pid, SIGKILL) }
    return reap(pid, plan.cause)
  }

  private func send(_ signal: Int32, to pid: pid_t) {
    if !hasTerminal { kill(-pid, signal) }
    kill(pid, signal)
  }

  /// Wakes the watcher without reaping: until then the number stays the child's, and no signal of ours can hit another.
  private func tellWhenEnded(_ pid: pid_t) {
    Thread.detachNewThread { [ended] in
      var info = siginfo_t()
      while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
      ended.wake()
    }
  }

  private func reap(_ pid: pid_t, _ cause: RunReport.End?) -> (RunReport.End, memory: Int?) {
    var (status, usage) = (Int32(0), rusage())
    var found: pid_t = -1
    repeat { found = wait4(pid, &status, 0, &usage) } while found < 0 && errno == EINTR
    let signal = status & 0x7F
    let end: RunReport.End = signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
    // Kilobytes on Linux (getrusage(2)).
    return (cause ?? end, found == pid ? usage.ru_maxrss * 1024 : nil)
  }
}

/// When to send what to a child that is to end.
private struct Ending {
  /// How long the pipes are read after the child has ended, while others hold them.
  private static let drain = Duration.milliseconds(300)

  private let deadline: ContinuousClock.Instant
  private let grace: Duration
  private var asked: ContinuousClock.Instant?
  private var wasKilled = false
  private var end: ContinuousClock.Instant?
  /// Why it was ended; nil while nobody ended it.
  private(set) var cause: RunReport.End?

  init(deadline: ContinuousClock.Instant, grace: Duration) { (self.deadline, self.grace) = (deadline, grace) }

  mutating func callOff() { if cause == nil, end == nil { cause = .cancelled } }
  mutating func childEnded() { end = .now }

  /// When the next thing is to be done.
  var nextStep: ContinuousClock.Instant? {
    if let end { return end + Self.drain }
    guard let asked else { return cause == nil ? deadline : .now }
    return wasKilled ? nil : asked + grace
  }

  var isDrained: Bool { end.map { .now >= $0 + Self.drain } ?? false }

  /// SIGTERM when time is up or the person calls off, SIGKILL when that did not help.
  var dueSignal: Int32? {
    mutating get {
      guard end == nil else { return nil }
      if cause == nil, .now >= deadline { cause = .timedOut }
      guard cause != nil else { return nil }
      guard let asked else {
        self.asked = .now
        return SIGTERM
      }
      guard !wasKilled, .now >= asked + grace else { return nil }
      wasKilled = true
      return SIGKILL
    }
  }
}
