// The words of a replay that did not succeed: title, reason, remedy.

import CloudModel
import Console
import Operations
import ReplayModel

extension Failure {
  /// What to tell of a replay; nil when it did what it should.
  init?(_ replay: Replay) {
    let name = replay.job.taskClass ?? replay.job.task
    switch replay.outcome {
    case .succeeded, .discarded: return nil
    case .cancelled:
      self.init(title: "\(name) was called off", reason: "It ran for \(Self.seconds(replay)).", remedy: "Run it again.")
    case .timedOut:
      self.init(
        title: "\(name) did not end in time", reason: "It was ended after \(Self.seconds(replay)).",
        remedy: "Give it longer with --timeout, or look at what it printed last.")
    case .failed:
      self = replay.report.fault.map { Failure($0, name, replay.job.handler) } ?? .ended(replay, name)
    }
  }

  private static func seconds(_ replay: Replay) -> String {
    "\(Words.number((replay.report.seconds * 100).rounded() / 100)) s"
  }

  private static func ended(_ replay: Replay, _ name: String) -> Failure {
    let reason =
      switch replay.report.end {
      case .answered(let status): "\(replay.job.handler.place) answered with HTTP status \(status)."
      case .signalled(let signal): "A signal ended it: \(signal)."
      default: "It ended with status \(replay.report.exitStatus ?? 1)."
      }
    return Failure(
      title: "\(name) failed", reason: reason,
      remedy: "Read what it printed; change the payload with --edit, or mend the code, and run it again.")
  }

  /// - Parameter name: the task's class.
  init(_ fault: RunFault, _ name: String, _ handler: Handler) {
    let it = "The handler \(handler.name)"
    switch fault {
    case .programMissing(let program, let reason):
      self.init(
        title: "\(it) cannot be started", reason: "\(program): \(reason).",
        remedy: "Correct the handler (\(handler.source)): the path of its program, or its permissions.")
    case .folderMissing(let folder):
      self.init(
        title: "\(it) cannot be started", reason: "The folder \(folder) does not exist.",
        remedy: "Correct the handler's directory (\(handler.source)).")
    case .systemRefused(let reason):
      self.init(
        title: "\(it) cannot be started", reason: "This machine refused \(reason).",
        remedy: "Free space or descriptors, then try again.")
    case .notListening(let base):
      self.init(
        .unreachable, title: "Nothing listens at \(base)", reason: "\(it) is a server there, and it is not running.",
        remedy: "Start it, for example with `manage.py runserver`, or choose another --handler.")
    case .unanswered(let url, let reason):
      self.init(
        .unreachable, title: "\(it) gave no answer", reason: "\(url): \(reason).",
        remedy: "Look at the log of the server; it may have crashed.")
    case .notSendable(let reason):
      self.init(
        title: "\(it) cannot be sent this task", reason: "\(reason).",
        remedy: "Correct the handler's base, or use a command or django handler.")
    case .raised(let words, let frame):
      self.init(
        title: "\(name) failed", reason: "\(words)\(Self.place(frame))",
        remedy: "Its traceback is above. --pdb stops where it raised; --edit changes the payload.")
    case .libraryMissing, .settingsMissing, .importFailed, .classUnknown, .functionUnknown, .payloadUnusable:
      self.init(ofProject: fault, handler)
    }
  }

  private init(ofProject fault: RunFault, _ handler: Handler) {
    let source = handler.source
    switch fault {
    case .libraryMissing(let module, let python):
      self.init(
        title: "The project's interpreter lacks \(module)", reason: "\(python) cannot import it.",
        remedy: "Give the handler the project's own interpreter (python: .venv/bin/python), or install it there.")
    case .settingsMissing(let reason):
      self.init(
        title: "The project's settings cannot be found", reason: "\(reason).",
        remedy: "Give the handler its settings module (\(source)): settings: shop.settings.")
    case .importFailed(let words, let frame):
      self.init(
        title: "The project cannot be imported", reason: "\(words)\(Self.place(frame))",
        remedy: "Its traceback is above; `manage.py check` must pass first.")
    case .classUnknown(let name, let near):
      let guess = near.isEmpty ? "" : " It has \(near.joined(separator: ", "))."
      self.init(
        title: "The project has no task class \(name)",
        reason: "Django's registry of django-google-cloud-tasks does not know it.\(guess)",
        remedy: "Import the class's module when Django starts (AppConfig.ready), or choose the project it is of.")
    case .functionUnknown(let path, let reason):
      self.init(
        title: "There is no function \(path)", reason: "\(reason).",
        remedy: "Give its dotted path: module, then name, such as shop.reports.daily.")
    case .payloadUnusable(let reason):
      self.init(
        title: "The payload cannot be used", reason: "\(reason).",
        remedy: "Change it with --edit or --payload, or use an http or command handler, which take any bytes.")
    default: self.init(title: "The project cannot be used", reason: "\(fault)", remedy: "Look at its output.")
    }
  }

  private static func place(_ frame: RunFault.Frame?) -> String {
    guard let frame else { return "" }
    return " (\(frame.file):\(frame.line)\(frame.function.isEmpty ? "" : " in \(frame.function)"))"
  }
}

extension Exit {
  /// nil when it did what it should.
  init?(_ replay: Replay) {
    guard let failure = Failure(replay) else { return nil }
    self.init(failure: failure, status: replay.outcome == .cancelled ? 130 : 1, code: Self.code(of: replay.outcome))
  }

  private static func code(of outcome: ReplayOutcome) -> Status {
    switch outcome {
    case .cancelled: .cancelled
    case .timedOut: .deadlineExceeded
    default: .unknown
    }
  }
}
