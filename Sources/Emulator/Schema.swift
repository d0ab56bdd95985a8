// Strict reading of requests, as Google's front end does it: a field that is not
// in the message is an error, null is an unset field, enums come by name or
// number, names in camel case or snake case (google-apis.md section 1.2).
//
// What comes out is canonical: camel case, enums by name, whole numbers as
// numbers, times and durations in one spelling. Handlers rely on that.

import CloudModel
import Foundation

/// A protobuf message, as far as its JSON form goes.
struct Message: Sendable {
  /// The kinds of field that requests have.
  indirect enum Field: Sendable {
    case string
    case bytes
    case bool
    case int32
    case int64
    case double
    case timestamp
    case duration
    /// By type name, with the names in the order of their numbers.
    case enumeration(String, [String])
    case message(Message)
    case list(Field)
    /// From string to string.
    case map
    /// google.protobuf.Any and Struct: not looked into.
    case anything
  }

  /// A field with both spellings of its name.
  struct Entry: Sendable {
    let name: String
    /// As error messages spell it.
    let snakeName: String
    let field: Field
  }

  private let fields: [String: Entry]

  init(_ fields: [String: Field]) {
    var both: [String: Entry] = [:]
    for (name, field) in fields {
      let entry = Entry(name: name, snakeName: snakeCase(name), field: field)
      both[name] = entry
      both[entry.snakeName] = entry
    }
    self.fields = both
  }

  /// The field under either spelling of its name.
  func field(_ key: String) -> Entry? { fields[key] }

  /// Whether a mask path such as `rateLimits.maxDispatchesPerSecond` leads somewhere.
  func has(path: some Collection<String>) -> Bool {
    guard let first = path.first, let field = fields[first]?.field else { return false }
    if path.count == 1 { return true }
    switch field {
    case .message(let message): return message.has(path: Array(path.dropFirst()))
    case .map, .anything: return true
    default: return false
    }
  }
}

/// `maxDispatchesPerSecond` to `max_dispatches_per_second`.
func snakeCase(_ name: String) -> String {
  name.reduce(into: "") { text, letter in
    if letter.isUppercase { text += "_" + letter.lowercased() } else { text.append(letter) }
  }
}

/// `max_dispatches_per_second` to `maxDispatchesPerSecond`.
func camelCase(_ name: String) -> String {
  let words = name.split(separator: "_", omittingEmptySubsequences: false)
  return (words.first.map(String.init) ?? "")
    + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
}

/// Reads one request; everything that is wrong with it is reported together.
struct RequestDecoder {
  private var violations: [Refusal.Violation] = []
  /// Where the decoder is: `task`, `http_request`. Only spelled out when something is wrong there.
  private var place: [String] = []

  /// Reads a body. `prefix` is the field of the request message that the body stands for (`queue`), empty when it
  /// is the whole message. An empty body is an empty message.
  static func body(_ bytes: [UInt8], as message: Message, prefix: String = "") throws(Refusal) -> JSONObject {
    guard !bytes.isEmpty else { return JSONObject() }
    let json: JSON
    do { json = try JSON(parsing: bytes) } catch { throw .unreadable(error) }
    var decoder = RequestDecoder()
    if !prefix.isEmpty { decoder.place = [prefix] }
    let object = decoder.object(json, message)
    try decoder.finish()
    return object
  }

  /// Reads the query. Google's system parameters (`alt`, `key`, `$alt`, ...) are not fields and are left out.
  static func query(_ items: [(name: String, value: String)], as message: Message) throws(Refusal) -> JSONObject {
    var decoder = RequestDecoder()
    var object = JSONObject()
    for (key, value) in items where !systemParameters.contains(key) && !key.hasPrefix("$") {
      guard let entry = message.field(key) else {
        decoder.violations.append(unbound(key))
        continue
      }
      decoder.place = [entry.snakeName]
      object[entry.name] = decoder.value(.string(value), entry.field)
    }
    try decoder.finish()
    return object
  }

  /// cloudtasks.v2.json, `parameters`; the same for every API.
  private static let systemParameters: Set<String> = [
    "alt", "prettyPrint", "fields", "key", "access_token", "oauth_token", "quotaUser", "callback", "uploadType",
    "upload_protocol", "userProject",
  ]

  private static func unbound(_ key: String) -> Refusal.Violation {
    .init(
      field: "",
      description: "Invalid JSON payload received. Unknown name \"\(key)\": Cannot bind query parameter. "
        + "Field '\(key)' could not be found in request message.")
  }

  private func finish() throws(Refusal) {
    if !violations.isEmpty { throw .badRequest(violations) }
  }

  // MARK: Values

