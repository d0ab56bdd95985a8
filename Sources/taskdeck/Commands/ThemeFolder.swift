// The themes there are: those in the program, and a person's own beside the configuration.

import Console
import Foundation
import Terminal
import Themes

/// Finds and reads themes.
struct ThemeFolder {
  /// `$XDG_CONFIG_HOME/taskdeck/themes`.
  let path: String

  init(_ environment: [String: String]) {
    // XDG Base Directory Specification: a relative value is to be ignored.
    let config = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    path = "\(config ?? "\(environment["HOME"] ?? NSHomeDirectory())/.config")/taskdeck/themes"
  }

  /// A theme, where it is from, and what is wrong with its file.
  struct Found {
    var theme: Theme
    /// nil for those in the program.
    var file: String?
    var warnings: [ThemeWarning]
  }

  /// A file of a person's own stands in for a shipped theme of its name.
  var all: [Found] {
    let own = files.map { file -> Found in
      let name = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
      guard let data = FileManager.default.contents(atPath: file), data.count < 1 << 20 else {
        let warning = ThemeWarning(line: 1, text: "could not be read, or is larger than 1 MiB")
        return Found(theme: Theme.read("", called: name).theme, file: file, warnings: [warning])
      }
      let (theme, warnings) = Theme.read(String(decoding: data, as: UTF8.self), called: name)
      return Found(theme: theme, file: file, warnings: warnings)
    }
    let names = Set(own.map(\.theme.name))
    let shipped = ShippedThemes.all.map { Found(theme: Theme.read($0.yaml, called: $0.name).theme, warnings: []) }
    return shipped.filter { !names.contains($0.theme.name) } + own
  }

  private var files: [String] {
    let entries: [String]
    // No folder, no themes of one's own.
    do { entries = try FileManager.default.contentsOfDirectory(atPath: path) } catch { return [] }
    return entries.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted().map { "\(path)/\($0)" }
  }
}
