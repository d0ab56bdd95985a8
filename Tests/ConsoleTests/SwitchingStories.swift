// Stories of contexts: nothing of the old one is left.

import CloudModel
import Console
import Foundation
import Terminal
import Testing

@Suite struct `Contexts` {
  private var stage: Stage {
    var stage = Stage.withTasks([task("1"), task("2", tries: 3, http: 500)])
    stage.send(.notice("", .info))
    return stage
  }

  private func state(_ stage: Stage) -> ConsoleState {
    var state = stage.state
    state.contexts = ["prod", "laptop"]
    return state
  }

  private func type(_ text: String, _ state: inout ConsoleState) -> [Effect] {
    var effects = update(&state, .key(":"))
    for character in text { effects += update(&state, .key(.character(character))) }
    return effects + update(&state, .key("Enter"))
  }

  /// The newest request for another context.
  private func asked(_ effects: [Effect]) -> (name: String, generation: Generation)? {
    effects.lazy.compactMap {
      if case .switchContext(let name, let generation) = $0 { (name, generation) } else { nil }
    }
    .first
  }

  private func screen(_ state: ConsoleState) -> String {
    var frame = Frame(size: state.size)
    render(state, into: &frame)
    return frame.plainText
  }

  @Test(arguments: ["ctx prod", "context prod", "@prod"])
  func `a context is asked for by its name`(line: String) throws {
    var state = state(stage)
    let (name, generation) = try #require(asked(type(line, &state)))
    #expect(name == "prod")
    #expect(state.awaitedSwitch(generation)?.isEmpty == true)
    #expect(screen(state).contains("Going to prod..."))
  }

  @Test(arguments: ["tasks orders /class:Sync* @prod", "@prod tasks orders /class:Sync*"])
  func `a context beside a command is switched to first`(line: String) throws {
    var state = state(stage)
    let (name, generation) = try #require(asked(type(line, &state)))
    #expect(name == "prod")
    #expect(state.awaitedSwitch(generation) == "tasks orders /class:Sync*")
  }

  @Test func `Esc on the way stays, and clients that come too late are not taken`() throws {
    var state = state(stage)
    let (_, generation) = try #require(asked(type("ctx prod", &state)))
    _ = update(&state, .key(.escape))
    #expect(state.awaitedSwitch(generation) == nil)
    #expect(screen(state).contains("Still in acme"))
    _ = update(&state, .switched(generation, nil))
    #expect(screen(state).contains("SendWelcome"))
  }

  @Test func `a context that cannot be used is left alone, with the reason`() throws {
    var state = state(stage)
    let (_, generation) = try #require(asked(type("ctx prod", &state)))
    let failure = Failure(title: "No project is set", reason: "prod has none", remedy: "Give one.")
    _ = update(&state, .switched(generation, failure))
    #expect(screen(state).contains("Still in acme. No project is set: prod has none Give one."))
    #expect(state.awaitedSwitch(generation) == nil)
  }

  @Test func `nothing can be changed on the way`() {
    var state = state(stage)
    _ = type("ctx prod", &state)
    for key in ["D", "P", "X", "N", "R", "B", "j", ":", "2"] {
      let effects = update(&state, .key(Key(name: key) ?? .escape))
      #expect(effects.isEmpty, "\(key)")
    }
    #expect(screen(state).contains("Going to prod..."))
  }

  @Test func `a plan holds the keys: no switch leaves it behind`() {
    var state = state(stage)
    _ = update(&state, .key("P"))
    for key: Key in [":", "W"] {
      #expect(update(&state, .key(key)) == [.bell])
      #expect(screen(state).contains("A plan is open"))
    }
  }

  @Test func `an unknown context is named with the nearest`() {
    var state = state(stage)
    let effects = type("ctx prodd", &state)
    #expect(effects.contains(.bell))
    var frame = Frame(size: state.size)
    render(state, into: &frame)
    #expect(frame.plainText.contains("did you mean prod?"))
  }

  @Test func `no row and no late answer of the old context is shown`() {
    let old = stage
    var state = old.state.switched(
      to: ContextBadge(project: "other", locations: ["here"], endpoint: "there", name: "prod", isProtected: true),
      refresh: RefreshPolicy(), keys: KeyMap())
    let effects = update(&state, .tick(noon))
    #expect(state.queues.rows.isEmpty && state.tasks.rows.isEmpty)
    _ = update(&state, .queues(old.queuesGeneration, .success(Listing(rows: [queue("stale")], calls: 1))))
    _ = update(&state, .tasks(old.tasksGeneration, .page([task("stale")])))
    var frame = Frame(size: state.size)
    render(state, into: &frame)
    #expect(!frame.plainText.contains("stale"))
    #expect(frame.plainText.contains("@prod"))
    #expect(frame.plainText.contains("PROTECTED"))
    guard case .loadQueues(let generation)? = effects.first else {
      Issue.record("the new context was not asked")
      return
    }
    #expect(generation != old.queuesGeneration)
  }

  @Test func `the rest of the command is done there`() {
    var state = stage.state.switched(
      to: ContextBadge(project: "other", locations: ["here"], endpoint: "there", name: "prod"),
      refresh: RefreshPolicy(), keys: KeyMap())
    _ = state.run(line: "tasks orders /class:Sync*")
    #expect(state.openQueue?.description == "projects/other/locations/here/queues/orders")
  }
}
