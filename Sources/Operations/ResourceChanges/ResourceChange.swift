// A change of one resource (a job, a subscription): what it was, what it is to be.
// Which calls that takes is worked out when it is made, from what is there then, so
// a change can be made again after a lost answer without doing harm.

import CloudModel

/// One resource, before and after.
package struct ResourceChange: Equatable, Sendable {
  package enum Verb: String, Sendable {
    case create
    case update
    case delete
  }

  /// The full resource name.
  package var name: String
  /// nil when it is to be created.
  package var before: JSON?
  /// nil when it is to be deleted.
  package var after: JSON?

  package init(name: String, before: JSON?, after: JSON?) {
    (self.name, self.before, self.after) = (name, before, after)
  }

  package var verb: Verb { before == nil ? .create : after == nil ? .delete : .update }
  /// The last part of the name.
  package var id: String { name.split(separator: "/").last.map(String.init) ?? name }
  /// What takes it back.
  package var reversed: ResourceChange { ResourceChange(name: name, before: after, after: before) }
}
