// What the caller may do, asked of the service itself. The answer of `testIamPermissions` (google.iam.v1.IAMPolicy) holds
// those of the permissions that the caller has, and none of them for a resource that is not there.

import CloudModel
import CloudREST
import Foundation

/// Resource Manager at one endpoint, for what holds in a whole project.
package struct ProjectsClient: Sendable {
  private let rest: RESTClient

  package init(_ rest: RESTClient) {
    self.rest = rest
  }

  /// `POST /v1/projects/{project}:testIamPermissions`.
  package func granted(_ permissions: [String], in project: String) async throws(APIError) -> Set<String> {
    try await rest.granted(permissions, on: "projects/\(project)", version: "v1")
  }
}

extension TasksClient {
  /// `POST /v2/{queue}:testIamPermissions`: a queue may allow what its project does not.
  package func granted(_ permissions: [String], on queue: QueueName) async throws(APIError) -> Set<String> {
    try await rest.granted(permissions, on: queue.description, version: "v2")
  }
}

extension RESTClient {
  fileprivate func granted(
    _ permissions: [String], on resource: String, version: String
  ) async throws(APIError) -> Set<String> {
    let body: JSON = ["permissions": .array(permissions.map(JSON.string))]
    // It changes nothing, so it may be sent again.
    let call = RESTCall(
      "POST", "/\(version)/\(resource):testIamPermissions", body: body.data, retry: TasksClient.read,
      resource: resource, routing: [("resource", resource)])
    return try await self.resource(call) { reader throws(JSONError) in
      var granted: Set<String> = []
      try reader.fields { key, reader throws(JSONError) in
        if key == "permissions" {
          try reader.elements { reader throws(JSONError) in granted.insert(try reader.string()) }
        } else {
          try reader.skip()
        }
      }
      return granted
    }
  }
}
