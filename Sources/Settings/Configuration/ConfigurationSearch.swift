// Finding the configuration files, and refusing those that others could have written.

import CloudModel
import Foundation

extension Configuration {
  /// Reads the person's `config.yaml` and the nearest `taskdeck.yaml`.
  ///
  /// - Parameters:
  ///   - directory: the working directory: absolute.
  ///   - files: what both are read through.
  /// - Throws: everything that is wrong in the first of them that has faults.
  package static func load(
    environment: [String: String], directory: String, files: SettingsFiles
  ) throws(ConfigurationError) -> Configuration {
    let user = try userPath(environment).map { path throws(ConfigurationError) in
      try read(path, .user, environment, files)
    }
    let found = try projectPath(above: directory, files).map { path throws(ConfigurationError) in
      try read(path, .project, environment, files)
    }
    let merged = (found.flatMap { $0 } ?? .none).over(user.flatMap { $0 } ?? .none)
    do throws(FileFaults) { try merged.checkReferences() } catch { throw .faults(error) }
    return merged
  }

  /// `$XDG_CONFIG_HOME/taskdeck/config.yaml` (XDG Base Directory Specification; a relative value is to be ignored).
  package static func userPath(_ environment: [String: String]) -> String? {
    if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") { return "\(folder)/taskdeck/config.yaml" }
    guard let home = environment["HOME"], !home.isEmpty else { return nil }
    return "\(home)/.config/taskdeck/config.yaml"
  }

  /// The nearest `taskdeck.yaml` in a folder or those above it.
  private static func projectPath(above directory: String, _ files: SettingsFiles) -> String? {
    var folder = directory
    while true {
      let path = folder == "/" ? "/taskdeck.yaml" : "\(folder)/taskdeck.yaml"
      if files.exists(path) { return path }
      guard let slash = folder.lastIndex(of: "/"), folder != "/" else { return nil }
      folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
    }
  }

  private static func read(
    _ path: String, _ scope: ConfigurationScope, _ environment: [String: String], _ files: SettingsFiles
  ) throws(ConfigurationError) -> Configuration? {
    let text: String?
    do throws(SettingsError) { text = try files.read(path) } catch { throw .unreadable(error) }
    guard let text else { return nil }
    let found: Configuration
    do throws(FileFaults) {
      found = try Configuration(text, file: path, scope: scope, home: environment["HOME"])
    } catch {
      throw .faults(error)
    }
    if let program = found.program, let exposure = files.exposure(path) {
      throw .exposed(program, exposure)
    }
    return found
  }
}

/// Why the configuration cannot be used.
package enum ConfigurationError: Error, Sendable, Equatable {
  case faults(FileFaults)
  case unreadable(SettingsError)
  /// A file that names a program to run, there, and how others could change it.
  case exposed(FilePlace, FileExposure)
}

/// A file or folder that somebody else can write.
package struct FileExposure: Sendable, Equatable {
  package var path: String
  /// A sentence part after the path: `is writable by everybody`.
  package var reason: String
  /// What to run.
  package var remedy: String

  package init(path: String, reason: String, remedy: String) {
    (self.path, self.reason, self.remedy) = (path, reason, remedy)
  }
}