  private mutating func object(_ json: JSON, _ message: Message) -> JSONObject {
    guard case .object(let members) = json else {
      unknown(place.last ?? "", in: place.dropLast(), "Root element must be a message.")
      return JSONObject()
    }
    var object = JSONObject()
    for (key, value) in members {
      guard let entry = message.field(key) else {
        unknown(key, in: place[...], "Cannot find field.")
        continue
      }
      if case .null = value { continue }
      place.append(entry.snakeName)
      object[entry.name] = self.value(value, entry.field)
      place.removeLast()
    }
    return object
  }

  private mutating func value(_ json: JSON, _ field: Message.Field) -> JSON? {
    switch field {
    case .string: json.string == nil ? invalid(json, "TYPE_STRING") : json
    case .bytes: bytes(json)
    case .bool: Self.bool(json) ?? invalid(json, "TYPE_BOOL")
    case .int32: Self.int32(json).map(JSON.integer) ?? invalid(json, "TYPE_INT32")
    case .int64: json.int.map { .int64(Int64($0)) } ?? invalid(json, "TYPE_INT64")
    case .double: json.double.flatMap { $0.isFinite ? .double($0) : nil } ?? invalid(json, "TYPE_DOUBLE")
    case .timestamp:
      json.string.flatMap { Timestamp($0) }.flatMap(Self.inRange).map { .string($0.description) }
        ?? invalid(json, "type.googleapis.com/google.protobuf.Timestamp")
    case .duration:
      json.string.flatMap { Duration(protobuf: $0) }.map { .string($0.protobuf) }
        ?? invalid(json, "type.googleapis.com/google.protobuf.Duration")
    case .enumeration(let type, let names):
      Self.enumerationName(json, names) ?? invalid(json, "type.googleapis.com/\(type)")
    case .message(let message): .object(object(json, message))
    case .list(let element): list(json, element)
    case .map: map(json)
    case .anything: json
    }
  }

  private static func int32(_ json: JSON) -> Int? {
    guard let number = json.int, Int(Int32.min)...Int(Int32.max) ~= number else { return nil }
    return number
  }

  private static func bool(_ json: JSON) -> JSON? {
    switch json {
    case .bool: json
    case .string("true"): true
    case .string("false"): false
    default: nil
    }
  }

  /// protobuf's range, the years 1 to 9999.
  private static func inRange(_ timestamp: Timestamp) -> Timestamp? {
    (-62_135_596_800...253_402_300_799).contains(timestamp.seconds) ? timestamp : nil
  }

  private static func enumerationName(_ json: JSON, _ names: [String]) -> JSON? {
    if let name = json.string, names.contains(name) { return .string(name) }
    guard let number = json.int, names.indices.contains(number) else { return nil }
    return .string(names[number])
  }

  private mutating func bytes(_ json: JSON) -> JSON? {
    guard let text = json.string else { return invalid(json, "TYPE_BYTES") }
    guard decodeBase64(text) != nil else {
      let field = Self.spelled(place[...])
      violations.append(
        .init(
          field: field,
          description: "Invalid value at '\(field)' (TYPE_BYTES), Base64 decoding failed for \(json.compact)"))
      return nil
    }
    return json
  }

  private mutating func list(_ json: JSON, _ element: Message.Field) -> JSON? {
    guard case .array(let elements) = json else { return invalid(json, "list") }
    var values: [JSON] = []
    for (index, item) in elements.enumerated() {
      place.append("[\(index)]")
      if let value = value(item, element) { values.append(value) }
      place.removeLast()
    }
    return .array(values)
  }

  private mutating func map(_ json: JSON) -> JSON? {
    guard case .object(let members) = json else { return invalid(json, "map") }
    var object = JSONObject()
    for (key, value) in members {
      if case .null = value { continue }
      guard value.string != nil else {
        place.append("[\(key)]")
        defer { place.removeLast() }
        return invalid(value, "TYPE_STRING")
      }
      object[key] = value
    }
    return .object(object)
  }

  // MARK: Faults

  private mutating func invalid(_ json: JSON, _ type: String) -> JSON? {
    let field = Self.spelled(place[...])
    violations.append(.init(field: field, description: "Invalid value at '\(field)' (\(type)), \(json.compact)"))
    return nil
  }

  private mutating func unknown(_ name: String, in place: ArraySlice<String>, _ reason: String) {
    let field = Self.spelled(place)
    let location = field.isEmpty ? "" : " at '\(field)'"
    violations.append(
      .init(field: field, description: "Invalid JSON payload received. Unknown name \"\(name)\"\(location): \(reason)"))
  }

  /// `task.http_request`, `permissions[2]`.
  private static func spelled(_ place: ArraySlice<String>) -> String {
    place.reduce(into: "") { text, part in
      if !text.isEmpty, part.first != "[" { text += "." }
      text += part
    }
  }
}
