// What a shell offers behind Tab beyond the words of the command line itself.

import ArgumentParser
import CloudAPI
import CloudModel
import Foundation
import Settings

/// Names that a shell completes. A name that cannot be found out is simply not offered: the line is still being typed.
enum Offers {
  static let contexts = CompletionKind.custom { (_: [String], _: Int, _: String) -> [String] in
    do { return try Configuration.found(ProcessInfo.processInfo.environment).contexts.map(\.name) } catch { return [] }
  }

  static let themes = CompletionKind.custom { (_: [String], _: Int, _: String) -> [String] in
    ThemeFolder(ProcessInfo.processInfo.environment).all.map(\.theme.name)
  }

  static let queues = named { wiring in
    var names: [String] = []
    for parent in wiring.parents { names += try await wiring.tasks.queues(in: parent).queues.map(\.name.id) }
    return names
  }

  static let jobs = named { wiring in
    var names: [String] = []
    for parent in wiring.parents {
      for try await page in wiring.scheduler.jobPages(in: parent) { names += page.items.map(\.name.id) }
    }
    return names
  }

  private static let patience = Duration.seconds(2)

  /// Asks the place that the line's own flags name, and gives up before a person does.
  private static func named(_ list: @escaping @Sendable (Wiring) async throws -> [String]) -> CompletionKind {
    .custom { (words: [String], _: Int, _: String) async -> [String] in
      let (answers, answer) = AsyncStream.makeStream(of: [String].self)
      Task.detached {
        do { answer.yield(try await list(try Wiring(try options(in: words)))) } catch { answer.yield([]) }
      }
      Task.detached {
        do { try await Task.sleep(for: patience) } catch { return }
        answer.yield([])
      }
      for await names in answers { return names }
      return []
    }
  }

  /// The flags of a line that say where to look; the rest of it may not be a command yet.
  private static func options(in words: [String]) throws -> GlobalOptions {
    let places: Set = ["--context", "--project", "--location", "--endpoint", "--impersonate"]
    let given = words.indices.flatMap { index -> [String] in
      let word = words[index]
      if places.contains(word), index + 1 < words.count { return [word, words[index + 1]] }
      return places.contains(String(word.prefix { $0 != "=" })) && word.contains("=") ? [word] : []
    }
    return try GlobalOptions.parse(given)
  }
}
