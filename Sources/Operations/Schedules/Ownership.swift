// Whose a job or a subscription is. The library takes every ID that begins with
// the app's name for its own and deletes it (django-cloud-tasks.md, findings 2 and
// 3); here an ID has to be the app's beyond doubt before anything may be deleted.

import CloudModel
import Foundation

/// What belongs to one app.
package struct Ownership: Equatable, Sendable {
  /// nil where nobody said: then nothing can be told to be the app's own by its ID.
  package var app: String?
  package var delimiter: String
  /// Base of the app's URLs.
  package var endpoint: String?

  package init(app: String?, delimiter: String, endpoint: String?) {
    self.app = app.flatMap { $0.isEmpty ? nil : $0 }
    self.delimiter = delimiter
    self.endpoint = endpoint.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The name after app and delimiter; nil when the ID is not of that form. A name in which the delimiter occurs once
  /// more may be that of an app which is called `shop--admin`, so it is not.
  package func name(in id: String) -> String? {
    guard let app, !delimiter.isEmpty else { return nil }
    let prefix = app + delimiter
    guard id.hasPrefix(prefix) else { return nil }
    let name = String(id.dropFirst(prefix.count))
    return name.isEmpty || name.contains(delimiter) ? nil : name
  }

  /// The ID of a definition that names none itself.
  package func id(of name: String) -> String { app.map { $0 + delimiter + name } ?? name }

  /// Begins as the app's own do, and is not one: what the library would delete.
  package func looksAlike(_ id: String) -> Bool {
    guard let app, name(in: id) == nil else { return false }
    return id.hasPrefix(app)
  }

  /// Whether a URL lies under the endpoint: the same scheme, host and port, and a path below it.
  package func isUnderEndpoint(_ url: String) -> Bool {
    guard let endpoint, let base = URLComponents(string: endpoint), let parts = URLComponents(string: url),
      base.scheme?.lowercased() == parts.scheme?.lowercased(), base.host?.lowercased() == parts.host?.lowercased(),
      Self.port(base) == Self.port(parts)
    else { return false }
    let folder = base.path.hasSuffix("/") ? base.path : base.path + "/"
    return parts.path.hasPrefix(folder) || parts.path == base.path
  }

  private static func port(_ parts: URLComponents) -> Int? { parts.port ?? (parts.scheme == "https" ? 443 : 80) }

  /// The endpoint with a name after it.
  package func url(of name: String) -> String? {
    endpoint.map { $0.hasSuffix("/") ? $0 + name : "\($0)/\(name)" }
  }
}
