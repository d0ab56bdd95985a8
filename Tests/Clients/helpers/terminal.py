"""A terminal to look at: a shell in a tmux server of its own, whose screen can be read and typed into."""

import re
import subprocess
import tempfile
from pathlib import Path

from helpers.waiting import wait_until


class Terminal:
    """120 columns by 36 rows with a shell that prompts `READY> `."""

    PROMPT = "READY> "

    def __init__(self, home: Path, environment: dict[str, str]):
        # A short path, for a socket has at most 107 bytes; and tmux leaves the socket, so its folder has to go.
        self._folder = tempfile.TemporaryDirectory(prefix="taskdeck-")
        self._home = home
        self._environment = environment | {"PS1": self.PROMPT}

    def open(self) -> "Terminal":
        """Starts the shell and waits for its prompt."""
        # -f /dev/null: a developer's own tmux.conf must not change the keys or the size. The words of the command are
        # given one by one: tmux would run a single string with `bash -c`, which drops PS1.
        self._tmux(
            *("-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "36", "-c", str(self._home)),
            *("env", "TERM=tmux-256color", "bash", "--norc", "--noprofile"),
        )
        self.wait_for(self.PROMPT.strip())
        return self

    def type(self, text: str) -> None:
        """Types `text` as it is."""
        self._tmux("send-keys", "-l", text)

    def press(self, key: str) -> None:
        """Presses a key by tmux's name for it: Enter, Escape, q, ..."""
        self._tmux("send-keys", key)

    def screen(self) -> str:
        """What is on the screen now, as text."""
        return self._tmux("capture-pane", "-p")

    def cell(self, row: str, under: str) -> str:
        """In the table on the screen, the word of the row with `row` in it that stands under the title `under`."""
        lines = self.screen().splitlines()
        title = next((re.search(rf"\b{under}\b", line) for line in lines if under in line), None)
        line = next((line for line in lines if row in line), None)
        assert title and line, f"no row with {row!r} under a title {under!r}:\n" + "\n".join(lines)
        words = [word.group() for word in re.finditer(r"\S+", line) if title.start() < word.end() <= title.end() + 1]
        assert len(words) == 1, f"{words} under {under!r}:\n" + "\n".join(lines)
        return words[0]

    def wait_for(self, text: str) -> str:
        """Waits until `text` is on the screen, and gives the screen back."""
        try:
            return wait_until(lambda: (shown := self.screen()) and text in shown and shown, f"{text!r} on the screen")
        except AssertionError as failure:
            raise AssertionError(f"{failure}\n{self.screen()}") from None

    def is_full_screen(self) -> bool:
        """Whether a program holds the alternate screen."""
        return self._tmux("display-message", "-p", "#{alternate_on}").strip() == "1"

    def cursor_is_shown(self) -> bool:
        return self._tmux("display-message", "-p", "#{cursor_flag}").strip() == "1"

    def close(self) -> None:
        """Ends this tmux server, which is ours alone, and all that runs in it."""
        self._tmux("kill-server")
        self._folder.cleanup()

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", f"{self._folder.name}/tmux", *arguments],
            capture_output=True,
            text=True,
            env=self._environment,
            timeout=20,
        )
        assert done.returncode == 0, f"tmux {arguments[0]}: {done.stderr}"
        return done.stdout
