// What is wrong in a file that a person wrote, and where.

/// A place in a file. Lines and columns begin at 1; columns count Unicode scalars, as libYAML does.
package struct FilePlace: Sendable, Equatable, CustomStringConvertible {
  package var file: String
  package var line: Int
  package var column: Int

  package init(file: String, line: Int, column: Int) {
    (self.file, self.line, self.column) = (file, line, column)
  }

  /// `FILE:LINE:COLUMN`, which editors and terminals understand.
  package var description: String { "\(file):\(line):\(column)" }
}

/// A value and the place it stands at.
package struct Located<Value: Sendable & Equatable>: Sendable, Equatable {
  package var value: Value
  package var place: FilePlace

  package init(_ value: Value, at place: FilePlace) { (self.value, self.place) = (value, place) }
}

/// One thing that is wrong in a file.
package struct FileFault: Error, Sendable, Equatable, CustomStringConvertible {
  package var place: FilePlace
  /// A sentence part without a full stop.
  package var reason: String
  /// A sentence: what to write instead, where there is a good guess.
  package var remedy: String?

  package init(at place: FilePlace, _ reason: String, remedy: String? = nil) {
    (self.place, self.reason, self.remedy) = (place, reason, remedy)
  }

  /// On one line.
  package var description: String { "\(place): \(reason)" }
}

/// Everything that is wrong in a file; never empty.
package struct FileFaults: Error, Sendable, Equatable {
  /// In the order of the file.
  package let all: [FileFault]

  package init(_ first: FileFault, _ more: [FileFault] = []) {
    all = ([first] + more).sorted { ($0.place.line, $0.place.column) < ($1.place.line, $1.place.column) }
  }

  /// The first few on one line: `FILE:3:5: unknown key "protcted"; 7:3: …; and 2 more`.
  package var reason: String {
    let shown = all.prefix(4).enumerated().map { index, fault in
      index == 0 ? fault.description : "\(fault.place.line):\(fault.place.column): \(fault.reason)"
    }
    return (shown + (all.count > 4 ? ["and \(all.count - 4) more"] : [])).joined(separator: "; ")
  }

  /// What to do about the first of them that says so.
  package var remedy: String { all.lazy.compactMap(\.remedy).first ?? "Mend that place in the file." }
}
