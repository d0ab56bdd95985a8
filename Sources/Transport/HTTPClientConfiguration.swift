// What an HTTP client is told once, when it is made. The environment comes in as
// a dictionary: nothing below here reads it, libcurl included.

import Foundation

extension HTTPClient {
  /// Settings of one client.
  package struct Configuration: Sendable {
    /// A PEM bundle used instead of the system's certificates.
    package var caFile: String?
    package var proxies: Proxies
    /// Requests to one host at a time, each on its own HTTP/1.1 connection or all on one of HTTP/2; more wait for
    /// their turn.
    package var maxConnectionsPerHost: Int
    /// Sent where the request names no `User-Agent` of its own.
    package var userAgent: String

    package init(
      caFile: String? = nil, proxies: Proxies = Proxies(), maxConnectionsPerHost: Int = 64,
      userAgent: String = "taskdeck"
    ) {
      self.caFile = caFile
      self.proxies = proxies
      self.maxConnectionsPerHost = maxConnectionsPerHost
      self.userAgent = userAgent
    }
  }

  /// Which proxy for which request. Loopback never goes through one.
  package struct Proxies: Sendable, Equatable {
    /// For `http` URLs.
    package var plain: String?
    /// For `https` URLs.
    package var secure: String?
    /// Hosts that are reached directly, in the words of `NO_PROXY`: `example.com,10.0.0.0/8` or `*`.
    package var except: String

    package init(plain: String? = nil, secure: String? = nil, except: String = "") {
      self.plain = plain
      self.secure = secure
      self.except = except
    }

    /// curl's reading of the variables: the lower-case name first, and `HTTP_PROXY` never, because a CGI server
    /// sets it from a request's `Proxy:` header (CVE-2016-5385).
    package init(environment: [String: String]) {
      func value(_ names: String...) -> String? {
        names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
      }
      let every = value("all_proxy", "ALL_PROXY")
      plain = value("http_proxy") ?? every
      secure = value("https_proxy", "HTTPS_PROXY") ?? every
      except = value("no_proxy", "NO_PROXY") ?? ""
    }

    /// The proxy for that URL; nil sends directly.
    func proxy(for url: String) -> String? {
      guard plain != nil || secure != nil, let address = HTTPAddress(url), !address.isLoopback else { return nil }
      return address.isPlain ? plain : secure
    }
  }
}
