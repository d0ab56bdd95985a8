// The paths that are the emulator's own and not Google's: state, clock and reset for
// tests, the keys of its tokens, a word for a browser.

import CloudModel
import Foundation

extension EmulatorCore {
  /// The answer to what is not Google's: for tests, and for a person who tries the address in a browser.
  func ownReply(to request: ServerRequest, at now: Moment) -> ServerReply? {
    if (request.method, request.path) == ("GET", "/_emulator/jwks") {
      // The first one makes the key, which takes longer than a call may.
      return .later { [mint] in
        let answer = await Task.detached { Self.keySet(mint) }.value
        await self.keepKey()
        return answer
      }
    }
    if (request.method, request.path) == ("POST", "/_emulator/token") {
      return .later { [mint] in
        let answer = await Task.detached { Self.token(request.body, mint, at: now.timestamp) }.value
        await self.keepKey()
        return answer
      }
    }
    guard let response = ownAnswer(request, at: now) else { return nil }
    settle()
    return kept(response)
  }

  private func ownAnswer(_ request: ServerRequest, at now: Moment) -> ServerResponse? {
    switch (request.method, request.path) {
    case ("GET", "/"), ("HEAD", "/"):
      let words =
        "taskdeck emulator: Cloud Tasks v2 and v2beta3, Cloud Scheduler v1, Pub/Sub v1. State: /_emulator/state\n"
      return ServerResponse(contentType: "text/plain; charset=utf-8", body: Array(words.utf8))
    case ("POST", "/_emulator/reset"):
      state.reset()
      keepKey()
      return Self.plain([:])
    case ("GET", "/_emulator/state"): return Self.plain(summary(at: now))
    case ("POST", "/_emulator/clock"): return advanceClock(request.body)
    case ("GET", "/.well-known/openid-configuration"): return Self.plain(mint.discovery)
    default: return nil
    }
  }

  private static func keySet(_ mint: TokenMint) -> ServerResponse {
    do { return plain(try mint.keySet()) } catch {
      return plain(Refusal(status: .internalError, message: "\(error)").json, status: 500)
    }
  }

  /// `{"serviceAccountEmail":"a@b","audience":"https://c"}`: the token that a dispatch would carry, for whoever sends a
  /// task's request by hand.
  private static func token(_ body: [UInt8], _ mint: TokenMint, at now: Timestamp) -> ServerResponse {
    do {
      let wish = try RequestDecoder.body(body, as: Message(["serviceAccountEmail": .string, "audience": .string]))
      guard let audience = wish["audience"]?.string, let token = TokenWish(["oidcToken": .object(wish)], url: audience)
      else { throw Refusal.invalidArgument }
      return plain(["authorization": .string(try mint.authorization(token, at: now))])
    } catch let refusal as Refusal {
      return plain(refusal.json, status: refusal.status.httpStatus)
    } catch {
      return plain(Refusal(status: .internalError, message: "\(error)").json, status: 500)
    }
  }

  /// `{"advance":"3600s"}`: lets a test reach the next day at once. Time never goes back.
  private func advanceClock(_ body: [UInt8]) -> ServerResponse {
    do throws(Refusal) {
      let wish = try RequestDecoder.body(body, as: Message(["advance": .duration]))
      let step = wish["advance"]?.string.flatMap { Duration(protobuf: $0) } ?? .zero
      guard step >= .zero, offset + step < .seconds(100 * 366 * 86400) else { throw .invalidArgument }
      offset += step
      state.ledger.put(.setting, Self.clockSetting, ["offset": .integer(Int(offset.microseconds))])
      return Self.plain(["now": .string(now.text)])
    } catch {
      return Self.plain(error.json, status: error.status.httpStatus)
    }
  }

  private func summary(at now: Moment) -> JSON {
    let queues = state.allQueues.map { queue -> JSON in
      var object: JSONObject = ["name": .string(queue.name.description), "state": .string(queue.state.rawValue)]
      object["stats"] = .object(queue.stats(at: now).json)
      return .object(object)
    }
    let jobs = state.allJobs.map { job -> JSON in
      var object: JSONObject = ["name": .string(job.name.description), "state": .string(job.state.rawValue)]
      object["scheduleTime"] = job.scheduleTime.map { .string($0.text) }
      return .object(object)
    }
    let pubsub = state.pubsub.summary
    return [
      "now": .string(now.text), "queues": .array(queues), "jobs": .array(jobs), "topics": pubsub.topics,
      "subscriptions": pubsub.subscriptions,
    ]
  }

  private static func plain(_ json: JSON, status: Int = 200) -> ServerResponse {
    ServerResponse(
      status: status, contentType: "application/json; charset=UTF-8", body: Array((json.pretty + "\n").utf8))
  }
}

extension ServerResponse {
  /// Whatever was asked, nothing may be promised any more.
  static func unwritten(_ error: any Error) -> ServerResponse {
    let refusal = Refusal(status: .unavailable, message: "The data file cannot be written: \(error)")
    return ServerResponse(
      status: refusal.status.httpStatus, contentType: "application/json; charset=UTF-8",
      body: Array((refusal.json.pretty + "\n").utf8))
  }
}
