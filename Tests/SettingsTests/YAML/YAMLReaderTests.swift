// Files that people write: what is read, and what is said about what cannot be.

import CloudModel
import Settings
import Testing

@Suite struct YAMLReaderTests {
  private func read<Value>(_ text: String, _ body: (YAMLNode) -> Value) throws(FileFaults) -> Value {
    try YAMLReader.read(text, file: "/home/me/shop/taskdeck.yaml", home: "/home/me", body)
  }

  /// `LINE:COLUMN: reason` of everything that is wrong.
  private func faults<Value>(_ text: String, _ body: (YAMLNode) -> Value) -> [String] {
    do throws(FileFaults) {
      _ = try read(text, body)
      return []
    } catch {
      return error.all.map { "\($0.place.line):\($0.place.column): \($0.reason)" }
    }
  }

  @Test("each type is given where it is asked for, as it was written")
  func types() throws {
    let text = """
      project: 012345
      zip: "~"
      on: yes
      off: No
      count: 7
      deadline: 1h30m
      many: [a, 1.50]
      one: a
      """
    try read(text) { root in
      let top = root.mapping(keys: ["project", "zip", "on", "off", "count", "deadline", "many", "one"])
      #expect(top["project"]?.string == "012345" && top["zip"]?.string == "~")
      #expect(top["on"]?.bool == true && top["off"]?.bool == false)
      #expect(top["count"]?.integer(in: 1...9) == 7 && top["deadline"]?.span == .seconds(5400))
      #expect(top["many"]?.strings == ["a", "1.50"] && top["one"]?.strings == ["a"])
      #expect(top["absent"] == nil)
    }
  }

  @Test("an empty file is an empty mapping")
  func empty() throws {
    for text in ["", "# nothing\n", "---\n"] {
      #expect(try read(text) { $0.mapping(keys: ["a"]).entries.isEmpty })
    }
  }

