// Finding a Django project, and the channel that its scripts answer on. The real
// library is run in Tests/Clients.

import CloudModel
import Foundation
import ReplayModel
import Testing

@testable import LocalRun

@Suite("A Django project")
struct DjangoTests {
  let folder = NSTemporaryDirectory() + "taskdeck-django-\(UUID().uuidString)"

  init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

  private func write(_ path: String, _ text: String, executable: Bool = false) throws {
    let file = "\(folder)/\(path)"
    try FileManager.default.createDirectory(
      atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    #expect(
      FileManager.default.createFile(
        atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: executable ? 0o755 : 0o644]))
  }

  @Test("is found by manage.py, with its settings and the interpreter beside it")
  func discovery() throws {
    #expect(DjangoDiscovery.project(in: folder, environment: [:]) == nil)
    try write("manage.py", "os.environ.setdefault(\n    \"DJANGO_SETTINGS_MODULE\", 'shop.settings')")
    #expect(
      DjangoDiscovery.project(in: folder, environment: [:])
        == DjangoProject(directory: folder, python: "python3", settings: "shop.settings"))
    try write("env/bin/python", "", executable: true)
    let active = DjangoDiscovery.project(
      in: folder, environment: ["VIRTUAL_ENV": "\(folder)/env", "DJANGO_SETTINGS_MODULE": "shop.local"])
    #expect(active?.python == "\(folder)/env/bin/python")
    #expect(active?.settings == "shop.local")
    try write(".venv/bin/python", "", executable: true)
    #expect(DjangoDiscovery.project(in: folder, environment: [:])?.python == "\(folder)/.venv/bin/python")
  }

  private func run(_ script: String, timeout: Duration = .seconds(60)) async -> (DjangoAnswer, Lines) {
    let lines = Lines()
    let project = DjangoProject(directory: folder, python: "python3", settings: nil)
    let runner = DjangoRunner(environment: ProcessInfo.processInfo.environment)
    return (
      await runner.run(script, request: ["a": [.number("1.50")]], in: project, timeout: timeout, lines.add), lines
    )
  }

  @Test("answers apart from what it prints, and prints live")
  func channel() async {
    let (answer, lines) = await run(
      "print('hello'); print('oops', file=sys.stderr); answer({'got': REQUEST['a']}); print(sys.stdin.read() == '')")
    #expect(answer.json == ["got": [.number("1.5")]])
    #expect(answer.report.end == .exited(0))
    #expect(lines.texts(.output) == ["hello", "True"])
    #expect(lines.texts(.errors) == ["oops"])
  }

  @Test("that cannot be set up says why")
  func faults() async throws {
    let (noSettings, _) = await run("perform(set_up)")
    #expect(noSettings.json == nil)
    #expect(
      noSettings.report.fault
        == .settingsMissing("neither the handler, manage.py nor DJANGO_SETTINGS_MODULE names a module"))
    let (raised, lines) = await run("def main():\n  raise ValueError('no')\nperform(main)")
    #expect(raised.report.fault == .raised("ValueError: no", nil))
    #expect(lines.texts(.errors).last == "ValueError: no")
    let (crashed, _) = await run("os.abort()")
    #expect(crashed.report.end == .signalled(6))
  }

  @Test("whose interpreter is missing says which")
  func interpreter() async {
    let project = DjangoProject(directory: folder, python: "/no/such/python", settings: nil)
    let answer = await DjangoRunner(environment: [:]).run("", request: [:], in: project, timeout: .seconds(5)) { _ in }
    #expect(answer.report.fault == .programMissing("/no/such/python", reason: "there is no such file"))
  }

  @Test("is ended when time is up")
  func timeOut() async {
    #expect(await run("import time; time.sleep(60)", timeout: .milliseconds(500)).0.report.end == .timedOut)
  }
}

@Suite("A compressed body")
struct InflateTests {
  /// `printf '{"x":1}' | gzip -n`
  private let gzip = Data(base64Encoded: "H4sIAAAAAAAAA6tWqlCyMqwFAFxZ6zsHAAAA")

  @Test("is unpacked, and refused when it is damaged")
  func unpacking() throws {
    let gzip = try #require(gzip)
    #expect(try inflated(gzip) == Data(#"{"x":1}"#.utf8))
    #expect(throws: InflateError.self) { try inflated(gzip.prefix(12)) }
    #expect(throws: InflateError.self) { try inflated(Data("not gzip".utf8)) }
  }

  @Test("that would fill the memory is refused")
  func bomb() throws {
    let data = try #require(gzip)
    #expect(throws: InflateError.self) { try inflated(data, limit: 3) }
  }
}
