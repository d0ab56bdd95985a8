// Reading the data file back: what cannot be read says which record it is.

import CloudModel
import Store

/// The records of a data file.
struct StateReader {
  private let storage: any EmulatorStorage

  init(_ storage: any EmulatorStorage) { self.storage = storage }

  func named(_ table: NamedRecords, _ body: (String, JSONObject) throws -> Void) throws(EmulatorDataError) {
    try storage.forEach(table) { name, bytes throws(EmulatorDataError) in
      do {
        guard let record = try JSON(parsing: bytes).object else { throw RecordError() }
        try body(name, record)
      } catch {
        throw Self.unreadable("\(table) \(name)", error)
      }
    }
  }

  func numbered(_ table: NumberedRecords, _ body: (RecordKey, [UInt8]) throws -> Void) throws(EmulatorDataError) {
    try storage.forEach(table) { number, bytes throws(EmulatorDataError) in
      do { try body(RecordKey(number: number), bytes) } catch {
        throw Self.unreadable("\(table) \(number)", error)
      }
    }
  }

  private static func unreadable(_ record: String, _ error: any Error) -> EmulatorDataError {
    if let error = error as? EmulatorDataError { return error }
    return EmulatorDataError(.corrupt, path: "", reason: "The record \(record) cannot be read: \(error).")
  }
}
