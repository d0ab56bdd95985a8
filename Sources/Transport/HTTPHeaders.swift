// Header fields as they go over the wire: in order, repeated where they repeat,
// found without regard to case (RFC 9110, 5.1).

/// The header fields of one request or response, in order.
package struct HTTPHeaders: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  /// One field line.
  package struct Field: Sendable, Equatable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// Every field line, in the order given or received.
  package private(set) var fields: [Field]

  package init() {
    fields = []
  }

  package init(_ pairs: [(String, String)]) {
    fields = pairs.map { Field(name: $0.0, value: $0.1) }
  }

  package init(dictionaryLiteral elements: (String, String)...) {
    self.init(elements)
  }

  /// The first value under that name; setting replaces every value under it, nil removes them.
  package subscript(_ name: String) -> String? {
    get { fields.first { sameFieldName($0.name, name) }?.value }
    set {
      let place = fields.firstIndex { sameFieldName($0.name, name) }
      fields.removeAll { sameFieldName($0.name, name) }
      guard let newValue else { return }
      fields.insert(Field(name: name, value: newValue), at: place ?? fields.endIndex)
    }
  }

  /// Every value under that name, in order.
  package func values(of name: String) -> [String] {
    fields.filter { sameFieldName($0.name, name) }.map(\.value)
  }

  /// Adds a field line at the end and keeps those already there.
  package mutating func append(_ name: String, _ value: String) {
    fields.append(Field(name: name, value: value))
  }
}

extension HTTPHeaders: Sequence {
  package func makeIterator() -> IndexingIterator<[Field]> {
    fields.makeIterator()
  }
}

/// Field names are compared without case, and are ASCII (RFC 9110, 5.1).
func sameFieldName(_ one: String, _ other: String) -> Bool {
  guard one.utf8.count == other.utf8.count else { return false }
  return zip(one.utf8, other.utf8).allSatisfy { lowercase($0) == lowercase($1) }
}

private func lowercase(_ byte: UInt8) -> UInt8 {
  (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
}
