// A JSON value that forgets nothing.
//
// Foundation's decoders lose the order of keys, the spelling of numbers and
// every field they were not told about. A console shows what is there, so the
// value type here keeps all three.

import Foundation

/// A JSON value with the order of its keys and the spelling of its numbers kept.
package indirect enum JSON: Equatable, Sendable {
  case null
  case bool(Bool)
  /// A number as it was written (`1.50`, `1e3`): RFC 8259 leaves precision to the reader, so nothing is rounded here.
  case number(String)
  case string(String)
  case array([JSON])
  case object(JSONObject)

  /// A whole number.
  package static func integer(_ value: Int) -> JSON { .number(String(value)) }

  /// A 64-bit number the way proto3 JSON spells it: as a string.
  package static func int64(_ value: Int64) -> JSON { .string(String(value)) }

  /// A double in its shortest spelling; whole values carry no fraction (`500`, not `500.0`).
  package static func double(_ value: Double) -> JSON {
    if value == value.rounded(), abs(value) < 1e15 { return .number(String(Int64(value))) }
    return .number(String(value))
  }

  /// The members, when this is an object.
  package var object: JSONObject? {
    guard case .object(let object) = self else { return nil }
    return object
  }

  /// The elements, when this is an array.
  package var array: [JSON]? {
    guard case .array(let array) = self else { return nil }
    return array
  }

  /// The text, when this is a string.
  package var string: String? {
    guard case .string(let string) = self else { return nil }
    return string
  }

  /// The truth value, when this is one.
  package var bool: Bool? {
    guard case .bool(let bool) = self else { return nil }
    return bool
  }

  /// The whole number, when this is one that fits, written as a number or as proto3's string.
  package var int: Int? {
    switch self {
    case .number(let text): Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
    case .string(let text): Int(text)
    default: nil
    }
  }

  /// The number as a double, written as a number or as a string.
  package var double: Double? {
    switch self {
    case .number(let text), .string(let text): Double(text)
    default: nil
    }
  }

  /// A member of an object; nil for anything else.
  package subscript(key: String) -> JSON? { object?[key] }

  /// An element of an array; nil when out of range or not an array.
  package subscript(index: Int) -> JSON? {
    guard let array, array.indices.contains(index) else { return nil }
    return array[index]
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(integerLiteral value: Int) { self = .integer(value) }
  package init(arrayLiteral elements: JSON...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSONObject(elements)) }
  package init(nilLiteral: ()) { self = .null }
}

/// The members of a JSON object in the order they were written. A repeated key keeps its first place and its last
/// value, as RFC 8259 section 4 says most readers do.
///
/// Looked up one after the other while they are few, as in any resource: hashing the keys costs more than comparing
/// them. From `indexedFrom` members on there is an index, so that hostile input cannot make it quadratic.
package struct JSONObject: Equatable, Sendable, Sequence, ExpressibleByDictionaryLiteral {
  package typealias Element = (key: String, value: JSON)

  private static let indexedFrom = 24

  private var members: [Element] = []
  private var places: [String: Int]?

  package init() {}

  package init(_ members: some Sequence<(String, JSON)>) {
    for (key, value) in members { self[key] = value }
  }

  package init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }

  package var keys: [String] { members.map(\.key) }
  package var isEmpty: Bool { members.isEmpty }
  package var count: Int { members.count }

  /// Setting nil removes the member.
  package subscript(key: String) -> JSON? {
    get { place(of: key).map { members[$0].value } }
    set {
      let place = place(of: key)
      switch (place, newValue) {
      case (let place?, let newValue?): members[place].value = newValue
      case (nil, let newValue?): append(key, newValue)
      case (let place?, nil):
        members.remove(at: place)
        index()
      case (nil, nil): break
      }
    }
  }

  package static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.members.elementsEqual(right.members) { $0.key == $1.key && $0.value == $1.value }
  }

  package func makeIterator() -> IndexingIterator<[Element]> { members.makeIterator() }

  /// Adds the members of `other` that are not here yet.
  package mutating func merge(_ other: JSONObject) {
    for (key, value) in other where self[key] == nil { append(key, value) }
  }

  private func place(of key: String) -> Int? {
    if let places { return places[key] }
    return members.firstIndex { $0.key == key }
  }

  private mutating func append(_ key: String, _ value: JSON) {
    members.append((key, value))
    if places != nil { places?[key] = members.count - 1 } else { index() }
  }

  private mutating func index() {
    guard members.count >= Self.indexedFrom else { return places = nil }
    places = Dictionary(uniqueKeysWithValues: members.enumerated().map { ($0.element.key, $0.offset) })
  }
}
