import CloudModel
import Foundation
import Testing

@testable import Emulator

@Suite struct `Tokens` {
  private let mint = TokenMint()
  private let now = Timestamp(seconds: 1_767_323_045, nanoseconds: 0)

  private func parts(_ authorization: String) throws -> [JSON] {
    let token = try #require(authorization.split(separator: " ").last)
    return try token.split(separator: ".").prefix(2).map { part in
      try JSON(parsing: try #require(decodeBase64(String(part))))
    }
  }

  private func wish(_ target: JSONObject, url: String = "http://w/x?y=1") throws -> TokenWish {
    try #require(TokenWish(target, url: url))
  }

  @Test func `an identity token says who, for whom and until when`() throws {
    mint.issue(as: "http://127.0.0.1:1")
    let wish = try wish(["oidcToken": ["serviceAccountEmail": "a@b"]])
    let token = try mint.authorization(wish, at: now)
    #expect(token.hasPrefix("Bearer "))
    let (header, claims) = (try parts(token)[0], try parts(token)[1])
    #expect(header["alg"] == "RS256")
    #expect(header["kid"] == (try mint.keySet())["keys"]?[0]?["kid"])
    #expect(claims["iss"] == "http://127.0.0.1:1")
    #expect(claims["aud"] == "http://w/x?y=1")
    #expect(claims["email"] == "a@b")
    #expect(claims["email_verified"] == true)
    #expect(claims["iat"]?.int == 1_767_323_045)
    #expect(claims["exp"]?.int == 1_767_326_645)
    #expect(claims["sub"]?.string?.count == 21)
  }

  @Test func `an access token has a scope in place of an audience`() throws {
    let claims = try parts(try mint.authorization(try wish(["oauthToken": ["serviceAccountEmail": "a@b"]]), at: now))[1]
    #expect(claims["scope"] == "https://www.googleapis.com/auth/cloud-platform")
    #expect(claims["aud"] == nil)
  }

  @Test func `a token is used again until ten minutes before its end`() throws {
    let wish = try wish(["oidcToken": ["serviceAccountEmail": "a@b", "audience": "me"]])
    let first = try mint.authorization(wish, at: now)
    #expect(try mint.authorization(wish, at: Timestamp(seconds: now.seconds + 2999, nanoseconds: 0)) == first)
    #expect(try mint.authorization(wish, at: Timestamp(seconds: now.seconds + 3000, nanoseconds: 0)) != first)
  }

  @Test func `the queue's token takes the place of the task's`() throws {
    func wish(queue: JSON, task: JSON) throws -> TokenWish? {
      let bench = try Bench.withQueue(queue)
      try bench.createTask(["httpRequest": task])
      guard case .sign(_, let wish) = bench.state.dispatch(try #require(bench.due().first)) else { return nil }
      return wish
    }
    let own: JSON = ["url": "http://w/x", "oidcToken": ["serviceAccountEmail": "task@b"]]
    let override: JSON = ["httpTarget": ["oidcToken": ["serviceAccountEmail": "queue@b", "audience": "all"]]]
    #expect(try wish(queue: [:], task: own)?.email == "task@b")
    #expect(try wish(queue: override, task: own)?.email == "queue@b")
    #expect(try wish(queue: override, task: ["url": "http://w"])?.kind == .identity(audience: "all"))
    #expect(try wish(queue: [:], task: ["url": "http://w"]) == nil)
  }

  @Test func `a job's target is signed too`() throws {
    let bench = Bench()
    let target: JSON = ["uri": "http://w/j", "oidcToken": ["serviceAccountEmail": "j@b"]]
    try bench.ok(
      "POST", Bench.jobs,
      ["name": .string(Bench.parent + "/jobs/j"), "schedule": "* * * * *", "httpTarget": target])
    bench.advance(.seconds(60))
    let order = try #require(bench.due().first)
    guard case .sign(let request, let wish) = bench.state.dispatch(order) else { throw Bench.Surprise() }
    #expect(request.url == "http://w/j")
    #expect(wish.kind == .identity(audience: "http://w/j"))
  }
}
