"""The completion scripts in the shells they are made for, installed as README.md says, and the manual page."""

import json
import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from helpers.google_clients import PARENT, queue_name
from helpers.taskdeck import REPOSITORY, Emulator, Taskdeck
from helpers.terminal import Terminal

# Tab in a shell: what is typed, and what the line is then. The names are asked of the emulator, or read from the file.
TYPED = {
    "taskdeck que": "taskdeck queues",
    "taskdeck queues li": "taskdeck queues list",
    "taskdeck queues list --verb": "taskdeck queues list --verbose",
    "taskdeck queues list --output jsonl --proj": "taskdeck queues list --output jsonl --project",
    "taskdeck --theme lag": "taskdeck --theme lagoon",
    "taskdeck --context stag": "taskdeck --context staging",
    "taskdeck contexts show stag": "taskdeck contexts show staging",
    "taskdeck queues show --endpoint {url} ord": "taskdeck queues show --endpoint {url} orders",
    "taskdeck --endpoint {url} tasks list ord": "taskdeck --endpoint {url} tasks list orders",
    "taskdeck --endpoint {url} jobs show shop--Month": "taskdeck --endpoint {url} jobs show shop--MonthlyBillingRun",
}


@pytest.fixture
def home(taskdeck: Taskdeck) -> Path:
    """A home with the shells' own folders in it and taskdeck in PATH, and a configuration file with two contexts."""
    taskdeck.environment["PATH"] = f"{taskdeck.path.parent}:{taskdeck.environment['PATH']}"
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "ZDOTDIR"):
        taskdeck.environment.pop(name, None)
    file = taskdeck.home / ".config/taskdeck/config.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("contexts:\n  laptop: {project: shop}\n  staging: {project: shop-staging}\n")
    return taskdeck.home


@pytest.fixture
def emulator_with_names(emulator: Emulator, tasks, scheduler) -> Emulator:
    for queue in ("orders", "mail"):
        tasks.create_queue(parent=PARENT, queue={"name": queue_name(queue)})
    target = {"uri": "http://127.0.0.1:9/"}
    job = {"name": f"{PARENT}/jobs/shop--MonthlyBillingRun", "schedule": "0 0 1 * *", "http_target": target}
    scheduler.create_job(parent=PARENT, job=job)
    return emulator


