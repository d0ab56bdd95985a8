// Clients on a scripted server, and what that server saw.

import CloudREST
import Foundation
import TestSupport
import Transport

@testable import CloudAPI

private func rest(_ server: TestServer) throws -> RESTClient {
  RESTClient(
    endpoint: try Endpoint(server.url), credentials: AnonymousCredentials(), sender: HTTPClient(),
    identity: RESTClient.Identity(version: "0"))
}

func tasksClient(_ server: TestServer) throws -> TasksClient {
  TasksClient(try rest(server))
}

func schedulerClient(_ server: TestServer) throws -> SchedulerClient {
  SchedulerClient(try rest(server))
}

func pubsubClient(_ server: TestServer) throws -> PubsubClient {
  PubsubClient(try rest(server))
}

/// `METHOD target body` of each request.
func seen(_ server: TestServer) -> [String] {
  server.requests.map { request in
    let body = String(decoding: request.body, as: UTF8.self)
    return [request.method, request.target, body].filter { !$0.isEmpty }.joined(separator: " ")
  }
}
