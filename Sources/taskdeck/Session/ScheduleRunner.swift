// The Schedule tab's plans: definitions are read once and again when their file has
// changed, the jobs each time.

import CloudModel
import Console
import Foundation
import Operations

/// Makes plans for the console.
actor ScheduleRunner {
  private let wiring: Wiring
  private var read: (set: DefinitionSet, at: Date?)?

  init(_ wiring: Wiring) { self.wiring = wiring }

  func view(prunes: Bool, rereads: Bool) async -> Result<ScheduleView, Failure> {
    do {
      let source = try DefinitionSource.find(nil, wiring.configuration)
      let set = try await definitions(source, rereads: rereads)
      let survey = try await ScheduleSurvey.make(
        wiring, set, DefinitionWishes(), .init(prunes: prunes), now: Date())
      let strip = FireStrip(survey.plan, now: Date())
      return .success(ScheduleView(plan: survey.plan, strip: strip, isFile: !set.isDjango))
    } catch let error as any HasWords {
      var failure = error.exit.failure
      failure.reason = ([failure.reason] + error.exit.excerpt.map(printable)).joined(separator: " ")
      return .failure(failure)
    } catch {
      return .failure(Failure(title: "The plan failed", reason: String(describing: error), remedy: "Try again."))
    }
  }

  private func definitions(_ source: DefinitionSource, rereads: Bool) async throws -> DefinitionSet {
    let changed = source.changed
    if let read, !rereads, read.at == changed { return read.set }
    let set = try await source.read(wiring)
    read = (set, changed)
    return set
  }

  /// Writes the plan beside the working directory's files, under a name of its own.
  func export(_ plan: SchedulePlan) -> Message {
    let time = Timestamp(Date()).wholeSeconds.description.replacingOccurrences(of: ":", with: "")
    let path = "\(FileManager.default.currentDirectoryPath)/schedule-plan-\(time).json"
    do throws(Exit) { try PlanFile(plan, endpoint: wiring.scheduler.endpoint).write(to: path) } catch {
      return .notice("\(error.failure.title): \(error.failure.reason)", .danger)
    }
    return .notice("Written: \(path)  (taskdeck schedule apply takes it)", .success)
  }
}

extension DefinitionSource {
  /// When the file was changed last; nil for a Django project, which is more than one file.
  fileprivate var changed: Date? {
    guard case .file(let path) = self else { return nil }
    // A file that is gone reads as an error a moment later.
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
    return attributes[.modificationDate] as? Date
  }
}
