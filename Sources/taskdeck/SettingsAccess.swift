// What settings are read through: files, and who else could have written them.

import Foundation
import Settings

extension SettingsFiles {
  /// The files of this machine.
  static let machine = SettingsFiles(
    read: { path throws(SettingsError) in
      guard FileManager.default.fileExists(atPath: path) else { return nil }
      do { return try String(contentsOfFile: path, encoding: .utf8) } catch {
        throw SettingsError(
          source: path, reason: "it cannot be read: \(error.localizedDescription)",
          remedy: "Check that you may read it, and that it is text.")
      }
    },
    exists: { FileManager.default.fileExists(atPath: $0) }, exposure: { exposedPlace(of: $0) })
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
