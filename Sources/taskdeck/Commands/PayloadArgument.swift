// `--payload`: JSON, @FILE, or - for standard input.

import CloudModel
import Foundation

enum PayloadArgument {
  /// A payload written on the command line must be JSON; what comes from a file or a pipe is sent as it is.
  static func bytes(_ text: String) throws -> Data {
    if text == "-" { return FileHandle.standardInput.readDataToEndOfFile() }
    if text.hasPrefix("@") { return try file(String(text.dropFirst())) }
    do { _ = try JSON(parsing: text) } catch {
      throw Exit.usage(
        "The payload is not JSON", reason: "--payload: \(error.description).",
        remedy: "Quote it for the shell, or send any bytes with @FILE or -.")
    }
    return Data(text.utf8)
  }

  private static func file(_ path: String) throws -> Data {
    do { return try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw Exit.usage(
        "The payload file cannot be read", reason: "\(path): \(error.localizedDescription)",
        remedy: "Check the path and its permissions.")
    }
  }
}
