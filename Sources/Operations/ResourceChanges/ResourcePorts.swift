// What changes of whole resources need from the world.

import CloudModel
import JournalModel

/// One kind of resource behind calls that read and change it.
package protocol ResourceService: Sendable {
  /// Why every change will be refused; nil when changes are possible. Asked before anything is journaled.
  var refusalOfChanges: APIError? { get }
  /// Those of the names that are there.
  func current(_ names: [String]) async throws(APIError) -> [String: JSON]
  /// Makes the resource what it is to be. `change.before` is what is there now.
  func make(_ change: ResourceChange, exactly: Bool) async throws(APIError)
  /// The fields in which `wanted` is not what is there; empty when nothing is left to do. `exactly` counts spelling.
  func differences(from current: JSON?, to wanted: JSON?, exactly: Bool) -> [String]
}

/// The journal of such changes.
package protocol ChangeJournal: Sendable {
  func open(_ header: JournalHeader) async throws(JournalError) -> Int
  func append(_ changes: [JournaledChange], to entry: Int) async throws(JournalError)
  func seal(_ entry: Int, plan: JSON) async throws(JournalError)
  func abandon(_ entry: Int) async throws(JournalError)
  func claim(_ entry: Int) async throws(JournalError)
  func release(_ entry: Int) async
  /// Writes all of the outcomes or none; they are on the disk when it returns.
  func settle(_ outcomes: [ChangeOutcome], of entry: Int) async throws(JournalError)
  func close(_ entry: Int, at time: Timestamp) async throws(JournalError)
  func entry(_ number: Int) async throws(JournalError) -> JournalEntry
  func entries() async throws(JournalError) -> [JournalEntry]
  func changes(of entry: Int) async throws(JournalError) -> [JournaledChange]
}
