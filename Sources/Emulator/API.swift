// What the two services' APIs have in common: a call, its answer, the table of
// methods, and the checks that come before every method.

import CloudModel
import Foundation

/// One call of a method, read and checked as far as its message says.
struct Call {
  let variables: [String: String]
  /// Canonical, see Schema.swift.
  let query: JSONObject
  let body: JSONObject
  let now: Moment
  /// For `$alt=json;enum-encoding=int`.
  let numericEnums: Bool
  /// The request itself, for a method that reads its bytes.
  var raw: ServerRequest?

  func variable(_ name: String) -> String { variables[name] ?? "" }
}

/// A body to answer with.
enum Answer {
  case json(JSON)
  /// JSON already written.
  case bytes([UInt8])

  static let empty = Answer.json(.object([:]))
}

/// A method of an API.
struct APIMethod: Sendable {
  let verb: String
  let path: String
  let query: Message
  let body: Message
  /// The field of the request message that the body is (`queue`); empty when the body is the whole message.
  let bodyField: String
  /// Whether the body is whatever the caller likes (BufferTask).
  let takesRawBody: Bool
  let perform: @Sendable (EmulatorState, Call) throws(Refusal) -> Answer

  init(
    _ verb: String, _ path: String, query: Message = .empty, body: Message = .empty, bodyField: String = "",
    _ perform: @escaping @Sendable (EmulatorState, Call) throws(Refusal) -> Answer
  ) {
    (self.verb, self.path, self.query, self.body, self.bodyField) = (verb, path, query, body, bodyField)
    self.perform = perform
    takesRawBody = false
  }

  init(
    rawBody verb: String, _ path: String,
    _ perform: @escaping @Sendable (EmulatorState, Call) throws(Refusal) -> Answer
  ) {
    (self.verb, self.path, self.query, self.body, self.bodyField) = (verb, path, .empty, .empty, "")
    self.perform = perform
    takesRawBody = true
  }
}

extension Call {
  /// The location of the path. Production answers for a project that is none with PERMISSION_DENIED.
  func location(service: String) throws(Refusal) -> LocationName {
    let (project, location) = (variable("project"), variable("location"))
    do { _ = try LocationName(project: project, location: "-") } catch {
      throw .permissionDenied(project: project, service: service)
    }
    do { return try LocationName(project: project, location: location) } catch { throw .badLocation(location) }
  }

  /// The page that a list call asks for.
  func pageSize(largest: Int) throws(Refusal) -> Int {
    let size = query["pageSize"]?.int ?? 0
    guard size >= 0 else { throw .badPageSize }
    return size == 0 ? largest : min(size, largest)
  }
}

/// Where a list goes on. Holds the place itself, not a count, so that nothing is skipped or repeated when what was
/// listed before is deleted meanwhile.
struct PageToken {
  /// The last item that was listed.
  let after: String

  /// "A page token is valid for only 2 hours" (documentation of ListTasks).
  private static let lifetime = Duration.seconds(7200)

  init?(_ text: String?, at now: Moment) throws(Refusal) {
    guard let text, !text.isEmpty else { return nil }
    guard let data = decodeBase64(text), let plain = String(data: data, encoding: .utf8),
      let space = plain.firstIndex(of: " "), let issued = Int64(plain[..<space]),
      // Not negative, so that the subtraction cannot overflow. A clock that was set back ends no token.
      issued >= 0, now.microseconds - issued <= Self.lifetime.microseconds
    else { throw .badPageToken }
    after = String(plain[plain.index(after: space)...])
  }

  static func text(after item: String, at now: Moment) -> String {
    Data("\(now.microseconds) \(item)".utf8).base64EncodedString()
  }

  /// A page of a list that is in memory as a whole, in the order of `id`.
  static func page<Item>(
    of items: [Item], after token: PageToken?, size: Int, at now: Moment, id: (Item) -> String
  ) -> (items: [Item], next: String?) {
    let rest = token.map { token in Array(items.drop { id($0) <= token.after }) } ?? items
    let page = Array(rest.prefix(size))
    guard page.count < rest.count, let last = page.last else { return (page, nil) }
    return (page, text(after: id(last), at: now))
  }
}

/// Enums as numbers, the way clients with `enum-encoding=int` are answered. Maps with keys of the caller's are left
/// alone.
func withNumericEnums(_ json: JSON, states: [String]) -> JSON {
  switch json {
  case .array(let elements): return .array(elements.map { withNumericEnums($0, states: states) })
  case .object(let members):
    return .object(
      JSONObject(
        members.map { key, value in
          switch key {
          case "headers", "attributes", "details": return (key, value)
          case "state": return (key, number(of: value, in: states))
          case "view": return (key, number(of: value, in: ["VIEW_UNSPECIFIED", "BASIC", "FULL"]))
          case "httpMethod": return (key, number(of: value, in: httpMethodNames))
          case "type": return (key, number(of: value, in: ["TYPE_UNSPECIFIED", "PULL", "PUSH"]))
          case "scheme": return (key, number(of: value, in: ["SCHEME_UNSPECIFIED", "HTTP", "HTTPS"]))
          case "uriOverrideEnforceMode":
            return (key, number(of: value, in: ["URI_OVERRIDE_ENFORCE_MODE_UNSPECIFIED", "IF_NOT_EXISTS", "ALWAYS"]))
          default: return (key, withNumericEnums(value, states: states))
          }
        }))
  default: return json
  }
}

private func number(of value: JSON, in names: [String]) -> JSON {
  value.string.flatMap { names.firstIndex(of: $0) }.map(JSON.integer) ?? value
}

/// Locations: any name that could be one is accepted, so the list is only what a person may want to choose from.
enum Locations {
  private static let regions = [
    "asia-east1", "asia-northeast1", "asia-south1", "asia-southeast1", "australia-southeast1", "europe-central2",
    "europe-west1", "europe-west2", "europe-west3", "northamerica-northeast1", "southamerica-east1", "us-central1",
    "us-east1", "us-east4", "us-west1",
  ]

  static func methods(version: String, service: String) -> [APIMethod] {
    let root = "/\(version)/projects/{project}/locations"
    return [
      APIMethod("GET", root, query: .locationList) { _, call throws(Refusal) in
        let size = try call.pageSize(largest: 100)
        let token = try PageToken(call.query["pageToken"]?.string, at: call.now)
        let page = PageToken.page(of: regions, after: token, size: size, at: call.now) { $0 }
        var answer: JSONObject = ["locations": .array(page.items.map { resource(call.variable("project"), $0) })]
        answer["nextPageToken"] = page.next.map(JSON.string)
        return .json(.object(answer))
      },
      APIMethod("GET", root + "/{location}") { _, call throws(Refusal) in
        let name = try call.location(service: service)
        return .json(resource(name.project, name.location))
      },
    ]
  }

  private static func resource(_ project: String, _ location: String) -> JSON {
    [
      "name": .string("projects/\(project)/locations/\(location)"), "locationId": .string(location),
      "labels": ["cloud.googleapis.com/region": .string(location)],
    ]
  }
}
