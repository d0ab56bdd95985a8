// The shapes that calls of Google's APIs have in common.

import CloudModel
import CloudREST
import Foundation

/// A call on one resource: `METHOD /{version}/{name}{verb}`.
func resourceCall(
  _ method: String, version: String, _ name: String, verb: String = "", body: String? = nil, retry: RetryPolicy
) -> RESTCall {
  RESTCall(
    method, "/\(version)/\(name)\(verb)", body: body.map { Data($0.utf8) }, retry: retry, resource: name,
    routing: [("name", name)])
}

/// The object without some of its fields, as bytes.
func withoutFields(_ names: [String], _ json: JSON) -> Data {
  guard var object = json.object else { return json.data }
  for name in names { object[name] = nil }
  return JSON.object(object).data
}
