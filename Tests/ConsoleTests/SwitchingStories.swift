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

  @Test func `:ctx asks for another context`() {
    var state = state(stage)
    #expect(type("ctx prod", &state).contains(.switchContext("prod", then: "")))
  }

  @Test func `a context at the end of a command is switched to first`() {
    var state = state(stage)
    let effects = type("tasks orders /class:Sync* @prod", &state)
    #expect(effects.contains(.switchContext("prod", then: "tasks orders /class:Sync*")))
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
