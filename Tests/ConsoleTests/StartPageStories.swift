// The page before there is a console: what it says, and what can be typed on it.

import Console
import Foundation
import Terminal
import Testing

@Suite struct `The page before the console` {
  private func page(_ size: Size = Size(columns: 80, rows: 24), looked: [StartLook] = []) -> StartPage {
    let prompt = StartPrompt(
      key: .character("p"), word: "type a project", label: "project", guess: "acme",
      problem: { $0.contains(" ") ? "no blanks" : nil }, answer: { .project($0) })
    return StartPage(
      Document(title: "Which project?", reason: "None is set.", remedy: "p types one.", looked: looked),
      choices: [(.character("d"), "open the demo", .demo), (.character("q"), "quit", .quit)], prompts: [prompt],
      size: size)
  }

  private func press(_ page: inout StartPage, _ keys: Key...) -> StartAnswer? {
    keys.reduce(nil) { found, key in page.press(key) ?? found }
  }

  @Test func `what is typed begins with what may be meant, and Enter answers`() {
    var page = page()
    #expect(page.frame().plainText.contains("p type a project"))
    #expect(press(&page, .character("p"), .character("-"), .character("2")) == nil)
    #expect(page.frame().plainText.contains("project: acme-2"))
    #expect(press(&page, .enter) == .project("acme-2"))
  }

  @Test func `letters that are keys of the page are text while something is typed`() {
    var page = page()
    #expect(press(&page, .character("p"), .control("U"), .character("d"), .character("q"), .enter) == .project("dq"))
  }

  @Test func `what cannot be is refused with the reason, and typed over`() {
    var page = page()
    #expect(press(&page, .character("p"), .paste("a b"), .enter) == nil)
    #expect(page.frame().plainText.contains("✗ no blanks"))
    #expect(press(&page, .control("U"), .enter) == nil, "nothing is no answer")
    #expect(press(&page, .character("x"), .enter) == .project("x"))
  }

  @Test func `Esc leaves the line, not the page`() {
    var page = page()
    #expect(press(&page, .character("p"), .escape) == nil)
    #expect(page.frame().plainText.contains("q quit"))
    #expect(press(&page, .character("d")) == .demo)
  }

  @Test func `a place that was not asked is not said to have held nothing`() {
    let places = [
      StartLook("here", .found("a file")), StartLook("there", .nothing),
      StartLook("the server", .notAsked("NO_GCE_CHECK is set")), StartLook("the other", .asking),
    ]
    let text = page(Size(columns: 100, rows: 24), looked: places).frame().plainText
    #expect(text.contains("not asked: NO_GCE_CHECK is set"))
    #expect(text.contains("asking, this may take some seconds"))
    #expect(text.components(separatedBy: "nothing").count == 2)
  }

  @Test func `what does not fit is scrolled to`() {
    var page = page(Size(columns: 60, rows: 10), looked: (1...20).map { StartLook("place \($0)", nil) })
    #expect(!page.frame().plainText.contains("place 20"))
    #expect(page.frame().plainText.contains("more: j and k"))
    for _ in 0..<30 { _ = page.press(.down) }
    #expect(page.frame().plainText.contains("The demo"))
  }

  @Test func `a terminal of no size breaks nothing`() {
    var page = page()
    for size in [Size(columns: 1, rows: 1), Size(columns: 3, rows: 5), Size(columns: 300, rows: 100)] {
      _ = page.press(.resize(size))
      #expect(page.frame().size == size)
    }
  }
}
