// Every method of Google's discovery documents (cloudtasks v2 revision 20261005,
// v2beta3 20260831, cloudscheduler v1 20261106) has somebody who answers it.

import CloudModel
import Testing

@testable import Emulator

@Suite struct `The discovery documents` {
  private static let methods = """
    GET /v2/projects/{projectsId}/locations/{locationsId}
    GET /v2/projects/{projectsId}/locations/{locationsId}/cmekConfig
    GET /v2/projects/{projectsId}/locations
    PATCH /v2/projects/{projectsId}/locations/{locationsId}/cmekConfig
    GET /v2/projects/{projectsId}/locations/{locationsId}/operations/{operationsId}
    POST /v2/projects/{projectsId}/locations/{locationsId}/queues
    DELETE /v2/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}
    GET /v2/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}
    POST /v2/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}:getIamPolicy
    GET /v2/projects/{projectsId}/locations/{locationsId}/queues
    PATCH /v2/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}
    POST /v2/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}:pause
    POST /v2/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}:purge
    POST /v2/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}:resume
    POST /v2/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}:setIamPolicy
    POST /v2/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}:testIamPermissions
    POST /v2/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}/tasks:batchCreate
    POST /v2/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}/tasks:batchDelete
    POST /v2/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}/tasks/{taskId}:buffer
    POST /v2/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}/tasks
    DELETE /v2/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}/tasks/{tasksId}
    GET /v2/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}/tasks/{tasksId}
    GET /v2/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}/tasks
    POST /v2/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}/tasks/{tasksId}:run
    GET /v2beta3/projects/{projectsId}/locations/{locationsId}
    GET /v2beta3/projects/{projectsId}/locations/{locationsId}/cmekConfig
    GET /v2beta3/projects/{projectsId}/locations
    PATCH /v2beta3/projects/{projectsId}/locations/{locationsId}/cmekConfig
    GET /v2beta3/projects/{projectsId}/locations/{locationsId}/operations/{operationsId}
    POST /v2beta3/projects/{projectsId}/locations/{locationsId}/queues
    DELETE /v2beta3/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}
    GET /v2beta3/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}
    POST /v2beta3/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}:getIamPolicy
    GET /v2beta3/projects/{projectsId}/locations/{locationsId}/queues
    PATCH /v2beta3/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}
    POST /v2beta3/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}:pause
    POST /v2beta3/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}:purge
    POST /v2beta3/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}:resume
    POST /v2beta3/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}:setIamPolicy
    POST /v2beta3/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}:testIamPermissions
    POST /v2beta3/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}/tasks:batchCreate
    POST /v2beta3/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}/tasks:batchDelete
    POST /v2beta3/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}/tasks/{taskId}:buffer
    POST /v2beta3/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}/tasks
    DELETE /v2beta3/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}/tasks/{tasksId}
    GET /v2beta3/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}/tasks/{tasksId}
    GET /v2beta3/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}/tasks
    POST /v2beta3/projects/{projectsId}/locations/{locationsId}/queues/{queuesId}/tasks/{tasksId}:run
    GET /v1/projects/{projectsId}/locations/{locationsId}
    GET /v1/projects/{projectsId}/locations/{locationsId}/cmekConfig
    GET /v1/projects/{projectsId}/locations
    PATCH /v1/projects/{projectsId}/locations/{locationsId}/cmekConfig
    POST /v1/projects/{projectsId}/locations/{locationsId}/jobs
    DELETE /v1/projects/{projectsId}/locations/{locationsId}/jobs/{jobsId}
    GET /v1/projects/{projectsId}/locations/{locationsId}/jobs/{jobsId}
    GET /v1/projects/{projectsId}/locations/{locationsId}/jobs
    PATCH /v1/projects/{projectsId}/locations/{locationsId}/jobs/{jobsId}
    POST /v1/projects/{projectsId}/locations/{locationsId}/jobs/{jobsId}:pause
    POST /v1/projects/{projectsId}/locations/{locationsId}/jobs/{jobsId}:resume
    POST /v1/projects/{projectsId}/locations/{locationsId}/jobs/{jobsId}:run
    POST /v1/projects/{projectsId}/locations/{locationsId}/operations/{operationsId}:cancel
    DELETE /v1/projects/{projectsId}/locations/{locationsId}/operations/{operationsId}
    GET /v1/projects/{projectsId}/locations/{locationsId}/operations/{operationsId}
    GET /v1/projects/{projectsId}/locations/{locationsId}/operations
    """

  @Test(arguments: methods.split(separator: "\n").map(String.init))
  func `every method is known`(method: String) throws {
    let parts = method.split(separator: " ").map(String.init)
    let variables = [
      "{projectsId}": "acme", "{locationsId}": "us-central1", "{queuesId}": "q", "{tasksId}": "t", "{taskId}": "t",
      "{jobsId}": "j", "{operationsId}": "o",
    ]
    let path = variables.reduce(parts[1]) { $0.replacing($1.key, with: $1.value) }
    #expect(!path.contains("{"))
    let response = Bench().raw(parts[0], path, parts[0] == "GET" || parts[0] == "DELETE" ? [] : Array("{}".utf8))
    #expect(response.headers.first?.1 == "application/json; charset=UTF-8")
    #expect(response.status < 500)
  }

  @Test func `the list is whole`() { #expect(Self.methods.split(separator: "\n").count == 64) }
}
