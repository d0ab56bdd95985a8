// The members of a credential file, each asked for by its name, so that what is
// wrong with a file is said with the file's name and the member's.

import Foundation

/// An object of a credential file.
struct CredentialFields {
  /// The file, for error messages.
  let source: String
  /// Where in the file this object is: empty, or a name with a dot behind it.
  private let place: String
  private let members: [String: Any]

  /// Reads the whole file's object.
  init(json: Data, source: String) throws(CredentialsError) {
    let value: Any
    do {
      value = try JSONSerialization.jsonObject(with: json)
    } catch {
      throw CredentialsError(.malformed, source: source, reason: "it is not JSON.")
    }
    guard let members = value as? [String: Any] else {
      throw CredentialsError(.malformed, source: source, reason: "it is JSON, but not an object.")
    }
    self.init(source: source, place: "", members: members)
  }

  private init(source: String, place: String, members: [String: Any]) {
    (self.source, self.place, self.members) = (source, place, members)
  }

  func fault(_ reason: String) -> CredentialsError {
    CredentialsError(.malformed, source: source, reason: reason)
  }

  /// A member that may be left out, be null or be empty.
  func optional(_ name: String) throws(CredentialsError) -> String? {
    guard let value = value(name) else { return nil }
    guard let text = value as? String else { throw fault("its \(place)\(name) is not a string.") }
    return text.isEmpty ? nil : text
  }

  /// A member that must be there.
  func text(_ name: String) throws(CredentialsError) -> String {
    if let text = try optional(name) { return text }
    throw fault("it has no \(place)\(name).")
  }

  func secret(_ name: String) throws(CredentialsError) -> Secret {
    Secret(try text(name))
  }

  func object(_ name: String) throws(CredentialsError) -> CredentialFields? {
    guard let value = value(name) else { return nil }
    guard let members = value as? [String: Any] else { throw fault("its \(place)\(name) is not an object.") }
    return CredentialFields(source: source, place: "\(place)\(name).", members: members)
  }

  func requiredObject(_ name: String) throws(CredentialsError) -> CredentialFields {
    if let object = try object(name) { return object }
    throw fault("it has no \(place)\(name).")
  }

  /// A whole number that may be left out.
  func wholeNumber(_ name: String) throws(CredentialsError) -> Int? {
    guard let value = value(name) else { return nil }
    guard let number = value as? NSNumber, let whole = Int(exactly: number.doubleValue) else {
      throw fault("its \(place)\(name) is not a whole number.")
    }
    return whole
  }

  /// A list of strings, or one string with blanks between.
  func texts(_ name: String) throws(CredentialsError) -> [String]? {
    guard let value = value(name) else { return nil }
    if let text = value as? String { return text.split(separator: " ").map(String.init) }
    guard let texts = value as? [String] else { throw fault("its \(place)\(name) is not a list of strings.") }
    return texts
  }

  /// An object whose members are all strings, in the order of their names.
  func pairs(_ name: String) throws(CredentialsError) -> [(String, String)] {
    guard let value = value(name) else { return [] }
    guard let pairs = value as? [String: String] else {
      throw fault("its \(place)\(name) is not an object of strings.")
    }
    return pairs.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  func has(_ name: String) -> Bool { value(name) != nil }

  private func value(_ name: String) -> Any? {
    guard let value = members[name], !(value is NSNull) else { return nil }
    return value
  }
}
