// The sample of `taskdeck demo`: a small shop on a bad day. Some classes are
// well, one is slow, some fail in the ways people meet, and new work keeps coming.

import CloudAPI
import CloudModel
import Emulator
import Foundation

/// Creates the sample's queues, tasks and jobs through the public API, as any client would.
struct SampleWorkload: Sendable {
  /// A class of tasks: where it goes and what a task of it carries.
  private struct Kind {
    let queue: String
    let taskClass: String
    /// Share of the tasks at the start.
    let weight: Int
    /// Whether new ones keep coming.
    let isFed: Bool
    let payload: @Sendable (Int) -> JSON
  }

  /// What the worker does with each class; one that is not named succeeds.
  static let behaviours: [String: SampleBehaviour] = [
    "ChargeCard": .flaky, "SyncWarehouse": .unavailable, "RenderNewsletter": .slow, "GenerateReport": .slow,
    "DeliverWebhook": .breaks, "NotifyPartner": .throttled, "CallLegacyGateway": .timesOut, "ArchiveLogs": .discards,
    "OccasionallyFailingExternalCheck": .flaky, "SyncExternalPrices": .breaks,
  ]

  private static let kinds: [Kind] = [
    Kind(queue: "orders", taskClass: "ProcessOrder", weight: 16, isFed: true) { number in
      ["order_id": .integer(70_000 + number), "currency": "EUR", "lines": [["sku": "A-113", "quantity": 2]]]
    },
    Kind(queue: "orders", taskClass: "ChargeCard", weight: 6, isFed: true) { number in
      ["order_id": .integer(70_000 + number), "amount": .number("\(number % 90 + 10).50"), "retry": true]
    },
    Kind(queue: "webhooks", taskClass: "SyncWarehouse", weight: 8, isFed: false) { number in
      ["warehouse": "Kraków-2", "batch": .integer(number), "dry_run": false]
    },
    Kind(queue: "emails", taskClass: "SendWelcomeEmail", weight: 14, isFed: true) { number in
      ["user_id": .integer(1000 + number), "custom_message": "Olá, João! Bem-vindo 👋"]
    },
    Kind(queue: "emails", taskClass: "RenderNewsletter", weight: 2, isFed: false) { number in
      ["edition": .integer(number), "template": "autumn", "audience": ["segments": ["new", "returning"]]]
    },
    Kind(queue: "webhooks", taskClass: "DeliverWebhook", weight: 10, isFed: false) { number in
      [
        "event": "order.paid", "event_id": .string("evt_\(90_000 + number)"),
        "target": "https://partner.example.com/in",
      ]
    },
    Kind(queue: "webhooks", taskClass: "NotifyPartner", weight: 5, isFed: false) { number in
      ["partner": .string("partner-\(number % 7)"), "reason": "stock_low"]
    },
    Kind(queue: "webhooks", taskClass: "CallLegacyGateway", weight: 1, isFed: false) { number in
      ["transaction": .integer(number), "gateway": "legacy-eu"]
    },
    Kind(queue: "reports", taskClass: "GenerateReport", weight: 2, isFed: true) { number in
      ["report_type": "daily_sales", "region": "emea", "day": .integer(number % 28 + 1)]
    },
    Kind(queue: "reports", taskClass: "ArchiveLogs", weight: 2, isFed: true) { number in
      ["older_than_days": 30, "bucket": .string("logs-\(number % 4)")]
    },
    Kind(queue: "imports", taskClass: "ImportCustomer", weight: 34, isFed: false) { number in
      ["customer": .string("C-\(10_000 + number)"), "source": "crm", "columns": ["name", "email", "vat_id"]]
    },
  ]

  private let wiring: Wiring
  private let worker: String
  private let tasks: Int

  /// `worker` is the base URL tasks are sent to; `tasks` how many there are at the start.
  init(_ wiring: Wiring, worker: String, tasks: Int) {
    (self.wiring, self.worker, self.tasks) = (wiring, worker, tasks)
  }

  /// Seeds, then feeds until cancelled.
  func run() async throws {
    try await seed()
    try await feed()
  }

  // MARK: Queues and jobs

  func createQueues() async throws {
    // Dispatches a second, concurrent dispatches, attempts.
    let limits: [(String, Double, Int, Int)] = [
      ("orders", 40, 20, 100), ("emails", 10, 8, 50), ("webhooks", 25, 30, 30), ("reports", 1, 2, 10),
      ("imports", 100, 50, 100),
    ]
    for (id, rate, concurrent, attempts) in limits {
      var queue = Queue(name: try wiring.queue(id))
      queue.rateLimits.maxDispatchesPerSecond = rate
      queue.rateLimits.maxConcurrentDispatches = concurrent
      queue.retryConfig.maxAttempts = attempts
      (queue.retryConfig.minBackoff, queue.retryConfig.maxBackoff) = (.seconds(2), .seconds(120))
      queue.retryConfig.maxDoublings = 4
      _ = try await wiring.tasks.create(queue)
    }
    _ = try await wiring.tasks.pause(try wiring.queue("imports"))
    try await createJobs()
    try await createSubscriptions()
  }

