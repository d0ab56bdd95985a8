import Foundation
import GRDB
import Store
import Testing

/// Runs `body` with the path of a file that is not there yet.
private func withPath(_ body: (String) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "taskdeck-" + UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder.appending(path: "data.db").path)
}

extension EmulatorFile {
  /// Waits for the end of a commit.
  fileprivate func write(_ changes: EmulatorChanges) -> EmulatorDataError? {
    let ended = DispatchSemaphore(value: 0)
    nonisolated(unsafe) var failure: EmulatorDataError?
    commit(changes) { error in
      failure = error
      ended.signal()
    }
    ended.wait()
    return failure
  }

  fileprivate func tasks() throws -> [Int64: [UInt8]] {
    var found: [Int64: [UInt8]] = [:]
    try forEach(.task) { number, content in found[number] = content }
    return found
  }
}

private func kind(of path: String) -> EmulatorDataError.Kind? {
  do {
    try EmulatorFile(path: path).close()
    return nil
  } catch {
    return error.kind
  }
}

@Suite struct `The emulator's file` {
  @Test func `what was committed is there for the next one`() throws {
    try withPath { path in
      let first = try EmulatorFile(path: path)
      var changes = EmulatorChanges()
      changes.set(.task, 1, [1, 2])
      changes.set(.task, 2, [])
      changes.set(.queue, "q", [3])
      #expect(first.write(changes) == nil)
      changes = EmulatorChanges()
      changes.set(.task, 1, nil)
      changes.set(.task, 2, [4])
      #expect(first.write(changes) == nil)
      first.close()
      let second = try EmulatorFile(path: path)
      #expect(try second.tasks() == [2: [4]])
      changes = EmulatorChanges()
      changes.set(.task, 3, [5])
      changes.clear()
      changes.set(.task, 4, [6])
      #expect(second.write(changes) == nil)
      #expect(try second.tasks() == [4: [6]])
      second.close()
    }
  }

  @Test func `nobody else may read it`() throws {
    try withPath { path in
      let file = try EmulatorFile(path: path)
      var changes = EmulatorChanges()
      changes.set(.task, 1, [1])
      #expect(file.write(changes) == nil)
      for name in [path, path + "-wal"] {
        let mode = try FileManager.default.attributesOfItem(atPath: name)[.posixPermissions] as? Int
        #expect(mode == 0o600, "\(name)")
      }
      file.close()
    }
  }

  @Test func `a second emulator is refused while the first one lives`() throws {
    try withPath { path in
      let file = try EmulatorFile(path: path)
      #expect(kind(of: path) == .inUse)
      file.close()
      #expect(kind(of: path) == nil)
    }
  }

  @Test func `a file of somebody else is refused and left as it is`() throws {
    try withPath { path in
      try DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE a (b)") }
      let before = try Data(contentsOf: URL(filePath: path))
      #expect(kind(of: path) == .foreign)
      #expect(try Data(contentsOf: URL(filePath: path)) == before)
      try Data("no database, and longer than its header is. ".utf8 + [UInt8](repeating: 7, count: 200))
        .write(to: URL(filePath: path))
      #expect(kind(of: path) == .foreign)
    }
  }

  @Test func `a file of a newer version is refused`() throws {
    try withPath { path in
      #expect(kind(of: path) == nil)
      try DatabaseQueue(path: path).write { db in
        try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('of the future')")
      }
      #expect(kind(of: path) == .newer)
    }
  }

  @Test func `a damaged file is said to be`() throws {
    try withPath { path in
      let file = try EmulatorFile(path: path)
      var changes = EmulatorChanges()
      for number in 0..<2000 { changes.set(.task, Int64(number), [UInt8](repeating: 1, count: 500)) }
      #expect(file.write(changes) == nil)
      file.close()
      let handle = try FileHandle(forWritingTo: URL(filePath: path))
      for page in 20..<60 {
        try handle.seek(toOffset: UInt64(page * 4096))
        try handle.write(contentsOf: Data(repeating: 0xAB, count: 4096))
      }
      try handle.close()
      let damaged = try EmulatorFile(path: path)
      #expect { _ = try damaged.tasks() } throws: { ($0 as? EmulatorDataError)?.kind == .corrupt }
      damaged.close()
    }
  }

  @Test func `a commit for which there is no room changes nothing`() throws {
    try withPath { path in
      let file = try EmulatorFile(path: path, mostPages: 60)
      var changes = EmulatorChanges()
      changes.set(.task, 1, [1])
      #expect(file.write(changes) == nil)
      for number in 2..<500 { changes.set(.task, Int64(number), [UInt8](repeating: 1, count: 1000)) }
      #expect(file.write(changes)?.kind == .full)
      #expect(try file.tasks() == [1: [1]])
      file.close()
    }
  }

  @Test(arguments: ["/proc/none/data.db", "/"]) func `a place that cannot be written is said to be`(_ path: String) {
    #expect(kind(of: path) == .denied)
  }
}
