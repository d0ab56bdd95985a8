// Completion scripts for shells, made from the command line's own description.

import ArgumentParser

struct CompletionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions", abstract: "Print a completion script for a shell.",
    discussion: """
      Names of contexts, themes, queues and jobs are completed too; queues and jobs are asked for.
      bash: taskdeck completions bash > ~/.local/share/bash-completion/completions/taskdeck
      zsh: taskdeck completions zsh > ~/.zfunc/_taskdeck, with fpath+=(~/.zfunc) before compinit in ~/.zshrc
      fish: taskdeck completions fish > ~/.config/fish/completions/taskdeck.fish
      """)

  enum Shell: String, ExpressibleByArgument, CaseIterable {
    case bash, zsh, fish

    var completion: CompletionShell {
      switch self {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    }
  }

  @Argument(help: "bash, zsh or fish.") var shell: Shell

  func run() throws { Output.write(Taskdeck.completionScript(for: shell.completion) + "\n") }
}
