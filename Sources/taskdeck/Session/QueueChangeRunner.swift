// Sends the changes that the console confirmed: of queues, and of single tasks.

import CloudAPI
import CloudModel
import Console
import Foundation

extension EffectRunner {
  func change(_ change: QueueChange, _ generation: Generation) {
    Task { inbox.post(.changed(generation, await changed(change))) }
  }

  private func changed(_ change: QueueChange) async -> Result<String, Failure> {
    guard !isReadOnly else {
      return .failure(
        Failure(
          title: "Nothing was changed: this is read-only", reason: "Every change is refused.",
          remedy: "Ctrl-R allows changes."))
    }
    do throws(APIError) {
      return .success(try await sent(change))
    } catch {
      return .failure(Failure(error))
    }
  }

  private func sent(_ change: QueueChange) async throws(APIError) -> String {
    let client = wiring.tasks
    switch change {
    case .create(let queue): return "\(try await client.create(queue).name.id) is created."
    case .update(let queue, let mask): return "\(try await client.update(queue, mask: mask).name.id) is changed."
    case .pause(let name): return "\(try await client.pause(name).name.id) is paused: its tasks wait."
    case .resume(let name): return "\(try await client.resume(name).name.id) is resumed."
    case .delete(let name):
      for try await page in client.taskPages(in: name, pageSize: 1) where !page.items.isEmpty {
        return "\(name.id) is NOT deleted: it holds tasks. X purges it and keeps their contents."
      }
      try await client.delete(name)
      return "\(name.id) is deleted."
    case .run(let names): return await run(names)
    case .push(let request): return "Task \(try await client.create(new(request), view: .basic).name.id) is created."
    }
  }

  /// One after the other: the quota is 60 a minute, and one that failed must not stop the rest.
  private func run(_ names: [TaskName]) async -> String {
    var failures: [String] = []
    for name in names {
      do throws(APIError) { _ = try await wiring.tasks.run(name) } catch {
        let failure = Failure(error)
        failures.append("\(name.id): \(failure.title)")
      }
    }
    let done = Words.count(names.count - failures.count, "task")
    guard let first = failures.first else { return "\(done) dispatched." }
    return "\(done) dispatched, \(Words.count(failures.count)) NOT: \(first)"
  }

  private func new(_ request: TaskRequest) -> NewTask {
    var target = HTTPTarget(url: request.url)
    target.method = "POST"
    if !request.body.isEmpty {
      target.encodedBody = Data(request.body.utf8).base64EncodedString()
      if request.body.first.map({ "{[".contains($0) }) ?? false {
        target.headers = [Header("Content-Type", "application/json")]
      }
    }
    if let account = wiring.context.serviceAccount?.value {
      target.authorization = .oidc(serviceAccountEmail: account, audience: request.url)
    }
    let time = request.delay.map { Timestamp(Date().addingTimeInterval($0.inSeconds)) }
    return NewTask(queue: request.queue, target: .http(target), scheduleTime: time)
  }
}
