// google.protobuf.FieldMask: which fields an update touches or an answer shows.
// In JSON a comma-joined list of camel-case paths; snake case is accepted too
// (google-apis.md section 1.2).

import CloudModel

/// A list of field paths.
struct FieldMask {
  let paths: [[String]]

  /// nil for an absent or empty mask, which means "everything" to an update. Throws on a path that leads nowhere.
  init?(_ text: String?, of message: Message) throws(Refusal) {
    guard let text, !text.isEmpty else { return nil }
    var paths: [[String]] = []
    for item in text.split(separator: ",") {
      let path = item.split(separator: ".").map { camelCase(String($0)) }
      guard path == ["*"] || message.has(path: path) else { throw .badMask(String(item)) }
      paths.append(path)
    }
    self.paths = paths
  }

  /// Whether the mask is the single `*` that stands for all fields.
  var isEverything: Bool { paths == [["*"]] }

  /// Whether a top-level field is named, in whole or in part.
  func names(_ field: String) -> Bool { paths.contains { $0.first == field || $0 == ["*"] } }

  /// `old` with the masked fields taken from `new`; a field that `new` does not have is unset.
  func merge(_ new: JSONObject, into old: JSONObject) -> JSONObject {
    if isEverything { return new }
    return paths.reduce(into: old) { result, path in Self.copy(path[...], from: new, to: &result) }
  }

  /// Only the masked fields.
  func project(_ object: JSONObject) -> JSONObject {
    if isEverything { return object }
    return paths.reduce(into: JSONObject()) { result, path in Self.copy(path[...], from: object, to: &result) }
  }

  private static func copy(_ path: ArraySlice<String>, from new: JSONObject, to old: inout JSONObject) {
    guard let first = path.first else { return }
    guard path.count > 1 else {
      old[first] = new[first]
      return
    }
    let source = new[first]?.object
    guard source != nil || old[first] != nil else { return }
    var inner = old[first]?.object ?? JSONObject()
    copy(path.dropFirst(), from: source ?? JSONObject(), to: &inner)
    old[first] = .object(inner)
  }
}
