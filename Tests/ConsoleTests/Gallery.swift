import CloudModel
import Console
import Foundation
import Terminal
import Testing

@Suite struct Gallery {
  @Test func show() {
    for (c, r) in [(80, 24), (120, 36), (200, 60)] {
      let size = Size(columns: c, rows: r)
      var s = Stage(size)
      print("=== first"); print(s.screen)
      s.answer(queues: [queue("mail", tasks: 12, lastMinute: 44, age: 300), queue("orders", tasks: 2104, lastMinute: 1200, age: 86400*3), queue("thumbs", tasks: 0), queue("slow-exports", tasks: 1_200_333, state: .paused, age: 9000)])
      var survey = (0..<500).map { task("\($0)", $0 % 2 == 0 ? "SyncOrder" : "SendWelcome", tries: $0 % 7, http: $0 % 7 > 0 ? 503 : nil) }
      survey += [task("x", "Other")]
      for case .survey(let q, _, let g) in s.history { s.send(.surveyed(g, q, .success(QueueSurvey(rows: survey, at: noon)), calls: 1)) }
      print("=== queues"); print(s.screen)
      s.press("j", "Enter")
      s.answer(tasks: (0..<300).map { task("\(5577006791947779410 + $0)", $0 % 3 == 0 ? "SyncOrderToWarehouse" : "SendWelcome", tries: $0 % 5, http: [nil, 503, 500, nil, 429][$0 % 5], code: [0, 14, 13, 0, 8][$0 % 5], age: Double($0 * 100), next: Double($0 * 3 - 5)) })
      print("=== tasks"); print(s.screen)
      s.press("/"); s.type("sync")
      print("=== filter"); print(s.screen)
      s.press("Enter", "j", "Enter")
      print("=== page waiting"); print(s.screen)
      s.answer(task: cloudTask("1", "SyncOrderToWarehouse", tries: 3, http: 503, body: #"{"order":1234,"lines":[{"sku":"A-1","count":2,"gift":false},{"sku":"B-7","count":1,"gift":true}],"note":null,"text":"日本語 🎉"}"#, headers: [Header("Content-Type", "application/json"), Header("Authorization", "Bearer abc"), Header("X-Tenant", "acme")]))
      print("=== page"); print(s.screen)
      s.press("3")
      s.answer(jobs: [job("billing--Digest"), job("billing--Cleanup", schedule: "every 5 minutes", zone: "Etc/UTC", state: .paused, next: nil), job("billing--Sync", schedule: "*/5 * * * *", zone: "Etc/UTC", code: 14, next: 33), job("new", code: -1, lastRun: nil, next: 86400 * 3)])
      print("=== jobs"); print(s.screen)
      s.press("Enter"); print("=== job"); print(s.screen)
      s.press("?"); print("=== help"); print(s.screen)
      s.press("Esc", "Esc", "1", "r"); s.refuse(queues: unreachable); s.wait(70)
      print("=== stale"); print(s.screen)
      var t = Stage(size); t.refuse(queues: refused); print("=== refused"); print(t.screen)
    }
  }
}
