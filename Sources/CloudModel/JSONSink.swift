// One description of a noun, two forms: a tree for those who look into it, bytes
// for those who print it or keep it. Lists and the trash go by the thousand, and
// a tree for each of their tasks took more time than everything else about them.

/// What a noun describes itself to, member by member.
protocol JSONSink {
  mutating func put(_ key: StaticString, _ text: String)
  mutating func put(_ key: StaticString, _ number: Int)
  mutating func put(_ key: StaticString, _ time: Timestamp)
  mutating func put(_ key: StaticString, _ value: JSON)
  mutating func put(_ key: StaticString, _ headers: [Header])
  mutating func put(_ key: StaticString, _ members: (inout Self) -> Void)
  /// Fields that this program does not know; none of them is put otherwise.
  mutating func put(unknown: JSONObject)
}

extension JSONSink {
  mutating func put(_ key: StaticString, _ text: String?) {
    if let text { put(key, text) }
  }

  mutating func put(_ key: StaticString, _ time: Timestamp?) {
    if let time { put(key, time) }
  }
}

/// Members as a tree.
struct JSONTreeSink: JSONSink {
  private(set) var object = JSONObject()

  mutating func put(_ key: StaticString, _ text: String) { object[key.description] = .string(text) }
  mutating func put(_ key: StaticString, _ number: Int) { object[key.description] = .integer(number) }
  mutating func put(_ key: StaticString, _ time: Timestamp) { object[key.description] = .string(time.description) }
  mutating func put(_ key: StaticString, _ value: JSON) { object[key.description] = value }

  mutating func put(_ key: StaticString, _ headers: [Header]) {
    object[key.description] = .object(JSONObject(headers.map { ($0.name, .string($0.value)) }))
  }

  mutating func put(_ key: StaticString, _ members: (inout JSONTreeSink) -> Void) {
    var inner = JSONTreeSink()
    members(&inner)
    object[key.description] = .object(inner.object)
  }

  mutating func put(unknown: JSONObject) { object.merge(unknown) }
}

/// Members as compact JSON, appended to what is there.
struct JSONByteSink: JSONSink {
  var bytes: [UInt8]
  private var isFirst = true

  init(_ bytes: consuming [UInt8]) { self.bytes = bytes }

  mutating func begin() {
    bytes.append(UInt8(ascii: "{"))
    isFirst = true
  }

  mutating func end() {
    bytes.append(UInt8(ascii: "}"))
    isFirst = false
  }

  mutating func put(_ key: StaticString, _ text: String) {
    begin(key)
    JSON.quote(text, into: &bytes)
  }

  mutating func put(_ key: StaticString, _ number: Int) {
    begin(key)
    bytes += String(number).utf8
  }

  mutating func put(_ key: StaticString, _ time: Timestamp) {
    begin(key)
    bytes.append(UInt8(ascii: "\""))
    time.write(into: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  mutating func put(_ key: StaticString, _ value: JSON) {
    begin(key)
    value.write(into: &bytes)
  }

  /// A header that is there twice stands once, with its last value, as in the tree; there, many are looked up by hash.
  mutating func put(_ key: StaticString, _ headers: [Header]) {
    let names = headers.map(\.name)
    guard names.count <= 16, !names.indices.contains(where: { names[..<$0].contains(names[$0]) }) else {
      return put(key, .object(JSONObject(headers.map { ($0.name, .string($0.value)) })))
    }
    put(key) { inner in
      for header in headers {
        inner.begin(header.name)
        JSON.quote(header.value, into: &inner.bytes)
      }
    }
  }

  mutating func put(_ key: StaticString, _ members: (inout JSONByteSink) -> Void) {
    begin(key)
    begin()
    members(&self)
    end()
  }

  mutating func put(unknown: JSONObject) {
    for (key, value) in unknown {
      begin(key)
      value.write(into: &bytes)
    }
  }

  private mutating func begin(_ key: StaticString) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }

  private mutating func begin(_ key: String) {
    separate()
    JSON.quote(key, into: &bytes)
    bytes.append(UInt8(ascii: ":"))
  }

  private mutating func separate() {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    isFirst = false
  }
}
