// The way to each service: name, proxy, TLS, and whether both clocks agree. One request without credentials, whatever it
// is answered.

import CloudModel
import Console
import CloudREST
import Foundation
import Settings
import Transport

/// The hosts of a context's services.
struct ConnectionChecks: Sendable {
  let wiring: Wiring
  let environment: [String: String]

  /// The checks of a host, and whether an answer came from there.
  struct Found: Sendable {
    var endpoint: String
    var checks: [Check]
    var answered: Bool
    /// Local time less that of the server, in seconds.
    var skew: TimeInterval?
  }

  /// All hosts at once, in the order of the services.
  func run() async -> [Found] {
    let context = wiring.context
    var endpoints: [String] = []
    for url in [context.tasks, context.scheduler, context.pubsub].map(\.url.value) where !endpoints.contains(url) {
      endpoints.append(url)
    }
    return await withTaskGroup(of: (Int, Found).self) { group in
      for (index, endpoint) in endpoints.enumerated() { group.addTask { (index, await look(endpoint)) } }
      var found: [(Int, Found)] = []
      for await one in group { found.append(one) }
      return found.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  private func look(_ endpoint: String) async -> Found {
    let address = HTTPAddress(endpoint)
    let name = "connection \(address.map { $0.host } ?? endpoint)"
    let request = HTTPRequest(
      url: "\(endpoint)/", timeout: .seconds(6), connectTimeout: .seconds(5), maximumResponseBytes: 1 << 20)
    do throws(TransportError) {
      let answer = try await wiring.sender.send(request)
      let received = Date()
      let skew = answer.headers["Date"].flatMap { secondsSince1970(ofHTTPDate: $0) }.map {
        received.timeIntervalSince1970 - TimeInterval($0)
      }
      return Found(endpoint: endpoint, checks: [reached(name, endpoint, address, answer)], answered: true, skew: skew)
    } catch {
      // A page that is too large, or a redirect without end, is an answer.
      let answered = [.tooLarge, .tooManyRedirects].contains(error.kind)
      return Found(endpoint: endpoint, checks: [failed(name, endpoint, error)], answered: answered)
    }
  }

  // MARK: Words

  private func reached(_ name: String, _ endpoint: String, _ address: HTTPAddress?, _ answer: HTTPResponse) -> Check {
    let time = "\(Int(answer.seconds * 1000)) ms"
    if answer.status == 407 {
      return Check(
        name, .fail, "the proxy wants a user and a password (HTTP 407)\(proxyWords(endpoint))",
        remedy: "Write them into the proxy's URL: http://USER:PASSWORD@HOST:PORT.")
    }
    guard let address, address.isPlain else {
      return Check(name, .ok, "\(endpoint): TLS holds, \(authority); answers in \(time)\(proxyWords(endpoint))")
    }
    if address.isLoopback { return Check(name, .ok, "\(endpoint): on this machine; answers in \(time)") }
    return Check(
      name, .warn, "\(endpoint) is plain http: whoever is on the way reads and changes what is sent",
      remedy: "Use https; tokens are sent there by no means.")
  }

  private var authority: String {
    wiring.context.caFile.map { "by the certificates in \($0.value) (\($0.source))" } ?? "by the system's certificates"
  }

  private func failed(_ name: String, _ endpoint: String, _ error: TransportError) -> Check {
    let words = "\(endpoint): \(reason(error)) (\(error.detail))\(proxyWords(endpoint))"
    return Check(name, .fail, words, remedy: remedy(endpoint, error))
  }

  private func reason(_ error: TransportError) -> String {
    switch error.kind {
    case .couldNotResolve: "its name, or that of the proxy, is not known"
    case .refused: "nothing listens there"
    case .unreachable: "there is no way there"
    case .timedOut: "no answer within 6 s"
    case .tls: "the TLS connection does not hold"
    case .connectionLost: "the connection was cut"
    case .protocolError, .tooLarge, .tooManyRedirects: "what answers there is no such service"
    case .badURL, .badRequest: "that is no address"
    case .cancelled, .closed: "called off"
    }
  }

  private func remedy(_ endpoint: String, _ error: TransportError) -> String {
    if error.kind == .tls {
      return "Where a proxy of your company opens TLS, name its certificate: a context's ca-file,"
        + " CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE or SSL_CERT_FILE. A certificate that is expired or not yet valid may be"
        + " this machine's clock."
    }
    if isLoopbackURL(endpoint) { return "Start one with `taskdeck emulator`, or give the right --endpoint." }
    if proxyWords(endpoint).isEmpty {
      return "Check the network and the name; HTTPS_PROXY names a proxy where one is needed."
    }
    return "Check the proxy, or leave this host out of it with NO_PROXY."
  }

  /// Without a user and a password, which may stand in the URL.
  private func proxyWords(_ endpoint: String) -> String {
    guard !isLoopbackURL(endpoint) else { return "" }
    let isPlain = endpoint.hasPrefix("http://")
    let names = (isPlain ? ["http_proxy"] : ["https_proxy", "HTTPS_PROXY"]) + ["all_proxy", "ALL_PROXY"]
    guard let (name, proxy) = names.compactMap({ name in value(name).map { (name, $0) } }).first else { return "" }
    let shown = HTTPAddress(proxy)?.origin ?? "one"
    let exceptions = value("no_proxy") ?? value("NO_PROXY") == nil ? "" : ", but see NO_PROXY"
    return "; \(name) names the proxy \(shown)\(exceptions)"
  }

  private func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
}

extension Check {
  /// What a service signs with or expires by is a time: Google refuses assertions that are off by more than minutes.
  static func clock(skew: TimeInterval?) -> Check {
    guard let skew else { return Check("clock", .ok, "no server told the time") }
    let seconds = Int(skew.magnitude.rounded())
    if seconds < 30 { return Check("clock", .ok, "agrees with the servers") }
    let side = skew > 0 ? "ahead of" : "behind"
    let words = "this machine is \(Words.longSpan(TimeInterval(seconds))) \(side) the servers"
    return Check(
      "clock", seconds > 240 ? .fail : .warn, words,
      remedy: "Set the clock (timedatectl set-ntp true): tokens are refused when it is minutes off, and ages are wrong."
    )
  }
}
