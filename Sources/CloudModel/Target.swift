// Where a task or a job sends its request: the three kinds of target that
// Cloud Tasks and Cloud Scheduler share, and the tokens they carry.

import Foundation

/// A token the service attaches to the request as `Authorization: Bearer`.
package enum Authorization: Equatable, Sendable {
  /// An OIDC token; without an audience the whole target URL is used.
  case oidc(serviceAccountEmail: String, audience: String?)
  case oauth(serviceAccountEmail: String, scope: String?)

  package var serviceAccountEmail: String {
    switch self {
    case .oidc(let email, _), .oauth(let email, _): email
    }
  }

  fileprivate static func read(_ kind: String, _ reader: inout JSONReader) throws(JSONError) -> Authorization {
    var (email, detail): (String, String?) = ("", nil)
    try reader.fields { key, reader throws(JSONError) in
      switch key {
      case "serviceAccountEmail": email = try reader.string()
      case "audience", "scope": detail = try reader.string()
      default: try reader.skip()
      }
    }
    return kind == "oidcToken"
      ? .oidc(serviceAccountEmail: email, audience: detail) : .oauth(serviceAccountEmail: email, scope: detail)
  }

  /// The member of the target that holds it.
  fileprivate var member: (key: String, value: JSON) {
    var object: JSONObject = ["serviceAccountEmail": .string(serviceAccountEmail)]
    switch self {
    case .oidc(_, let audience):
      object["audience"] = audience.map(JSON.string)
      return ("oidcToken", .object(object))
    case .oauth(_, let scope):
      object["scope"] = scope.map(JSON.string)
      return ("oauthToken", .object(object))
    }
  }
}

/// One header of a stored request; the casing is the submitter's.
package struct Header: Hashable, Sendable {
  package var name: String
  package var value: String

  package init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
}

/// HttpMethod by number, for clients that send enums as integers.
package let httpMethodNames = [
  "HTTP_METHOD_UNSPECIFIED", "POST", "GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS",
]

/// An HTTP target: `httpRequest` of a task (its URL field is `url`), `httpTarget` of a job (`uri`).
package struct HTTPTarget: Equatable, Sendable {
  package var url: String
  package var method: String?
  package var headers: [Header] = []
  /// The body as it came, in base64; nil when there is none or the view left it out.
  package var encodedBody: String?
  package var authorization: Authorization?
  package var unknown = JSONObject()

  package init(url: String) { self.url = url }

  /// The decoded body; nil when there is none or it is not base64.
  package var body: Data? { encodedBody.flatMap(decodeBase64) }

  package init(_ reader: inout JSONReader) throws(JSONError) {
    self.init(url: "")
    try reader.fields { key, reader throws(JSONError) in
      switch key {
      case "url", "uri": url = try reader.string()
      case "httpMethod": method = try reader.enumeration(httpMethodNames)
      case "headers": headers = try readHeaders(&reader)
      case "body": encodedBody = try reader.string()
      case "oidcToken", "oauthToken": authorization = try Authorization.read(key, &reader)
      default: unknown[key] = try reader.value()
      }
    }
  }

  /// With the URL under `urlKey`, which differs between the two services.
  package func json(urlKey: String) -> JSON {
    var object: JSONObject = [urlKey: .string(url)]
    object["httpMethod"] = method.map(JSON.string)
    object["headers"] = headerObject(headers)
    object["body"] = encodedBody.map(JSON.string)
    if let authorization { object[authorization.member.key] = authorization.member.value }
    object.merge(unknown)
    return .object(object)
  }
}

/// An App Engine target: `appEngineHttpRequest` of a task, `appEngineHttpTarget` of a job.
package struct AppEngineTarget: Equatable, Sendable {
  package var method: String?
  /// Service, version, instance and host, as they came.
  package var routing: JSONObject?
  package var relativeURI: String = "/"
  package var headers: [Header] = []
  package var encodedBody: String?
  package var unknown = JSONObject()

  package init() {}

  package var body: Data? { encodedBody.flatMap(decodeBase64) }

  package init(_ reader: inout JSONReader) throws(JSONError) {
    try reader.fields { key, reader throws(JSONError) in
      switch key {
      case "httpMethod": method = try reader.enumeration(httpMethodNames)
      case "appEngineRouting": routing = try reader.value().object
      case "relativeUri": relativeURI = try reader.string()
      case "headers": headers = try readHeaders(&reader)
      case "body": encodedBody = try reader.string()
      default: unknown[key] = try reader.value()
      }
    }
  }

  package var json: JSON {
    var object = JSONObject()
    object["httpMethod"] = method.map(JSON.string)
    object["appEngineRouting"] = routing.map(JSON.object)
    object["relativeUri"] = .string(relativeURI)
    object["headers"] = headerObject(headers)
    object["body"] = encodedBody.map(JSON.string)
    object.merge(unknown)
    return .object(object)
  }
}

/// A Pub/Sub target of a job.
package struct PubsubTarget: Equatable, Sendable {
  package var topicName: String = ""
  package var encodedData: String?
  package var attributes: [Header] = []
  package var unknown = JSONObject()

  package init() {}

  package var data: Data? { encodedData.flatMap(decodeBase64) }

  package init(_ reader: inout JSONReader) throws(JSONError) {
    try reader.fields { key, reader throws(JSONError) in
      switch key {
      case "topicName": topicName = try reader.string()
      case "data": encodedData = try reader.string()
      case "attributes": attributes = try readHeaders(&reader)
      default: unknown[key] = try reader.value()
      }
    }
  }

  package var json: JSON {
    var object: JSONObject = ["topicName": .string(topicName)]
    object["data"] = encodedData.map(JSON.string)
    object["attributes"] = headerObject(attributes)
    object.merge(unknown)
    return .object(object)
  }
}

/// proto3 JSON lets a reader accept URL-safe and unpadded base64 as well.
package func decodeBase64(_ text: String) -> Data? {
  if let data = Data(base64Encoded: text) { return data }
  let standard = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
  let stripped = standard.filter { $0 != "=" }
  return Data(base64Encoded: stripped + String(repeating: "=", count: (4 - stripped.utf8.count % 4) % 4))
}

private func readHeaders(_ reader: inout JSONReader) throws(JSONError) -> [Header] {
  var headers: [Header] = []
  try reader.fields { key, reader throws(JSONError) in headers.append(Header(key, try reader.string())) }
  return headers
}

private func headerObject(_ headers: [Header]) -> JSON? {
  headers.isEmpty ? nil : .object(JSONObject(headers.map { ($0.name, .string($0.value)) }))
}
