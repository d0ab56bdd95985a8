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

  /// As the member of a target.
  fileprivate func describe(to sink: inout some JSONSink) {
    switch self {
    case .oidc(let email, let audience):
      sink.put("oidcToken") { token in
        token.put("serviceAccountEmail", email)
        token.put("audience", audience)
      }
    case .oauth(let email, let scope):
      sink.put("oauthToken") { token in
        token.put("serviceAccountEmail", email)
        token.put("scope", scope)
      }
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
  package func json(urlKey: StaticString) -> JSON {
    var sink = JSONTreeSink()
    describe(to: &sink, urlKey: urlKey)
    return .object(sink.object)
  }

  func describe(to sink: inout some JSONSink, urlKey: StaticString) {
    sink.put(urlKey, url)
    sink.put("httpMethod", method)
    if !headers.isEmpty { sink.put("headers", headers) }
    sink.put("body", encodedBody)
    authorization?.describe(to: &sink)
    sink.put(unknown: unknown)
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
    var sink = JSONTreeSink()
    describe(to: &sink)
    return .object(sink.object)
  }

  func describe(to sink: inout some JSONSink) {
    sink.put("httpMethod", method)
    if let routing { sink.put("appEngineRouting", .object(routing)) }
    sink.put("relativeUri", relativeURI)
    if !headers.isEmpty { sink.put("headers", headers) }
    sink.put("body", encodedBody)
    sink.put(unknown: unknown)
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
