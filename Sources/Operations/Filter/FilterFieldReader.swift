// Field names as they are written, to fields.

import CloudModel

struct FilterFieldReader {
  let source: FilterSource
  let kind: ResourceKind?

  /// The field that a range of the source names.
  func field(_ range: Range<Int>) throws(FilterError) -> FilterField {
    let name = source.text(of: range)
    var field = FilterFieldTable.field(named: name)
    if field == nil { field = try member(name, range) }
    guard let field else { throw unknown(name, range) }
    if let kind, !field.kinds.contains(kind) { throw Self.foreign(field, name, to: kind, source, range) }
    return field
  }

  /// A field that only other resources have.
  static func foreign(
    _ field: FilterField, _ name: String, to kind: ResourceKind, _ source: FilterSource, _ range: Range<Int>
  ) -> FilterError {
    let others = ResourceKind.allCases.filter(field.kinds.contains).map(\.plural).joined(separator: " and ")
    let nearest = Nearest.name(to: name, among: FilterFieldTable.names(for: kind))
    return source.error(
      range, "\(kind.plural) have no field \(name), only \(others)", nearest.map { "Did you mean \($0)?" })
  }

  private func unknown(_ name: String, _ range: Range<Int>) -> FilterError {
    let families = FilterFieldTable.families.filter { kind.map($0.kinds.contains) ?? true }.map(\.prefix)
    if families.contains(name) { return source.error(range, "a name is missing", "Write \(name).NAME") }
    if families.contains(where: { $0 + "." == name }) {
      return source.error(range.upperBound..<range.upperBound, "a name is missing after \(name)")
    }
    let nearest =
      Nearest.name(to: name, among: FilterFieldTable.names(for: kind)) ?? path(near: name, families)
    return source.error(
      range, "there is no field \(name)",
      nearest.map { "Did you mean \($0)?" } ?? "Put the text in quotes to search for it.")
  }

  /// A path whose first part is misspelled, spelled right.
  private func path(near name: String, _ families: [String]) -> String? {
    guard let point = name.firstIndex(of: ".") else { return nil }
    return Nearest.name(to: String(name[..<point]), among: families).map { $0 + name[point...] }
  }

  // MARK: Paths

  /// A body path, a header or an attribute; nil when no family has the prefix.
  private func member(_ name: String, _ range: Range<Int>) throws(FilterError) -> FilterField? {
    let folded = name.lowercased()
    for family in FilterFieldTable.families {
      let prefix = family.prefix.lowercased()
      if folded == prefix, family.member == .body { return .body([]) }
      guard folded.hasPrefix(prefix + "."), folded != prefix + "." else { continue }
      let rest = range.lowerBound + prefix.unicodeScalars.count + 1..<range.upperBound
      switch family.member {
      case .body: return .body(try segments(rest))
      case .header: return .header(try single(rest).lowercased())
      case .attribute: return .attribute(try single(rest))
      }
    }
    return nil
  }

  /// The parts between points; a part in quotes may hold anything.
  private func segments(_ range: Range<Int>) throws(FilterError) -> [String] {
    var segments: [String] = []
    var scanner = FilterScanner(source)
    scanner.position = range.lowerBound
    while true {
      let segment = try self.segment(&scanner, end: range.upperBound)
      segments.append(segment)
      guard scanner.position < range.upperBound else { return segments }
      guard scanner.current == "." else {
        throw source.error(scanner.position..<scanner.position + 1, "a point is missing after the quote")
      }
      scanner.position += 1
    }
  }

  private func segment(_ scanner: inout FilterScanner, end: Int) throws(FilterError) -> String {
    if scanner.position < end, scanner.current == "\"" { return try scanner.value(.plain).text }
    let start = scanner.position
    while scanner.position < end, scanner.current != "." { scanner.position += 1 }
    guard scanner.position > start else { throw source.error(start..<start, "a name is missing after the point") }
    return source.text(of: start..<scanner.position)
  }

  /// Header names may hold points, so all of the rest is one name.
  private func single(_ range: Range<Int>) throws(FilterError) -> String {
    guard source.scalars[range.lowerBound] == "\"" else { return source.text(of: range) }
    let segments = try segments(range)
    return segments.joined(separator: ".")
  }
}
