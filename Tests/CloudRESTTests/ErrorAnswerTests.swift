// Every kind of error body ends in a status and a sentence.

import Foundation
import Testing
import Transport

@testable import CloudREST

@Suite struct ErrorAnswerTests {
  private func read(_ status: Int, _ body: Data, _ headers: HTTPHeaders = [:]) -> ErrorAnswer {
    ErrorAnswer(HTTPResponse(status: status, headers: headers, body: body), date: VirtualTime.epoch)
  }

  typealias Row = (status: Int, body: String, name: String?, message: String)

  @Test(
    arguments: [
      (
        404, #"{"error":{"code":404,"message":"Queue does not exist.","status":"NOT_FOUND"}}"#, "NOT_FOUND",
        "Queue does not exist."
      ),
      (400, #"{"error":{"code":400,"message":"no","status":"FAILED_PRECONDITION"}}"#, "FAILED_PRECONDITION", "no"),
      (409, #"[{"error":{"code":409,"message":"twice","status":"ALREADY_EXISTS"}}]"#, "ALREADY_EXISTS", "twice"),
      (403, #"{"error":{"message":"new","status":"BRAND_NEW"}}"#, "BRAND_NEW", "new"),
      (400, #"{"error":"invalid_grant","error_description":"Bad key"}"#, nil, "invalid_grant: Bad key"),
      (
        404, "<!DOCTYPE html><html><head>\n<title>Error 404 (Not\n Found)!!1</title>", nil,
        "The server answered with a page: Error 404 (Not Found)!!1"
      ),
      (502, "<html><body>no title", nil, "The server answered HTTP 502 without a reason."),
      (503, "", nil, "The server answered HTTP 503 without a reason."),
      (500, "  upstream\n\tconnect error ", nil, "upstream connect error"),
      (500, "{\"error\":", nil, "{\"error\":"),
      (504, #"{"error":{}}"#, nil, "The server answered HTTP 504 without a reason."),
      (404, #"{"error":null}"#, nil, "The server answered HTTP 404 without a reason."),
      (418, #"{"message":"teapot"}"#, nil, #"{"message":"teapot"}"#),
      (
        401, #"{"error":{"message":7,"status":7,"details":7}}"#, nil,
        "The server answered HTTP 401 without a reason."
      ),
      (302, "", nil, "The server answered HTTP 302 without a reason."),
    ] as [Row]) func `a body becomes a status and a sentence`(row: Row)
  {
    let answer = read(row.status, Data(row.body.utf8))
    #expect(answer.httpStatus == row.status && answer.status == row.name && answer.message == row.message)
  }

  @Test func `bytes that are no text are left out and long text is cut`() {
    #expect(read(500, Data([0xFF, 0x00, 0x80])).message == "The server answered HTTP 500 without a reason.")
    let long = read(500, Data(String(repeating: "long ", count: 500).utf8)).message
    #expect(long.count == 301 && long.hasSuffix("…"))
  }

  @Test func `details are kept as JSON`() throws {
    let body =
      #"{"error":{"code":403,"message":"m","status":"PERMISSION_DENIED","details":[{"@type":"t/x","reason":"R"}]}}"#
    let details = read(403, Data(body.utf8)).details
    let list = try #require(try JSONSerialization.jsonObject(with: details) as? [[String: String]])
    #expect(list == [["@type": "t/x", "reason": "R"]])
  }

  @Test func `success in the wrong words is an error of its own kind`() async throws {
    for body in ["", "<html>", "{", "[]"] {
      let client = try client(ScriptedSender([.answer(200, body)]))
      let error = await #expect(throws: RESTError.self) {
        try await client.value(.get()) { try JSONDecoder().decode([String: String].self, from: $0) }
      }
      guard case .garbled(200, _)? = error?.kind else { return #expect(Bool(false), "\(body)") }
    }
  }
}
