import Testing

@testable import Emulator

@Suite struct `Routing` {
  private static let router = {
    var router = Router<String>()
    router.add("GET", "/v2/projects/{project}/queues/{queue}", "get")
    router.add("POST", "/v2/projects/{project}/queues/{queue}:pause", "pause")
    router.add("POST", "/v2/projects/{project}/queues", "create")
    router.add("GET", "/", "root")
    return router
  }()

  @Test(arguments: [
    ("GET", "/v2/projects/p/queues/q", "get"), ("POST", "/v2/projects/p/queues/q:pause", "pause"),
    ("POST", "/v2/projects/example.com:p/queues", "create"), ("GET", "/", "root"),
  ])
  func `a path leads to its handler`(_ method: String, _ path: String, _ handler: String) {
    #expect(Self.router.match(method, path)?.handler == handler)
  }

  @Test(arguments: [
    ("PUT", "/v2/projects/p/queues/q"), ("GET", "/v2/projects/p/queues/"), ("GET", "/v2/projects/p/queues/q/"),
    ("POST", "/v2/projects/p/queues/q:stop"), ("GET", "/v2/projects//queues/q"), ("GET", ""), ("GET", "*"),
    ("GET", "v2/projects/p/queues/q"), ("GET", "/V2/projects/p/queues/q"), ("GET", "/v2/projects/p/queues/%ff"),
  ])
  func `other paths lead nowhere`(_ method: String, _ path: String) {
    #expect(Self.router.match(method, path)?.handler == nil)
  }

  @Test func `variables are decoded once`() {
    #expect(
      Self.router.match("GET", "/v2/projects/a%3Ab/queues/%2541%20x")?.variables == [
        "project": "a:b", "queue": "%41 x",
      ])
  }
}