@pytest.fixture
def bash(taskdeck: Taskdeck, home: Path) -> Callable[..., list[str]]:
    """`bash(*words)` is what bash would offer for the last of the words, with the function that `complete` names."""
    script = home / "taskdeck.bash"
    script.write_text(taskdeck.run("completions", "bash").stdout)

    def offered(*words: str) -> list[str]:
        call = f"""
            source {script}
            [[ "$(complete -p taskdeck)" =~ -F\\ ([a-z_]+) ]] || exit 9
            COMP_WORDS=({shlex.join(words)}) COMP_CWORD={len(words) - 1}
            COMP_LINE={shlex.quote(" ".join(words))}; COMP_POINT=${{#COMP_LINE}}
            "${{BASH_REMATCH[1]}}" taskdeck {shlex.quote(words[-1])} {shlex.quote(words[-2])}
            printf '%s\\n' "${{COMPREPLY[@]}}"
        """
        done = subprocess.run(
            ["bash", "--norc", "-c", call],
            capture_output=True,
            text=True,
            env=taskdeck.environment,
            cwd=home,
            timeout=60,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.split()

    return offered


def readme_block(first_line: str) -> str:
    """The commands of README.md below the comment `first_line`."""
    blocks = re.findall(r"^```sh\n(.*?)^```", (REPOSITORY / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    found = [block for block in blocks if block.startswith(f"# {first_line}")]
    assert len(found) == 1, f"{len(found)} blocks of README.md begin with `# {first_line}`"
    return found[0]


def install(taskdeck: Taskdeck, first_line: str) -> None:
    """Does in the empty home what README.md says."""
    done = subprocess.run(
        ["bash", "--norc", "-euc", readme_block(first_line)],
        capture_output=True,
        text=True,
        env=taskdeck.environment,
        cwd=taskdeck.home,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# The function in bash


def test_bash_offers_commands_and_flags(bash):
    assert {"queues", "tasks", "jobs", "schedule", "doctor", "contexts", "--project"} <= set(bash("taskdeck", ""))
    assert {"list", "show", "create", "pause", "purge", "delete"} <= set(bash("taskdeck", "queues", ""))
    assert bash("taskdeck", "queues", "list", "--end") == ["--endpoint"]
    assert bash("taskdeck", "queues", "list", "-o", "") == ["table", "json", "jsonl"]
    assert bash("taskdeck", "queues", "nothing-like-this") == []


def test_bash_does_not_offer_a_flag_again(bash):
    assert "--verbose" in bash("taskdeck", "queues", "list", "--")
    assert "--verbose" not in bash("taskdeck", "queues", "list", "--verbose", "--")


def test_bash_offers_all_themes_and_those_of_the_folder(bash, taskdeck, home):
    listed = taskdeck.json("themes", "list")
    names = [theme["name"] for theme in listed]
    assert sorted(bash("taskdeck", "themes", "preview", "")) == sorted(names)
    assert bash("taskdeck", "--theme", "d") == [name for name in names if name.startswith("d")]


def test_bash_offers_contexts_of_the_configuration(bash):
    assert bash("taskdeck", "--context", "") == ["laptop", "staging"]
    assert bash("taskdeck", "queues", "list", "--context", "s") == ["staging"]


def test_bash_offers_queues_and_jobs_of_the_place_that_the_line_names(bash, emulator_with_names):
    url = emulator_with_names.url
    assert bash("taskdeck", "--endpoint", url, "queues", "show", "") == ["mail", "orders"]
    assert bash("taskdeck", "tasks", "move", "--endpoint", url, "orders", "m") == ["mail"]
    assert bash("taskdeck", "jobs", "show", "--endpoint", url, "") == ["shop--MonthlyBillingRun"]


def test_names_that_cannot_be_found_out_are_not_offered_and_nothing_is_said(bash):
    assert bash("taskdeck", "queues", "show", "--endpoint", "http://127.0.0.1:9", "") == []


# Tab in each shell


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_tab_completes_in_the_shell_after_what_the_readme_says(shell, taskdeck, home, terminal, emulator_with_names):
    install(taskdeck, shell)
    start_shell(shell, home, terminal)
    for typed, line in TYPED.items():
        terminal.type(typed.format(url=emulator_with_names.url))
        terminal.press("Tab")
        terminal.wait_for(line.format(url=emulator_with_names.url))
        terminal.press("C-u")
        terminal.press("C-l")


def start_shell(shell: str, home: Path, terminal: Terminal) -> None:
    """Makes `shell` the one that reads the terminal; the sum that it works out tells that it does."""
    if shell == "bash":
        # What Debian's ~/.bashrc does where bash-completion is installed.
        terminal.type(". /usr/share/bash-completion/bash_completion; ")
    else:
        terminal.type(f"exec {shell}")
        terminal.press("Enter")
    terminal.type("echo $(math 40 + 2)-ready" if shell == "fish" else "echo $((40 + 2))-ready")
    terminal.press("Enter")
    terminal.wait_for("42-ready")


def test_fish_offers_names_to_programs_that_ask_for_completions(taskdeck, home, emulator_with_names):
    install(taskdeck, "fish")

    def offered(line: str) -> list[str]:
        done = subprocess.run(
            ["fish", "-c", f"complete -C {shlex.quote(line)}"],
            capture_output=True,
            text=True,
            env=taskdeck.environment,
            cwd=home,
            timeout=60,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return [row.split("\t")[0] for row in done.stdout.splitlines()]

    assert offered("taskdeck que") == ["queues"]
    assert sorted(offered("taskdeck --context ")) == ["laptop", "staging"]
    assert sorted(offered(f"taskdeck queues show --endpoint {emulator_with_names.url} ")) == ["mail", "orders"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_takes_its_script_without_a_word(shell, taskdeck, home):
    script = home / "script"
    script.write_text(taskdeck.run("completions", shell).stdout)
    done = subprocess.run([shell, "-n", script], capture_output=True, text=True, env=taskdeck.environment, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# The manual page


@pytest.fixture
def page(taskdeck: Taskdeck, home: Path) -> Path:
    install(taskdeck, "man taskdeck")
    return home / ".local/share/man/man1/taskdeck.1"


@pytest.mark.parametrize("checker", ["mandoc -T lint -W warning", "groff -man -ww -z"])
def test_the_manual_page_has_nothing_to_warn_of(checker, page):
    done = subprocess.run([*checker.split(), page], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_manual_page_has_every_command_and_every_key(page, taskdeck):
    # -cbou: without bold and underlined letters, which are escapes or backspaces (grotty(1)).
    done = subprocess.run(["groff", "-man", "-Tutf8", "-P-cbou", page], capture_output=True, text=True, timeout=60)
    read = " ".join(done.stdout.split())
    commands = leaves(json.loads(taskdeck.run("--experimental-dump-help").stdout)["command"])
    assert {"taskdeck queues purge", "taskdeck themes import", "taskdeck man"} <= set(commands)
    assert [command for command in commands if f"{command} " not in read] == []
    names = [action["action"] for action in taskdeck.json("keys")]
    assert "app.palette" in names
    assert [name for name in names if f"({name})" not in read] == []


def leaves(command: dict, path: str = "") -> list[str]:
    """The whole names of the commands that have none below them, without ArgumentParser's own `help`."""
    name = f"{path} {command['commandName']}".strip()
    inner = [below for below in command.get("subcommands", []) if below["commandName"] != "help"]
    return [leaf for below in inner for leaf in leaves(below, name)] or [name]
