// From an HTTP request to an API's method and back: what Google's front end does
// before and after every method. No state of its own, no sockets.

import CloudModel
import Foundation
import Schedules

/// The front end of all services.
struct FrontEnd: Sendable {
  private let router: Router<APIMethod>

  init() {
    var router = Router<APIMethod>()
    let tasks = [TasksVersion.v2, .v2beta3].flatMap { version in
      QueuesAPI.methods(version) + TasksAPI.methods(version)
        + Locations.methods(version: version.rawValue, service: QueuesAPI.service)
    }
    let scheduler = SchedulerAPI.methods + Locations.methods(version: "v1", service: SchedulerAPI.service)
    for method in tasks + scheduler + PubsubAPI.methods + TasksAPI.firebaseMethods {
      router.add(method.verb, method.path, method)
    }
    self.router = router
  }

  /// Carries a request out.
  func answer(_ request: ServerRequest, _ state: EmulatorState, at now: Moment) -> ServerResponse {
    guard let (method, variables) = router.match(request.method, request.path) else { return Self.notFound(request) }
    let items = Self.queryItems(request.query)
    let isPretty = items.contains { ($0.name == "prettyPrint" || $0.name == "$prettyPrint") && $0.value == "true" }
    do throws(Refusal) {
      try Self.checkDeadline(request, method, at: now)
      let selection = try FieldSelection(items.last { $0.name == "fields" || $0.name == "$fields" }?.value)
      var call = Call(
        variables: variables, query: try RequestDecoder.query(items, as: method.query),
        body: try Self.body(request, method), now: now, numericEnums: Self.wantsNumericEnums(items))
      if method.takesRawBody { call.raw = request }
      return Self.response(200, try method.perform(state, call), isPretty: isPretty, selection)
    } catch {
      return Self.response(error.status.httpStatus, .json(error.json), isPretty: true)
    }
  }

  /// How long a client will wait, which Cloud Tasks limits. Google's REST clients say it in this header, in seconds.
  private static func checkDeadline(_ request: ServerRequest, _ method: APIMethod, at now: Moment) throws(Refusal) {
    guard method.path.hasPrefix("/v2"),
      let text = request.headers.first(where: { $0.0.lowercased() == "x-server-timeout" })?.1,
      let seconds = Double(text), seconds > 30
    else { return }
    let deadline = now + .milliseconds(min(seconds * 1000, 1e12).rounded())
    throw .distantDeadline(Moment(microseconds: deadline.microseconds / 1000 * 1000).text(in: TimeZones.pacific))
  }

  private static func body(_ request: ServerRequest, _ method: APIMethod) throws(Refusal) -> JSONObject {
    guard !method.takesRawBody else { return [:] }
    return try RequestDecoder.body(request.body, as: method.body, prefix: method.bodyField)
  }

  private static func response(
    _ status: Int, _ answer: Answer, isPretty: Bool, _ selection: FieldSelection? = nil
  ) -> ServerResponse {
    let body: [UInt8]
    switch (answer, selection) {
    case (.json(let json), nil): body = written(json, isPretty: isPretty)
    case (.json(let json), let selection?): body = written(selection.apply(to: json), isPretty: isPretty)
    case (.bytes(let bytes), nil): body = isPretty ? written(readBack(bytes), isPretty: true) : bytes
    case (.bytes(let bytes), let selection?):
      body = written(selection.apply(to: readBack(bytes)), isPretty: isPretty)
    }
    return ServerResponse(status: status, contentType: "application/json; charset=UTF-8", body: body)
  }

  private static func written(_ json: JSON, isPretty: Bool) -> [UInt8] {
    var out: [UInt8] = []
    json.write(into: &out, indent: isPretty ? 0 : nil)
    out.append(UInt8(ascii: "\n"))
    return out
  }

  private static func readBack(_ bytes: [UInt8]) -> JSON {
    do { return try JSON(parsing: bytes) } catch {
      preconditionFailure("an answer is not JSON: \(error)")
    }
  }

  // MARK: Queries

  /// `application/x-www-form-urlencoded`: plus is a blank. What is not UTF-8 after decoding stays as it came.
  static func queryItems(_ query: String) -> [(name: String, value: String)] {
    query.split(separator: "&").map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (decoded(parts[0]), parts.count > 1 ? decoded(parts[1]) : "")
    }
  }

  private static func decoded(_ text: Substring) -> String {
    let spaced = text.replacingOccurrences(of: "+", with: " ")
    return spaced.removingPercentEncoding ?? spaced
  }

  /// `$alt=json;enum-encoding=int`, which Google's Python clients send with every call.
  private static func wantsNumericEnums(_ items: [(name: String, value: String)]) -> Bool {
    items.contains { ($0.name == "$alt" || $0.name == "alt") && $0.value.contains("enum-encoding=int") }
  }

  /// "Unknown URL paths at the real front end give an HTML 404 page, not JSON" (google-apis.md section 1.6); a known
  /// path with another method is such a path too.
  private static func notFound(_ request: ServerRequest) -> ServerResponse {
    let path = request.path.unicodeScalars.reduce(into: "") { text, scalar in
      switch scalar {
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "&": text += "&amp;"
      default: text.unicodeScalars.append(scalar)
      }
    }
    let page = """
      <!DOCTYPE html>
      <html lang=en>
        <meta charset=utf-8>
        <title>Error 404 (Not Found)!!1</title>
        <p><b>404.</b> <ins>That's an error.</ins>
        <p>The requested URL <code>\(path)</code> was not found on this server. <ins>That's all we know.</ins>

      """
    return ServerResponse(status: 404, contentType: "text/html; charset=UTF-8", body: Array(page.utf8))
  }
}
