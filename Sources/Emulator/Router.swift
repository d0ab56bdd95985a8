// Which handler a method and a path lead to.
//
// Google's paths are templates (`/v2/{name=projects/*/locations/*}:verb`). Here
// a pattern names one path segment per variable, and the verb is what follows
// the last colon of the last segment.

import Foundation

/// A table of method and path pattern. Matching costs the same however many requests were routed before.
struct Router<Handler> {
  fileprivate struct Route {
    let segments: [Segment]
    let handler: Handler
  }

  fileprivate enum Segment {
    case literal(String)
    case variable(String)
  }

  /// Routes agree in all that a dictionary can tell apart: method, verb, number of segments.
  fileprivate struct Shape: Hashable {
    let method: String
    let verb: String
    let count: Int
  }

  private var routes: [Shape: [Route]] = [:]

  /// Adds a route such as `POST`, `/v2/projects/{project}/queues/{queue}:pause`.
  mutating func add(_ method: String, _ pattern: String, _ handler: Handler) {
    let (path, verb) = Self.split(pattern[...])
    let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { part -> Segment in
      part.first == "{" ? .variable(String(part.dropFirst().dropLast())) : .literal(String(part))
    }
    routes[Shape(method: method, verb: verb, count: segments.count), default: []]
      .append(Route(segments: segments, handler: handler))
  }

  /// The handler of a path, still percent-encoded, with its variables decoded; nil when there is none.
  func match(_ method: String, _ path: String) -> (handler: Handler, variables: [String: String])? {
    guard path.utf8.first == UInt8(ascii: "/") else { return nil }
    let (stem, verb) = Self.split(path[...])
    let parts = stem.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    let shape = Shape(method: method, verb: verb, count: parts.count)
    for route in routes[shape] ?? [] {
      if let variables = Self.variables(of: route, in: parts) { return (route.handler, variables) }
    }
    return nil
  }

  private static func variables(of route: Route, in parts: ArraySlice<Substring>) -> [String: String]? {
    var variables: [String: String] = [:]
    for (segment, part) in zip(route.segments, parts) {
      guard let text = decoded(part) else { return nil }
      switch segment {
      case .literal(let literal):
        guard literal == text else { return nil }
      case .variable(let name):
        guard !text.isEmpty else { return nil }
        variables[name] = text
      }
    }
    return variables
  }

  private static func decoded(_ part: Substring) -> String? {
    part.utf8.contains(UInt8(ascii: "%")) ? part.removingPercentEncoding : String(part)
  }

  /// A project ID may hold a colon (`example.com:shop`), so only the last segment is looked at.
  private static func split(_ path: Substring) -> (stem: Substring, verb: String) {
    let lastSlash = path.lastIndex(of: "/") ?? path.startIndex
    guard let colon = path[lastSlash...].lastIndex(of: ":") else { return (path, "") }
    return (path[..<colon], String(path[path.index(after: colon)...]))
  }
}

extension Router: Sendable where Handler: Sendable {}
extension Router.Route: Sendable where Handler: Sendable {}
extension Router.Segment: Sendable {}
extension Router.Shape: Sendable {}