  /// A topic with two readers, one that nobody reads, and a place for what could not be delivered.
  private func createSubscriptions() async throws {
    let pubsub = try wiring.pubsub
    let names = try ["shop--OrderPlaced", "shop--Undeliverable", "shop--StockChanged"].map(wiring.topic)
    for name in names { _ = try await pubsub.create(Topic(name: name)) }
    for reader in ["BookKeeper", "FraudCheck"] {
      var subscription = Subscription(name: try wiring.subscription("shop--\(reader)"))
      subscription.topic = names[0].description
      var push = PushConfig()
      push.endpoint = "\(worker)/subscriptions/\(reader)"
      subscription.pushConfig = push
      subscription.deadLetterPolicy = DeadLetterPolicy(topic: names[1].description, maxDeliveryAttempts: 5)
      if reader == "FraudCheck" { subscription.filter = #"attributes.size = "large""# }
      _ = try await pubsub.create(subscription)
    }
    var keeper = Subscription(name: try wiring.subscription("shop--Undeliverable"))
    keeper.topic = names[1].description
    _ = try await pubsub.create(keeper)
    let message = PubsubMessage(data: Data(#"{"order_id":70001}"#.utf8), attributes: [Header("size", "large")])
    _ = try await pubsub.publish([message], to: names[0])
  }

  private func createJobs() async throws {
    let jobs: [(taskClass: String, schedule: String, zone: String, words: String)] = [
      ("Heartbeat", "* * * * *", "Etc/UTC", "Proves that the scheduler fires"),
      ("OccasionallyFailingExternalCheck", "*/2 * * * *", "Etc/UTC", "Asks a partner for its health"),
      ("SyncExternalPrices", "*/5 * * * *", "Etc/UTC", "Fails since the partner changed its API"),
      ("HourlyTemporaryFileCleanup", "0 * * * *", "Etc/UTC", ""),
      ("GenerateDailyUserActivityDigest", "0 0 * * 1-5", "America/New_York", "Weekdays only"),
      ("MonthlyBillingRun", "0 3 1 * *", "Europe/Paris", "At 03:00 on the first of the month"),
      ("RebuildSearchIndex", "every 2 hours", "Etc/UTC", "Switched off during the import"),
    ]
    for entry in jobs {
      var job = Job(name: try wiring.job("shop--\(entry.taskClass)"))
      (job.schedule, job.timeZone, job.details) = (entry.schedule, entry.zone, entry.words)
      var target = HTTPTarget(url: "\(worker)/tasks/\(entry.taskClass)")
      target.method = "POST"
      target.headers = [Header("Content-Type", "application/json")]
      target.encodedBody = Data("{}".utf8).base64EncodedString()
      job.target = .http(target)
      _ = try await wiring.scheduler.create(job)
    }
    _ = try await wiring.scheduler.pause(try wiring.job("shop--RebuildSearchIndex"))
    for taskClass in ["Heartbeat", "SyncExternalPrices", "HourlyTemporaryFileCleanup"] {
      _ = try await wiring.scheduler.run(try wiring.job("shop--\(taskClass)"))
    }
  }

  // MARK: Tasks

  /// The tasks there are at the start, spread over the classes.
  func seed() async throws {
    let total = Self.kinds.reduce(0) { $0 + $1.weight }
    let planned = Self.kinds.flatMap { kind in
      (0..<(tasks * kind.weight / total)).map { (kind, $0) }
    }
    .shuffled()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, (kind, number)) in planned.enumerated() {
        if index >= 16 { try await group.next() }
        let task = try newTask(kind, number, delay: number % 5 == 0 ? Double.random(in: 5...900) : nil)
        group.addTask { _ = try await wiring.tasks.create(task, view: .basic) }
      }
      try await group.waitForAll()
    }
  }

  /// Keeps new work coming until cancelled.
  func feed() async throws {
    let fed = Self.kinds.filter(\.isFed)
    var number = tasks
    while !Task.isCancelled {
      for _ in 0..<Int.random(in: 1...4) {
        guard let kind = fed.randomElement() else { return }
        number += 1
        _ = try await wiring.tasks.create(try newTask(kind, number, delay: nil), view: .basic)
      }
      try await Task.sleep(for: .milliseconds(300))
    }
  }

  private func newTask(_ kind: Kind, _ number: Int, delay: Double?) throws -> NewTask {
    var target = HTTPTarget(url: "\(worker)/tasks/\(kind.taskClass)")
    target.method = "POST"
    target.headers = [Header("X-CloudTasks-Projectname", "local"), Header("Content-Type", "application/json")]
    target.encodedBody = kind.payload(number).data.base64EncodedString()
    return NewTask(
      queue: try wiring.queue(kind.queue), target: .http(target),
      scheduleTime: delay.map { Timestamp(Date().addingTimeInterval($0)) },
      // The shortest there is, so that the class that never answers times out within a minute of looking.
      dispatchDeadline: kind.taskClass == "CallLegacyGateway" ? .seconds(15) : nil)
  }
}
