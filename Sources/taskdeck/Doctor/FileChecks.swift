// The configuration files and the themes, as far as they can be seen without the network.

import Console
import Foundation
import Settings

/// What people wrote.
struct FileChecks {
  let environment: [String: String]

  init(_ environment: [String: String]) { self.environment = environment }

  /// The checks, and the configuration where it can be used.
  func run() -> ([Check], Configuration?) {
    let configuration: Configuration
    do throws(ConfigurationError) { configuration = try .found(environment) } catch {
      return ([broken(error)] + themes(wanted: nil), nil)
    }
    let files = configuration.files
    let contexts = configuration.contexts.map { "@\($0.name)" }.joined(separator: ", ")
    let found = files.isEmpty ? "no files; flags and environment only" : files.joined(separator: ", ")
    let check = Check("configuration", .ok, contexts.isEmpty ? found : "\(found): \(contexts)")
    return ([check] + themes(wanted: configuration.theme), configuration)
  }

  /// Every fault with its file, line and column.
  private func broken(_ error: ConfigurationError) -> Check {
    guard case .faults(let faults) = error else { return Check("configuration", Exit(error).failure) }
    let all = faults.all
    return Check(
      "configuration", .fail, all.map { "\($0.place): \($0.reason)" }.joined(separator: "; "),
      remedy: all.compactMap(\.remedy).first ?? "Mend the file.")
  }

  private func themes(wanted: Located<ThemeChoice>?) -> [Check] {
    let all = ThemeFolder(environment).all
    let faulty = all.filter { !$0.warnings.isEmpty }.map { found in
      Check(
        "theme \(found.theme.name)", .warn, found.warnings.map(\.description).joined(separator: "; "),
        remedy: "Mend \(found.file ?? found.theme.name).")
    }
    guard let wanted, !all.contains(where: { $0.theme.name == wanted.value.dark }) else { return faulty }
    let missing = Check(
      "theme \(wanted.value.dark)", .warn, "\(wanted.place): there is no theme of that name",
      remedy: "The themes are \(all.map(\.theme.name).joined(separator: ", ")).")
    return [missing] + faulty
  }
}
