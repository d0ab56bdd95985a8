// A job as a program of the user's: argument words without a shell, the payload
// on standard input, the metadata in the environment (DESIGN.md section 4).

import CSpawn
import CloudModel
import Foundation
import ReplayModel

/// One run of a command handler.
struct CommandRun: Sendable {
  let job: ReplayJob
  let handler: CommandHandler
  let environment: [String: String]
  let grace: Duration

  func run(_ receive: @escaping @Sendable (OutputLine) -> Void) async -> RunReport {
    do throws(RunFault) {
      let file = try PayloadFile(job.payload, isNeeded: handler.words.contains { $0.contains("{payload-file}") })
      let words = handler.words.map { filled($0, file.path) }
      var command = try ChildCommand(words, directory: handler.directory, environment: variables)
      command.input = job.debugs ? .terminal : .bytes(job.payload)
      let output = Gathered(limit: 1 << 20)
      let process = try ChildProcess(command, timeout: job.timeout, grace: grace)
      let end = try await process.run { line in
        if line.source == .output { output.add(line.text) }
        receive(line)
      }.get()
      withExtendedLifetime(file) {}
      var report = RunReport(end.end, seconds: end.seconds)
      report.peakMemory = end.peakMemory
      report.result = output.json
      return report
    } catch {
      return RunReport(.neverRan, seconds: 0, fault: error)
    }
  }

  /// In one pass, so that a class named `{id}` stays what it is.
  private func filled(_ word: String, _ file: String) -> String {
    let values = [
      "class": job.taskClass ?? "", "id": job.metadata.taskID, "queue": job.metadata.queue, "payload-file": file,
    ]
    return word.replacing(/\{(class|id|queue|payload-file)\}/) { values[String($0.1)] ?? "" }
  }

  private var variables: [String: String] {
    let metadata = job.metadata
    let headers = JSON.object(JSONObject(job.headers.map { ($0.name, .string($0.value)) }))
    var all = environment.merging(handler.environment) { _, own in own }
    let told = [
      "CLASS": job.taskClass ?? "", "TASK_ID": metadata.taskID, "QUEUE": metadata.queue, "PROJECT": metadata.project,
      "LOCATION": metadata.location, "URL": job.url, "METHOD": job.method, "HEADERS": headers.compact,
      "DISPATCH_NUMBER": String(metadata.dispatchNumber), "EXECUTION_NUMBER": String(metadata.executionNumber),
      "ETA": metadata.eta?.description ?? "", "PREVIOUS_RESPONSE": metadata.previousResponse.map { String($0) } ?? "",
      "PREVIOUS_FAILURE": metadata.previousFailure ?? "",
    ]
    // No variable of a C program holds a NUL; one in a header's value would cut it short without a word.
    for (name, value) in told { all["TASKDECK_\(name)"] = value.replacing("\0", with: "") }
    return all
  }
}

/// What was printed, while it is short enough to be a result.
private final class Gathered: Sendable {
  private let texts = LockedText()
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  func add(_ text: String) { texts.append(text + "\n", limit: limit) }

  /// When all that was printed is one JSON value.
  var json: JSON? {
    guard let text = texts.value, !text.isEmpty else { return nil }
    do { return try JSON(parsing: text) } catch { return nil }
  }
}

/// The payload in a file that only this user can read, removed afterwards.
private final class PayloadFile: Sendable {
  let path: String

  init(_ payload: Data, isNeeded: Bool) throws(RunFault) {
    guard isNeeded else {
      path = ""
      return
    }
    var template = Array("\(temporaryFolder)/taskdeck-payload-XXXXXX".utf8CString)
    let number = spawn_temporary_file(&template)
    guard number >= 0 else { throw .systemRefused("a temporary file: \(String(cString: strerror(errno)))") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let handle = FileHandle(fileDescriptor: number, closeOnDealloc: true)
    do { try handle.write(contentsOf: payload) } catch {
      throw .systemRefused("\(path): \(error.localizedDescription)")
    }
  }

  deinit { if !path.isEmpty { unlink(path) } }
}