  @Test("another type is a fault with its line, column and what was found")
  func wrongTypes() {
    #expect(
      faults("a:\n  b: [1]\n") { $0.mapping(keys: ["a"])["a"]?.string } == [
        "2:3: text is wanted here, not a mapping"
      ])
    #expect(
      faults("a: \"true\"") { $0.mapping(keys: ["a"])["a"]?.bool } == [
        "1:4: true or false is wanted here, not \"true\""
      ])
    #expect(
      faults("a: 10") { $0.mapping(keys: ["a"])["a"]?.integer(in: 1...9) } == [
        "1:4: a whole number from 1 to 9 is wanted here, not \"10\""
      ])
    #expect(faults("a: soon") { $0.mapping(keys: ["a"])["a"]?.span }.first?.hasPrefix("1:4: a span of time") == true)
    #expect(
      faults("a:\nb: 1") { $0.mapping(keys: ["a", "b"])["a"]?.string } == [
        "1:3: text is wanted here, not nothing"
      ])
    #expect(faults("a: ''") { $0.mapping(keys: ["a"])["a"]?.string } == ["1:4: text is wanted here, not \"\""])
    #expect(
      faults("- a\n- b\n") { $0.mapping(keys: ["a"]).entries.count } == [
        "1:1: a mapping is wanted here, not a list"
      ])
  }

  @Test("an unknown key is a fault at the key, with the nearest known one; all faults are told at once")
  func unknownKeys() {
    let text = "contexts: {}\nhandlres: {}\n  \nfrobnicate: 1\n"
    let keys = ["contexts", "handlers", "theme"]
    #expect(
      faults(text) { $0.mapping(keys: keys) } == [
        "2:1: unknown key \"handlres\"; did you mean \"handlers\"?", "4:1: unknown key \"frobnicate\"",
      ])
  }

  @Test(
    "a key that is there twice is told at its second place",
    arguments: [
      ("a: 1\nb: 2\na: 3\n", "3:1: the key \"a\" is there twice, first in line 1"),
      ("x:\n  a: 1\ny:\n  a: 1\n  \"a\": 2\n", "5:3: the key \"a\" is there twice, first in line 4"),
      ("x: {a: 1, a: 2}\n", "1:11: the key \"a\" is there twice, first in line 1"),
    ]) func duplicates(text: String, fault: String)
  {
    #expect(faults(text) { $0.json } == [fault])
  }

  @Test(
    "what is not YAML is told with its line and column",
    arguments: [
      ("a: b: c\n", "1:5:"), ("a:\n\t- b\n", "2:1:"), ("a: [1\n", "2:1:"), ("a: *nothing\n", "1:4:"),
      ("a: 1\n---\nb: 2\n", "2:1:"), ("a: \"\\q\"\n", "1:5:"), ("ok: 1\na: \u{0}\n", "2:4:"),
    ]) func notYAML(text: String, place: String)
  {
    let found = faults(text) { $0.json }
    #expect(found.count == 1 && found[0].hasPrefix("\(place) it is not YAML: "), "\(found)")
  }

  @Test("aliases and merges are followed; those that grow without end are refused")
  func aliases() throws {
    let text = """
      prod: &prod {project: acme, protected: true}
      stage: {<<: *prod, project: other}
      """
    #expect(
      try read(text) { $0.mapping(keys: ["prod", "stage"])["stage"]?.json } == ["project": "other", "protected": true])
    let lines = (1...12).map { "a\($0): &a\($0) [\(Array(repeating: "*a\($0 - 1)", count: 9).joined(separator: ","))]" }
    #expect(faults("a0: &a0 x\n" + lines.joined(separator: "\n")) { $0.json }.first?.contains("200000 values") == true)
    let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
    #expect(faults(deep) { $0.json }.first?.contains("more than 64 deep") == true)
  }

  @Test("paths are of the file's folder, programs without a slash are left to PATH")
  func paths() throws {
    let text = "a: keys/prod.json\nb: ~/k.json\nc: /k.json\nd: python3\ne: .venv/bin/python\nf: ../x\n"
    let found = try read(text) { root in
      let top = root.mapping(keys: ["a", "b", "c", "d", "e", "f"])
      return [top["a"]?.path, top["b"]?.path, top["c"]?.path, top["d"]?.program, top["e"]?.program, top["f"]?.path]
    }
    #expect(
      found == [
        "/home/me/shop/keys/prod.json", "/home/me/k.json", "/k.json", "python3", "/home/me/shop/.venv/bin/python",
        "/home/me/x",
      ])
  }

  @Test("JSON keeps the spelling of numbers and quoted text")
  func json() throws {
    let text = "{a: 1.50, b: \"1\", c: 0123, d: true, e: null, f: [x, 1e5], g: {h: -0}}"
    #expect(
      try read(text) { $0.json.compact }
        == #"{"a":1.50,"b":"1","c":"0123","d":true,"e":null,"f":["x",1e5],"g":{"h":-0}}"#)
  }

  @Test("faults in words: the first with its file, the rest with line and column, no more than four")
  func words() throws {
    let place = { FilePlace(file: "/c.yaml", line: $0, column: 1) }
    let all = (1...6).map { FileFault(at: place($0), "wrong", remedy: $0 == 2 ? "Do." : nil) }
    let faults = FileFaults(all[5], Array(all[..<5]))
    #expect(faults.reason == "/c.yaml:1:1: wrong; 2:1: wrong; 3:1: wrong; 4:1: wrong; and 2 more")
    #expect(faults.remedy == "Do.")
  }
}

@Suite struct NearestTests {
  @Test(
    "a word is near when few letters differ, a swap of neighbours counting as one",
    arguments: [
      ("protcted", "protected"), ("Projekt", "project"), ("loactions", "locations"), ("ap", "app"),
    ]) func near(word: String, name: String)
  {
    #expect(nearest(word, among: ["project", "app", "locations", "protected"]) == name)
  }

  @Test("a word like none has no nearest")
  func far() {
    #expect(nearest("frobnicate", among: ["project", "app"]) == nil && nearest("", among: ["ab"]) == nil)
    #expect(Nearest.names(to: "prod", among: ["proD2", "prod1", "stage"], limit: 1) == ["proD2"])
  }

  @Test(
    "spans of time are read as people write them",
    arguments: [
      ("90", 90.0), ("90s", 90), ("1h30m", 5400), ("7d", 604_800), ("500ms", 0.5), ("1.5h", 5400),
    ]) func spans(text: String, seconds: Double)
  {
    #expect(Duration(span: text) == .milliseconds(Int64(seconds * 1000)))
  }

  @Test("what is no span is none", arguments: ["", "m", "1x", "-5s", "1e3", "nan", "1h30", "h1", "1 h", ".", "0x10"])
  func noSpans(text: String) { #expect(Duration(span: text) == nil) }
}
