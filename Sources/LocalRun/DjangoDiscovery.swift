// A Django project that nobody configured: manage.py is there, and it says which
// settings it means.

import Foundation
import ReplayModel

package enum DjangoDiscovery {
  /// The project in a folder; nil when it has no manage.py.
  ///
  /// The interpreter is the one of a virtual environment beside manage.py (`.venv`, `venv`), else the active one
  /// (`VIRTUAL_ENV`), else `python3` of PATH.
  package static func project(in directory: String, environment: [String: String]) -> DjangoProject? {
    guard let script = FileManager.default.contents(atPath: "\(directory)/manage.py") else { return nil }
    let settings = environment["DJANGO_SETTINGS_MODULE"] ?? settings(in: String(decoding: script, as: UTF8.self))
    return DjangoProject(
      directory: directory, python: python(in: directory, environment: environment), settings: settings)
  }

  /// The interpreter for a project whose configuration names none.
  package static func python(in directory: String, environment: [String: String]) -> String {
    let places = ["\(directory)/.venv", "\(directory)/venv", environment["VIRTUAL_ENV"] ?? ""]
    let paths = places.filter { !$0.isEmpty }.map { "\($0)/bin/python" }
    return paths.first(where: FileManager.default.isExecutableFile) ?? "python3"
  }

  /// The settings module of the project in a folder, as its manage.py says.
  package static func settings(ofProjectIn directory: String) -> String? {
    FileManager.default.contents(atPath: "\(directory)/manage.py").flatMap {
      settings(in: String(decoding: $0, as: UTF8.self))
    }
  }

  /// `os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")`, as startproject writes it, or an assignment.
  private static func settings(in script: String) -> String? {
    let pattern = /DJANGO_SETTINGS_MODULE["'](?:\s*,|\]\s*=)\s*["']([A-Za-z_][A-Za-z0-9_.]*)["']/
    return script.firstMatch(of: pattern).map { String($0.1) }
  }
}
