// Themes on the command line: which there are, what one looks like, and skins of other programs.

import ArgumentParser
import CloudModel
import Console
import Foundation
import Terminal

struct ThemesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "themes", abstract: "Themes of the console.",
    discussion: "Your own are files in $XDG_CONFIG_HOME/taskdeck/themes.",
    subcommands: [List.self, Preview.self, Import.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the themes.")
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let found = ThemeFolder(ProcessInfo.processInfo.environment).all
      for theme in found { ThemesCommand.warn(theme) }
      let columns: [TableColumn<ThemeFolder.Found>] = [
        TableColumn("NAME") { $0.theme.name }, TableColumn("FOR") { $0.theme.surface },
        TableColumn("FROM") { $0.file ?? "taskdeck" },
      ]
      var printer = Output(format: options.output).list(columns) { found in
        .object([
          "name": .string(found.theme.name), "dark": .bool(found.theme.isDark),
          "file": found.file.map(JSON.string) ?? .null,
          "warnings": .array(found.warnings.map { .string($0.description) }),
        ])
      }
      printer.print(found)
      printer.finish()
    }
  }

  struct Preview: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "preview",
      abstract: "Show each role of a theme in its colours, as this terminal has them.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: "Name of the theme.", completion: Offers.themes) var name: String

    func run() throws {
      let found = try ThemesCommand.theme(name)
      ThemesCommand.warn(found)
      let environment = ProcessInfo.processInfo.environment
      let depth = ThemesCommand.depth(environment, noColor: options.noColor)
      let roles = JSON.object(
        Role.allCases.reduce(into: JSONObject()) { object, role in
          let look = found.theme.appearance(of: role)
          object[role.rawValue] = .object([
            "fg": .string(look.foreground.text), "bg": .string(look.background.text),
            "attrs": .array(
              Attributes.names.filter { look.attributes.contains($0.attribute) }.map { .string($0.name) }),
          ])
        })
      Output(format: options.output).show(roles) {
        Role.allCases.map { Sample.line($0, found.theme, depth) }
      }
    }
  }

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import",
      abstract: "Make a theme from a skin of k9s; writes it beside the configuration and says where.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: "The skin's YAML file.", completion: .file()) var file: String
    @Option(help: ArgumentHelp("Name of the theme (default: the file's).", valueName: "name")) var name: String?
    @Flag(help: "Print the theme instead of writing it.") var print = false

    func run() throws {
      guard let data = FileManager.default.contents(atPath: file) else {
        throw Exit.usage("The skin cannot be read", reason: "\(file) is not there.", remedy: "Name a file.")
      }
      let name = name ?? URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
      guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }), !name.isEmpty,
        !name.hasPrefix(".")
      else {
        throw Exit.usage("That is no name for a theme", reason: name, remedy: "Give --name with letters and hyphens.")
      }
      let skin: ImportedSkin
      do throws(ThemeWarning) { skin = try ImportedSkin(String(decoding: data, as: UTF8.self), called: name) } catch {
        throw Exit.usage(
          "That is no skin of k9s", reason: "\(printable(file)), \(error)",
          remedy: "A theme of taskdeck is simply put into \(ThemeFolder(ProcessInfo.processInfo.environment).path).")
      }
      for warning in skin.warnings { Output.say("taskdeck: \(file): \(warning)") }
      if print { return Output.write(skin.yaml) }
      try write(skin, name)
    }

    private func write(_ skin: ImportedSkin, _ name: String) throws {
      let folder = ThemeFolder(ProcessInfo.processInfo.environment).path
      let path = "\(folder)/\(name).yaml"
      if FileManager.default.fileExists(atPath: path) {
        throw Exit.refused(
          "There is a theme of that name", reason: "\(path) is there already.", remedy: "Give another --name.")
      }
      do {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(skin.yaml.utf8).write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
      } catch {
        throw Exit.refused(
          "The theme was not written", reason: "\(path): \(error.localizedDescription)", remedy: "Use --print.")
      }
      Output.write("\(path)\n")
      Output.say("Use it with --theme \(name), or theme: \(name) in the configuration.")
    }
  }

  static func theme(_ name: String) throws(Exit) -> ThemeFolder.Found {
    let found = ThemeFolder(ProcessInfo.processInfo.environment).all
    if let theme = found.first(where: { $0.theme.name == name }) { return theme }
    let near = nearest(name, among: found.map(\.theme.name)).map { "Did you mean \($0)? " } ?? ""
    throw .usage(
      "There is no theme of that name", reason: printable(name),
      remedy: "\(near)The themes are \(found.map(\.theme.name).joined(separator: ", ")).")
  }

  static func warn(_ found: ThemeFolder.Found) {
    for warning in found.warnings { Output.say("taskdeck: \(found.file ?? found.theme.name): \(warning)") }
  }

  /// As the console would draw; without a terminal there are no colours.
  fileprivate static func depth(_ environment: [String: String], noColor: Bool) -> ColourDepth? {
    guard isatty(STDOUT_FILENO) == 1, !noColor else { return nil }
    let isDirect = ["truecolor", "24bit"].contains(environment["COLORTERM"] ?? "")
    let term = environment["TERM"] ?? ""
    let colours = term.contains("256") || isDirect ? 512 : term == "dumb" || term.isEmpty ? 0 : 16
    let depth = ColourDepth.detect(environment: environment, colours: colours, isDirect: isDirect)
    return depth == .monochrome ? nil : depth
  }
}

/// A role in its colours, for a terminal that is not ncurses'.
private enum Sample {
  static func line(_ role: Role, _ theme: Theme, _ depth: ColourDepth?) -> String {
    let look = theme.appearance(of: Style(role), depth: depth ?? .direct)
    let name = role.rawValue.padding(toLength: 12, withPad: " ", startingAt: 0)
    let written = theme.appearance(of: role)
    let values = "\(written.foreground.text) on \(written.background.text)"
    guard depth != nil else { return "\(name) \(values)" }
    let codes = code(look.foreground, 38) + code(look.background, 48) + attributes(look.attributes)
    let start = codes.isEmpty ? "" : "\u{1B}[\(codes.joined(separator: ";"))m"
    return "\(name) \(start) 2,104 tasks, ✗ 148 failing \u{1B}[0m  \(values)"
  }

  /// ECMA-48 and ITU T.416, as every terminal of today reads them.
  private static func code(_ colour: Colour, _ plane: Int) -> [String] {
    switch colour {
    case .terminalDefault: []
    case .named(let colour): ["\(plane)", "5", "\(colour.rawValue)"]
    case .indexed(let index): ["\(plane)", "5", "\(index)"]
    case .rgb(let red, let green, let blue): ["\(plane)", "2", "\(red)", "\(green)", "\(blue)"]
    }
  }

  private static func attributes(_ attributes: Attributes) -> [String] {
    let codes: [(Attributes, String)] = [
      (.bold, "1"), (.dim, "2"), (.italic, "3"), (.underline, "4"), (.reverse, "7"),
    ]
    return codes.filter { attributes.contains($0.0) }.map(\.1)
  }
}
