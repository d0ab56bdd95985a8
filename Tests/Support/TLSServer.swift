// A server that speaks TLS, with a certificate made on the spot.

import Foundation

/// `openssl s_server` on a free port with a certificate of its own.
package final class TLSServer {
  package let certificate: String
  package let port: Int
  private let folder: URL
  private let process = Process()

  /// `name` is the certificate's subjectAltName; `options` are more of s_server's own.
  package init(name: String, _ options: [String] = []) throws {
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
    guard let port = Self.port(announcedOn: output.fileHandleForReading) else { throw POSIXError(.ECONNREFUSED) }
    self.port = port
  }

  package var url: String { "https://127.0.0.1:\(port)/" }

  deinit {
    // Foundation starts children with the caller's blocked signals, SIGTERM among them.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    do { try FileManager.default.removeItem(at: folder) } catch { print("\(folder.path) is left behind: \(error)") }
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
  if process.terminationStatus != 0 { throw POSIXError(.EINVAL) }
}
