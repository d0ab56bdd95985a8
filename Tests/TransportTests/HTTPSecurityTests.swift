// TLS against a real server: `openssl s_server`, with certificates made on the
// spot. Verification is always on, so every case but one has to fail.

import Foundation
import TestSupport
import Testing
import Transport

@Suite(.serialized) struct HTTPSecurityTests {
  private func outcome(_ server: TLSServer, caFile: String?) async -> TransportError? {
    do {
      let client = HTTPClient(configuration: .init(caFile: caFile))
      let answer = try await client.send(HTTPRequest(url: server.url, timeout: .seconds(10)))
      #expect(answer.status == 200)
      return nil
    } catch {
      return error
    }
  }

  @Test func `a certificate that the given bundle vouches for is taken`() async throws {
    let server = try TLSServer(name: "IP:127.0.0.1")
    #expect(await outcome(server, caFile: server.certificate) == nil)
  }

  @Test func `a self-signed certificate is refused before anything is sent`() async throws {
    let server = try TLSServer(name: "IP:127.0.0.1")
    let error = await outcome(server, caFile: nil)
    #expect(error?.kind == .tls && error?.bytesWereSent == false)
  }

  @Test func `a certificate for another name is refused`() async throws {
    let server = try TLSServer(name: "DNS:example.com")
    let error = await outcome(server, caFile: server.certificate)
    #expect(error?.kind == .tls && error?.bytesWereSent == false)
  }

  @Test func `TLS 1.1 is refused`() async throws {
    let server = try TLSServer(name: "IP:127.0.0.1", ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
    #expect(await outcome(server, caFile: server.certificate)?.kind == .tls)
  }

  @Test func `a bundle that is not there is a TLS failure, not an unverified connection`() async throws {
    let server = try TLSServer(name: "IP:127.0.0.1")
    #expect(await outcome(server, caFile: "/no/such/bundle.pem")?.kind == .tls)
  }

  @Test func `a server that does not speak TLS is not spoken to without it`() async throws {
    let plain = try TestServer { _ in .answer() }
    let url = plain.url.replacing("http://", with: "https://")
    let request = HTTPRequest(url: url, connectTimeout: .milliseconds(200))
    let error = await #expect(throws: TransportError.self) { try await HTTPClient().send(request) }
    #expect(error?.kind == .timedOut && error?.bytesWereSent == false && plain.requests.isEmpty)
  }
}

/// `openssl s_server` on a free port with a certificate of its own.
private final class TLSServer {
  let certificate: String
  let url: String
  private let folder: URL
  private let process = Process()

  /// `name` is the certificate's subjectAltName.
  init(name: String, _ options: [String] = []) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "taskdeck-tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    certificate = folder.appending(path: "certificate.pem").path
    let key = folder.appending(path: "key.pem").path
    try run([
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
      "/CN=test", "-addext",
      "subjectAltName=\(name)", "-keyout", key, "-out", certificate,
    ])
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["openssl", "s_server", "-accept", "127.0.0.1:0", "-www", "-cert", certificate, "-key", key] + options
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    // s_server ends with its standard input.
    process.standardInput = Pipe()
    try process.run()
    let port = try #require(Self.port(announcedOn: output.fileHandleForReading), "openssl s_server did not start")
    url = "https://127.0.0.1:\(port)/"
  }

  deinit {
    // Foundation starts children with the caller's blocked signals, SIGTERM among them.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) }
  }

  /// s_server prints `ACCEPT 127.0.0.1:PORT` once it listens.
  private static func port(announcedOn output: FileHandle) -> Int? {
    var text = ""
    while true {
      let bytes = output.availableData
      if bytes.isEmpty { return nil }
      text += String(decoding: bytes, as: UTF8.self)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      if let line = lines.first(where: { $0.hasPrefix("ACCEPT ") }) {
        return Int(line.split(separator: ":").last ?? "")
      }
    }
  }
}

private func run(_ arguments: [String]) throws {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = ["openssl"] + arguments
  process.standardError = FileHandle.nullDevice
  try process.run()
  process.waitUntilExit()
  try #require(process.terminationStatus == 0, "openssl \(arguments[0]) failed")
}
