// What the console writes on this machine because the person asked: the clipboard, exported tables.

import Console
import Foundation

extension EffectRunner {
  func copy(_ text: String, _ what: String) {
    Task {
      switch await clipboard.copy(text) {
      case .success(let way): inbox.post(.notice("Copied \(what) \(way).", .success))
      case .failure(let failure):
        inbox.post(.notice("Not copied. \(failure.title): \(failure.reason) \(failure.remedy)", .danger))
      }
    }
  }

  /// Writes the file, readable by this person only, and never over another one.
  func exported(_ export: Export) -> Message {
    let path = NSString(string: export.path).expandingTildeInPath
    let file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      let why = errno == EEXIST ? "it is there already" : String(cString: strerror(errno))
      return .notice("Not exported: \(path): \(why).", .danger)
    }
    let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
    var failure: (any Error)?
    export.write { piece in
      guard failure == nil else { return }
      do { try handle.write(contentsOf: piece) } catch { failure = error }
    }
    do { try handle.close() } catch { failure = failure ?? error }
    if let failure { return .notice("\(path) is incomplete: \(failure.localizedDescription)", .danger) }
    let rows = "\(Words.count(export.rows, "row")) written to \(path)."
    guard let gap = export.gap else { return .notice("\(rows) That is all of them.", .success) }
    return .notice("\(rows) INCOMPLETE: \(gap)", .warning)
  }
}
