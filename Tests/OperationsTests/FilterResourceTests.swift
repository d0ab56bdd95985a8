// Filters over tasks, queues, jobs and rows of a table.

import CloudModel
import Foundation
import Testing

@testable import Operations

struct FilterResourceTests {
  @Test(arguments: [
    ("body.user_id=123", true), ("body.user_id=123.0", true), ("body.user_id=\"123\"", true),
    ("body.user_id=124", false),
    ("body.user_id>122", true), ("body.user_id>123", false), ("body.user.id=u-7", true), ("body.user.id:U-*", true),
    ("body.user.ID=u-7", false), ("body.items.0.id=first", true), ("body.items.1.id=second", true),
    ("body.items.2.id:*", false), ("!body.items.2.id:*", true), ("body.items.id=first", false),
    ("body.nothing=null", true),
    ("body.\"a key\".\"b.c\"=yes", true), ("body.flag=true", true), ("body.big=9007199254740993", true),
    ("body.big=9007199254740992", false), ("body.when<2026-02-01", true), ("body.when=2026-01-31T10:00:00Z", true),
    ("body.wait>=90s", true), ("body.wait>2m", false), ("body.items~first.*second", true),
    ("body:\"*\\\"user_id\\\":123*\"", true), ("header.x-tenant:acme", true), ("header.X-TENANT=Acme", true),
    ("header.X-Count>=3", true), ("header.X-Count>3", false), ("header.other:*", false), ("header.other!=x", true),
  ])
  func `values in body and headers`(text: String, expected: Bool) throws {
    let body: JSON = [
      "user_id": 123, "user": ["id": "u-7"], "items": [["id": "first"], ["id": "second"]], "nothing": nil,
      "a key": ["b.c": "yes"], "flag": true, "big": .number("9007199254740993"), "when": "2026-01-31T10:00:00Z",
      "wait": "90s",
    ]
    let task = try filterTask(body: body, headers: ["X-Tenant": "Acme", "X-Count": "3"])
    #expect(try Filter.holds(text, task) == expected)
  }

  @Test(arguments: [
    "body.x=1", "body:*", "status:503", "eta<1h", "method:POST", "code:OK", "deadline>0s", "attribute.a:*",
  ])
  func `of a field that is not there every comparison is false and its negation true`(text: String) throws {
    let task = try filterTask([:])
    #expect(try !Filter(text).matches(task, now: filterNow))
    #expect(try Filter("!" + text).matches(task, now: filterNow))
  }

  @Test func `a body that is no JSON has a text and no paths`() throws {
    let task = try filterTask([
      "httpRequest": ["url": "https://a/b", "body": .string(Data("x=1&y".utf8).base64EncodedString())]
    ])
    #expect(try Filter.holds("body:x=1*", task))
    #expect(try !Filter.holds("body.x=1", task))
  }

  @Test func `a name with a slash is the full name`() throws {
    let task = try filterTask([:])
    for text in [
      "name:ABC", "name=abc", "name:*/queues/orders/tasks/*", "name~^projects/p/", "id:a*", "queue=orders",
      "location:us-*", "project=p",
    ] {
      #expect(try Filter.holds(text, task), "\(text)")
    }
    #expect(try !Filter.holds("name~^pro", task))
  }

  @Test func `an App Engine task has an address and a body too`() throws {
    let task = try filterTask([
      "appEngineHttpRequest": [
        "relativeUri": "/work", "httpMethod": "PUT", "body": "eyJhIjoxfQ==",
        "appEngineRouting": ["service": "worker", "host": "h"],
      ]
    ])
    for text in [
      "url:/work", "method:put", "body.a=1", "!class:*",
      "appEngineHttpRequest.appEngineRouting.service=worker",
    ] {
      #expect(try Filter.holds(text, task), "\(text)")
    }
  }

  /// 12:00 is now; the task is an hour old and due in ten minutes.
  @Test(arguments: [
    ("age>=1h", true), ("age>1h", false), ("age:1h", true), ("eta<=10m", true), ("eta<10m", false), ("eta>0", true),
    ("created:2026-03-01", true), ("created!=2026-03-01", false), ("created>2026-03-01", false),
    ("created>=2026-03-01", true), ("created<=2026-03-01", true), ("created<2026-03-01", false),
    ("created>2026-02-28", true), ("created<2026-03-01T11:00:01Z", true), ("next>2026-03-01T13:00:00+01:00", true),
    ("status:5xx", true), ("status!=5xx", false), ("status<5xx", false), ("status>=5xx", true), ("status>5xx", false),
    ("status:50?", true), ("code=14", true), ("code:un*", true), ("deadline=10m", true),
    ("lastAttempt.responseTime:2026-03-01", true),
    ("firstAttempt.responseStatus.code>3", false), ("view=BASIC", true), ("retryConfig.maxAttempts=7", true),
  ])
  func `times, durations and statuses`(text: String, expected: Bool) throws {
    let task = try filterTask([
      "createTime": "2026-03-01T11:00:00Z", "scheduleTime": "2026-03-01T12:10:00Z", "dispatchDeadline": "600s",
      "dispatchCount": 3, "view": "BASIC", "retryConfig": ["maxAttempts": 7],
      "lastAttempt": [
        "dispatchTime": "2026-03-01T11:59:00Z", "responseTime": "2026-03-01T11:59:01Z",
        "responseStatus": ["code": 14, "message": "UNAVAILABLE(14): HTTP status code 503"],
      ],
    ])
    #expect(try Filter.holds(text, task) == expected)
  }

