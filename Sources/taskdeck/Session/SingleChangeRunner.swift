// Sends the changes that the console confirmed: of queues, single tasks and topics.

import CloudAPI
import CloudModel
import Console
import Foundation

extension EffectRunner {
  func change(_ change: SingleChange, _ generation: Generation) {
    Task { inbox.post(.changed(generation, await changed(change))) }
  }

  private func changed(_ change: SingleChange) async -> Result<String, Failure> {
    guard !isReadOnly else {
      return .failure(
        Failure(
          title: "Nothing was changed: this is read-only", reason: "Every change is refused.",
          remedy: "Ctrl-R allows changes."))
    }
    do { return .success(try await sent(change)) } catch { return .failure(Failure(any: error)) }
  }

  private func sent(_ change: SingleChange) async throws -> String {
    let client = wiring.tasks
    switch change {
    case .create(let queue): return "\(try await client.create(queue).name.id) is created."
    case .update(let queue, let mask): return "\(try await client.update(queue, mask: mask).name.id) is changed."
    case .pause(let name): return "\(try await client.pause(name).name.id) is paused: its tasks wait."
    case .resume(let name): return "\(try await client.resume(name).name.id) is resumed."
    case .run(let names): return await run(names)
    case .createTopic(let name): return "\(try await wiring.pubsub.create(Topic(name: name)).name.id) is created."
    case .deleteTopic(let name):
      try await wiring.pubsub.delete(name)
      return "The topic \(name.id) is deleted."
    case .publish(let message, let topic):
      let ids = try await wiring.pubsub.publish([message], to: topic)
      return "Published to \(topic.id) as \(ids.joined(separator: ", "))."
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
      if request.body.first(where: { !$0.isWhitespace }).map({ "{[".contains($0) }) ?? false {
        target.headers = [Header("Content-Type", "application/json")]
      }
    }
    if let account = request.serviceAccount {
      target.authorization = .oidc(serviceAccountEmail: account, audience: request.url)
    }
    let time = request.delay.map { Timestamp(Date().addingTimeInterval($0.inSeconds)) }
    return NewTask(queue: request.queue, target: .http(target), scheduleTime: time)
  }
}
