// What settings are read through: files, and who else could have written them.

import Foundation
import Settings

extension SettingsFiles {
  /// The files of this machine.
  static let machine = SettingsFiles(
    read: { path throws(SettingsError) in
      guard let data = try contents(of: path) else { return nil }
      if let text = String(validating: data, as: UTF8.self) { return text }
      let (line, column) = placeOfBrokenText(data)
      throw SettingsError(
        source: path, reason: "line \(line), column \(column) is not UTF-8 text.",
        remedy: "Save the file as UTF-8.")
    },
    exists: { FileManager.default.fileExists(atPath: $0) }, exposure: { exposedPlace(of: $0) })
}

/// What a file holds; nil where there is none.
private func contents(of path: String) throws(SettingsError) -> Data? {
  func refusal(_ reason: String) -> SettingsError {
    SettingsError(source: path, reason: "it cannot be read: \(reason).", remedy: "Check that you may read it.")
  }
  var facts = stat()
  guard stat(path, &facts) == 0 else {
    if errno == ENOENT || errno == ENOTDIR { return nil }
    throw refusal(String(cString: strerror(errno)))
  }
  if facts.st_mode & S_IFMT == S_IFDIR { throw refusal("it is a folder") }
  guard access(path, R_OK) == 0 else { throw refusal(String(cString: strerror(errno))) }
  do { return try Data(contentsOf: URL(fileURLWithPath: path)) } catch { throw refusal(error.localizedDescription) }
}

/// Line and column, in scalars from 1, of the first bytes that are no UTF-8.
private func placeOfBrokenText(_ data: Data) -> (line: Int, column: Int) {
  var (line, column) = (1, 1)
  var (decoder, bytes) = (UTF8(), data.makeIterator())
  while case .scalarValue(let scalar) = decoder.decode(&bytes) {
    (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
  }
  return (line, column)
}

extension Configuration {
  /// The configuration of this run.
  static func load(_ environment: [String: String]) throws(Exit) -> Configuration {
    do throws(ConfigurationError) { return try found(environment) } catch { throw Exit(error) }
  }

  /// The same, with what is wrong as facts.
  static func found(_ environment: [String: String]) throws(ConfigurationError) -> Configuration {
    let found = try load(
      environment: environment, directory: FileManager.default.currentDirectoryPath, files: .machine)
    do throws(FileFaults) { _ = try found.keyMap() } catch { throw ConfigurationError.faults(error) }
    return found
  }
}

/// Looks at the file, the folder it lies in, and, behind a symbolic link, at those it really is.
private func exposedPlace(of path: String) -> FileExposure? {
  let url = URL(fileURLWithPath: path)
  let real = url.resolvingSymlinksInPath()
  let places = [url.path, url.deletingLastPathComponent().path, real.path, real.deletingLastPathComponent().path]
  return places.lazy.compactMap(exposureOfPlace).first
}

private func exposureOfPlace(_ path: String) -> FileExposure? {
  var status = stat()
  // What cannot be looked at cannot be read either, and that is told elsewhere.
  guard stat(path, &status) == 0 else { return nil }
  let quoted = "'\(path.replacingOccurrences(of: "'", with: "'\\''"))'"
  if status.st_uid != geteuid(), status.st_uid != 0 {
    return FileExposure(
      path: path, reason: "belongs to another user", remedy: "If you trust it, make it yours: chown $USER \(quoted)")
  }
  if status.st_mode & S_IWOTH != 0 {
    return FileExposure(path: path, reason: "is writable by everybody", remedy: "Run: chmod go-w \(quoted)")
  }
  if status.st_mode & S_IWGRP != 0 {
    return FileExposure(path: path, reason: "is writable by its group", remedy: "Run: chmod go-w \(quoted)")
  }
  return nil
}
