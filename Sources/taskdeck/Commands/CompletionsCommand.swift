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

  func run() throws {
    let script = Taskdeck.completionScript(for: shell.completion)
    switch shell {
    case .bash: Output.write(script + "\n" + Self.wholeWords)
    case .zsh: Output.write(script + "\n")
    case .fish: Output.write(script.replacing("(__taskdeck_tokens -tC)", with: Self.cursorInToken) + "\n")
    }
  }

  /// Where the cursor stands in its word. `commandline -C` is refused while `complete -C` asks (fish 3.6).
  private static let cursorInToken = #"(string length -- "$(commandline -ct)")"#

  /// Puts words together again before the script of ArgumentParser counts them: readline parts them at `:` and `=`
  /// (COMP_WORDBREAKS in bash(1)), so `--endpoint http://127.0.0.1:8123` would be an option and four arguments.
  private static let wholeWords = #"""

    # Undoes what COMP_WORDBREAKS does to URLs.
    _taskdeck_whole_words() {
        local rest="${COMP_LINE}" word gap current="${2}"
        local -a whole=()
        local -i index last=-1 cursor=0
        for index in "${!COMP_WORDS[@]}"; do
            word="${COMP_WORDS[index]}"
            gap="${rest%%[![:space:]]*}"
            rest="${rest#"${gap}"}"
            if [[ "${rest}" != "${word}"* ]]; then
                _taskdeck "${@}"
                return
            fi
            rest="${rest#"${word}"}"
            if [[ -z "${gap}" && "${last}" -ge 0 && -n "${whole[last]}" ]]; then
                whole[last]+="${word}"
                [[ "${index}" -eq "${COMP_CWORD}" ]] && current="${whole[last]}"
            else
                last+=1
                whole[last]="${word}"
            fi
            [[ "${index}" -eq "${COMP_CWORD}" ]] && cursor="${last}"
        done
        local -a COMP_WORDS=("${whole[@]}")
        local -i COMP_CWORD="${cursor}"
        _taskdeck "${1}" "${current}" "${whole[cursor > 0 ? cursor - 1 : 0]}"
    }

    complete -o filenames -F _taskdeck_whole_words taskdeck

    """#
}
