// TLS against a real server: `openssl s_server`, with certificates made on the
// spot. Verification is always on, so every case but one has to fail.

import Foundation
import TestSupport
import Testing
import Transport

@Suite(.serialized) struct HTTPSecurityTests {
  private func outcome(_ server: TLSServer, caFile: String?) async -> TransportError? {
    do {
      let client = HTTPClient(configuration: .init(caFile: caFile))
      let answer = try await client.send(HTTPRequest(url: server.url, timeout: .seconds(10)))
      #expect(answer.status == 200)
      return nil
    } catch {
      return error
    }
  }

  @Test func `a certificate that the given bundle vouches for is taken`() async throws {
    let server = try TLSServer(name: "IP:127.0.0.1")
    #expect(await outcome(server, caFile: server.certificate) == nil)
  }

  @Test func `a self-signed certificate is refused before anything is sent`() async throws {
    let server = try TLSServer(name: "IP:127.0.0.1")
    let error = await outcome(server, caFile: nil)
    #expect(error?.kind == .tls && error?.bytesWereSent == false)
  }

  @Test func `a certificate for another name is refused`() async throws {
    let server = try TLSServer(name: "DNS:example.com")
    let error = await outcome(server, caFile: server.certificate)
    #expect(error?.kind == .tls && error?.bytesWereSent == false)
  }

  @Test func `TLS 1.1 is refused`() async throws {
    let server = try TLSServer(name: "IP:127.0.0.1", ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
    #expect(await outcome(server, caFile: server.certificate)?.kind == .tls)
  }

  @Test func `a bundle that is not there is a TLS failure, not an unverified connection`() async throws {
    let server = try TLSServer(name: "IP:127.0.0.1")
    #expect(await outcome(server, caFile: "/no/such/bundle.pem")?.kind == .tls)
  }

  @Test func `a server that does not speak TLS is not spoken to without it`() async throws {
    let plain = try TestServer { _ in .answer() }
    let url = plain.url.replacing("http://", with: "https://")
    let request = HTTPRequest(url: url, connectTimeout: .milliseconds(200))
    let error = await #expect(throws: TransportError.self) { try await HTTPClient().send(request) }
    #expect(error?.kind == .timedOut && error?.bytesWereSent == false && plain.requests.isEmpty)
  }
}
