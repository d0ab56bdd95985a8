// Values that must not be shown: a plan is pasted into reviews and build logs.

import CloudModel
import Foundation

/// Hides secrets in what is shown of a change. What is applied is never masked.
package enum SecretMask {
  static let hidden = "***"
  static let changed = "*** (changed)"

  /// The change with the secret ones of its headers hidden; that one changed is still said.
  package static func masked(_ change: FieldChange) -> FieldChange {
    var masked = change
    switch change.field {
    case "httpTarget.headers", "appEngineHttpTarget.headers", "pubsubTarget.attributes":
      masked.before = headers(change.before, was: nil)
      masked.after = headers(change.after, was: change.before)
    case "httpTarget", "appEngineHttpTarget", "pubsubTarget":
      masked.before = target(change.before)
      masked.after = target(change.after)
    case "httpTarget.uri":
      masked.before = change.before?.string.map { .string(url($0)) }
      masked.after = change.after?.string.map { .string(url($0)) }
      if masked.before == masked.after, let after = masked.after?.string {
        masked.after = .string("\(after) (changed)")
      }
    default: break
    }
    return masked
  }

  /// A whole job, for showing.
  package static func masked(_ job: JSON) -> JSON {
    guard var object = job.object else { return job }
    for key in ["httpTarget", "appEngineHttpTarget", "pubsubTarget"] { object[key] = target(object[key]) }
    return .object(object)
  }

  private static func target(_ json: JSON?) -> JSON? {
    guard var object = json?.object else { return json }
    for key in ["headers", "attributes"] { object[key] = headers(object[key], was: nil) }
    if let uri = object["uri"]?.string { object["uri"] = .string(url(uri)) }
    return .object(object)
  }

  private static func headers(_ json: JSON?, was before: JSON?) -> JSON? {
    guard let object = json?.object else { return json }
    return .object(
      JSONObject(
        object.map { name, value in
          guard isSecret(name) else { return (name, value) }
          return (name, .string(before != nil && before?[name] != value ? changed : hidden))
        }))
  }

  /// By its name: the value itself tells nothing.
  package static func isSecret(_ name: String) -> Bool {
    let name = name.lowercased()
    return ["auth", "token", "secret", "password", "passwd", "cookie", "credential", "signature", "apikey", "api-key"]
      .contains { name.contains($0) } || name.hasSuffix("-key") || name == "key"
  }

  /// A password before the host, and parameters that are named like secrets.
  package static func url(_ text: String) -> String {
    guard text.contains("@") || text.contains("?"), var parts = URLComponents(string: text) else { return text }
    if parts.password != nil { parts.password = hidden }
    parts.percentEncodedQueryItems = parts.percentEncodedQueryItems?.map { item in
      isSecret(item.name) ? URLQueryItem(name: item.name, value: hidden) : item
    }
    return parts.string ?? text
  }
}
