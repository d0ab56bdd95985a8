// Programs as handlers: what they get, and how they end.

import CloudModel
import Foundation
import ReplayModel
import TestSupport
import Testing

@testable import LocalRun

@Suite("A command handler")
struct CommandRunTests {
  let lines = Lines()

  func run(_ script: String, timeout: Duration = .seconds(60), payload: String = #"{"x": 1}"#) async -> RunReport {
    await runner.run(job(shell(script), timeout: timeout, payload: payload), lines.add)
  }

  @Test("gets the payload on standard input and the metadata in its environment")
  func input() async {
    let report = await run(
      #"cat; echo; echo "$TASKDECK_CLASS $TASKDECK_TASK_ID $TASKDECK_DISPATCH_NUMBER" "$TASKDECK_HEADERS""#)
    #expect(report.end == .exited(0))
    #expect(
      lines.texts(.output) == [
        #"{"x": 1}"#, #"MyTask 123 3 {"X-Tenant":"acme","Host":"elsewhere"}"#,
      ])
  }

  @Test("has its placeholders filled in, and none of its words read by a shell")
  func placeholders() async {
    let words = [
      "sh", "-c", "cat \"$4\"; printf '|%s' \"$@\"", "sh", "{class}", "{id}:{queue}", "$HOME `id`", "{payload-file}",
    ]
    let handler = Handler("script", .command(CommandHandler(words: words, directory: "/tmp")), source: "test")
    let report = await runner.run(job(handler), lines.add)
    #expect(report.end == .exited(0))
    let line = lines.texts(.output).first ?? ""
    #expect(line.hasPrefix(#"{"x": 1}|MyTask|123:shop|$HOME `id`|/"#), "\(line)")
    #expect(line.contains("/taskdeck-payload-"), "\(line)")
    // The file is gone with the run.
    let file = line.split(separator: "|").last.map(String.init) ?? ""
    #expect(!FileManager.default.fileExists(atPath: file))
  }

  @Test("gives its exit status, its time and the memory it had")
  func ends() async {
    let report = await run("exit 7")
    #expect(report.end == .exited(7))
    #expect((report.peakMemory ?? 0) > 100_000)
    #expect(report.seconds > 0)
    #expect(await run("kill -SEGV $$").end == .signalled(11))
  }

  @Test("is told apart by stream, and lines come while it runs")
  func streams() async {
    let lines = lines
    let run = Task {
      await runner.run(job(shell("echo out; echo err >&2; read x < \"$1\"; echo late", "/dev/null")), lines.add)
    }
    await lines.wait(for: "out")
    _ = await run.value
    #expect(lines.texts(.output) == ["out", "late"])
    #expect(lines.texts(.errors) == ["err"])
  }

  @Test("whose only output is JSON has that as its result")
  func result() async {
    #expect(await run(#"echo '{"a": [1.50]}'"#).result == ["a": [.number("1.50")]])
    #expect(await run("echo done").result == nil)
  }

  @Test("is ended when time is up, and killed when it ignores that")
  func timeOut() async {
    #expect(await run("trap '' TERM; while :; do sleep 0.05; done", timeout: .milliseconds(300)).end == .timedOut)
  }

  @Test("is ended with all of its process group when it is called off")
  func cancelled() async throws {
    let lines = lines
    // Its child ignores SIGTERM, and is no child of ours.
    let script = "sh -c 'trap \"\" TERM; echo pid $$; while :; do sleep 0.05; done' & wait"
    let run = Task { await runner.run(job(shell(script)), lines.add) }
    await lines.wait(for: "pid")
    run.cancel()
    #expect(await run.value.end == .cancelled)
    let pid = try #require(lines.texts(.output).first.flatMap { Int32($0.dropFirst(4)) })
    // SIGKILL has been sent by then; the kernel acts on it when that process next runs, a moment later.
    #expect(await eventually { hasEnded(pid) })
  }

  /// A zombie has ended too; who reaps it is not our business.
  private func hasEnded(_ pid: Int32) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return true }
    return status.contains(") Z")
  }

  @Test("may close its output and go on")
  func closedOutput() async {
    #expect(await run("echo first; exec 1>&- 2>&-; sleep 0.2; exit 3").end == .exited(3))
    #expect(lines.texts(.output) == ["first"])
  }

  @Test("is not waited for through a process that it leaves behind")
  func leftBehind() async {
    let report = await run("sleep 5 & echo done")
    #expect(report.end == .exited(0))
    #expect(report.seconds < 3)
  }

  @Test(
    "that writes 1 GB is read to its end in little memory",
    arguments: ["head -c 1000000000 /dev/zero | tr '\\0' x", "yes | head -c 1000000000"])
  func flood(script: String) async {
    let before = peakMemory()
    let report = await run(script)
    #expect(report.end == .exited(0))
    #expect(lines.texts(.note).contains { $0.contains("bytes of standard output left out") })
    #expect(lines.texts(.output).count <= OutputReader.mostLines + 2 * OutputReader.tailBytes)
    #expect(peakMemory() - before < 100 << 20)
  }

  private func peakMemory() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }

  @Test("gets a payload of 1 MiB whole, though it reads nothing of it")
  func largePayload() async {
    let payload = "\"" + String(repeating: "x", count: 1 << 20) + "\""
    #expect(await run("wc -c", payload: payload).end == .exited(0))
    #expect(lines.texts(.output).first?.trimmingCharacters(in: .whitespaces) == String(payload.utf8.count))
    #expect(await run("exit 0", payload: payload).end == .exited(0))
  }

  @Test("that is not there, not executable, or no program says so")
  func missing() async throws {
    func fault(_ word: String, _ directory: String = "/tmp") async -> RunFault? {
      let handler = Handler("x", .command(CommandHandler(words: [word], directory: directory)), source: "test")
      return await runner.run(job(handler), lines.add).fault
    }
    #expect(await fault("no-such-program") == .programMissing("no-such-program", reason: "no folder of PATH has it"))
    #expect(await fault("./nothing") == .programMissing("/tmp/./nothing", reason: "there is no such file"))
    #expect(await fault("/etc/passwd") == .programMissing("/etc/passwd", reason: "it is not executable"))
    #expect(await fault("true", "/no/such/folder") == .folderMissing("/no/such/folder"))
  }

  @Test("inherits no descriptor of ours but the three")
  func descriptors() async {
    let file = open("/dev/null", O_RDONLY)
    defer { close(file) }
    _ = await run("ls /proc/self/fd | wc -l")
    // 0, 1, 2 and the one that ls reads the folder with.
    #expect(lines.texts(.output) == ["4"])
  }
}
