// Where a project may have queues and jobs; the same method in every Google API.

import CloudModel
import CloudREST
import Foundation

extension RESTClient {
  /// `GET /{version}/projects/{project}/locations`.
  func locations(of project: String, version: String, retry: RetryPolicy) async throws(APIError) -> [LocationName] {
    let parent = "projects/\(project)"
    let call = RESTCall(
      "GET", "/\(version)/\(parent)/locations", retry: retry, resource: parent, routing: [("name", parent)],
      quota: .list)
    return try await pages(of: call, under: "locations") { reader throws(JSONError) in try readLocation(&reader) }.all()
  }
}

private func readLocation(_ reader: inout JSONReader) throws(JSONError) -> LocationName {
  var location: LocationName?
  try reader.fields { key, reader throws(JSONError) in
    if key == "name" {
      location = try reader.name { text throws(NameError) in try LocationName(text) }
    } else {
      try reader.skip()
    }
  }
  guard let location else { throw reader.failure("a location without a name") }
  return location
}
