// Which headers can be sent at all. What cannot would end the head of a request
// where its creator likes.

import CloudModel

/// `token` of RFC 9110 section 5.6.2.
func isHeaderName(_ text: String) -> Bool {
  !text.isEmpty
    && text.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
      }
    }
}

/// No control characters but the tab: RFC 9110 section 5.5.
func isHeaderValue(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 } }

/// Refuses headers that cannot be sent.
func checkHeaders(_ headers: some Sequence<(key: String, value: JSON)>) throws(Refusal) {
  for (name, value) in headers {
    guard isHeaderName(name) else { throw .badHeaderName(name) }
    guard isHeaderValue(value.string ?? "") else { throw .badHeaderValue(name) }
  }
}

extension Refusal {
  // Our words: what production says of these was never captured.
  fileprivate static func badHeaderName(_ name: String) -> Refusal {
    invalid("The header name \(JSON.string(name).compact) holds characters that are not allowed in one.")
  }
  fileprivate static func badHeaderValue(_ name: String) -> Refusal {
    invalid("The value of the header \"\(name)\" holds control characters.")
  }
}