  @Test(arguments: [
    ("paused", true), ("running", false), ("!disabled", true), ("failing", false), ("state:paused", true),
    ("ord", true),
    ("rate<=0.5", true), ("burst>=10", true), ("maxAttempts=-1", true), ("minBackoff:100ms", true),
    ("tasks>1000", true),
    ("age>1h", true), ("oldest<2026-03-01", true), ("stats.concurrentDispatchesCount=2", true),
    ("purged:*", nil as Bool?),
    ("method:POST", true), ("account:*@acme*", true), ("httpTarget.uriOverride.host=h", true), ("queue:orders", true),
  ])
  func `queues`(text: String, expected: Bool?) throws {
    let queue = try filterQueue([
      "name": "projects/p/locations/us-central1/queues/orders", "state": "PAUSED",
      "rateLimits": ["maxDispatchesPerSecond": .number("0.5"), "maxBurstSize": 10],
      "retryConfig": ["maxAttempts": -1, "minBackoff": "0.100s"],
      "stats": [
        "tasksCount": "2000", "oldestEstimatedArrivalTime": "2026-02-01T00:00:00Z", "concurrentDispatchesCount": "2",
      ],
      "httpTarget": [
        "httpMethod": "POST", "uriOverride": ["host": "h"], "oidcToken": ["serviceAccountEmail": "run@acme.iam"],
      ],
    ])
    guard let expected else {
      #expect(throws: FilterError.self) { try Filter(text, for: .queue) }
      return
    }
    #expect(try Filter(text, for: .queue).matches(queue, now: filterNow) == expected)
  }

  @Test(arguments: [
    ("enabled", true), ("paused", false), ("failing", true), ("schedule:*1-5", true), ("zone=Etc/UTC", true),
    ("digest", true),
    ("code:UNKNOWN", true), ("age>1h", true), ("age>3h", false), ("eta<2h", true), ("last<2026-03-01T11:00:00Z", true),
    ("deadline=3m", true), ("retries=3", true), ("body.n=1", true), ("header.x-a=b", true), ("class=Digest", true),
    ("httpTarget.uri:https://*", true), ("status:*", false), ("running", false), ("attribute.x:*", false),
  ])
  func `jobs`(text: String, expected: Bool) throws {
    let job = try filterJob([
      "name": "projects/p/locations/us-central1/jobs/billing--Digest", "description": "Daily digest",
      "state": "ENABLED",
      "schedule": "0 0 * * 1-5", "timeZone": "Etc/UTC", "lastAttemptTime": "2026-03-01T10:00:00Z",
      "scheduleTime": "2026-03-01T13:00:00Z", "status": ["code": 2], "attemptDeadline": "180s",
      "retryConfig": ["retryCount": 3],
      "httpTarget": ["uri": "https://app.example.com/tasks/Digest", "headers": ["X-A": "b"], "body": "eyJuIjoxfQ=="],
    ])
    #expect(try Filter(text, for: .job).matches(job, now: filterNow) == expected)
  }

  @Test func `a job for Pub/Sub, before its first run and after a good one`() throws {
    let target: JSON = ["topicName": "projects/p/topics/t", "data": "eyJuIjoxfQ==", "attributes": ["Kind": "a"]]
    var object: JSONObject = [
      "name": "projects/p/locations/l/jobs/j", "pubsubTarget": target, "status": ["code": -1],
    ]
    let fresh = try filterJob(.object(object))
    for text in ["topic:*/t", "body.n=1", "attribute.Kind=a", "!attribute.kind=a", "!failing", "!code:*", "!age>0s"] {
      #expect(try Filter(text, for: .job).matches(fresh, now: filterNow), "\(text)")
    }
    (object["status"], object["lastAttemptTime"]) = ([:], "2026-03-01T10:00:00Z")
    let ran = try filterJob(.object(object))
    #expect(try Filter("code:OK !failing", for: .job).matches(ran, now: filterNow))
  }

  @Test func `free words are looked for without case, in whatever form letters are composed`() throws {
    let task = try filterTask(["httpRequest": ["url": "https://a/Caf\u{E9}"]])
    for text in ["CAFE\u{301}", "class:cafe\u{301}", "\"f\u{C9}\"", "class:caf?"] {
      #expect(try Filter.holds(text, task), "\(text)")
    }
    #expect(try !Filter.holds("cafe", task))
  }

  /// Knows only its ID and when it is due.
  private struct Slim: Filterable {
    static var kind: ResourceKind { .task }
    static func holds(_ field: FilterField) -> Bool { field == .id || field == .scheduled }
    func has(_ flag: FilterFlag) -> Bool { flag == .never }
    func value(of field: FilterField) -> FilterValue {
      switch field {
      case .id: .text("abc")
      case .scheduled: .time(filterNow.addingTimeInterval(60))
      default: .absent
      }
    }
  }

  @Test func `a slim row is filtered, and says which fields it can not answer for`() throws {
    #expect(try Filter("name:abc eta>30s never \"B\"").matches(Slim(), now: filterNow))
    #expect(try Filter("eta<1h !id:x").fields(unknownTo: Slim.self).isEmpty)
    #expect(try Filter("age>1h | !(body.x=1 age<2h)").fields(unknownTo: Slim.self) == ["age", "body.x"])
  }
}
