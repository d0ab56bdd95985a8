// `--payload`: JSON, @FILE, or - for standard input.

import CloudModel
import Foundation

enum PayloadArgument {
  /// A payload written on the command line must be JSON; what comes from a file or a pipe is sent as it is.
  static func bytes(_ text: String) throws -> Data {
    if text == "-" { return FileHandle.standardInput.readDataToEndOfFile() }
    if text.hasPrefix("@") { return try file(String(text.dropFirst()), "The payload file") }
    do { _ = try JSON(parsing: text) } catch {
      throw Exit.usage(
        "The payload is not JSON", reason: "--payload: \(error.description).",
        remedy: "Quote it for the shell, or send any bytes with @FILE or -.")
    }
    return Data(text.utf8)
  }

  /// - Parameter what: what the file is, at the start of a sentence.
  static func file(_ path: String, _ what: String) throws(Exit) -> Data {
    do { return try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw .usage(
        "\(what) cannot be read", reason: "\(path): \(error.localizedDescription)",
        remedy: "Check the path and its permissions.")
    }
  }
}
