"""The program on a bare pseudo terminal: every byte it writes is seen, and pyte plays the terminal.

tmux (helpers/terminal.py) shows what a person sees; here a test can also ask what the program wrote, take the
terminal away, or be a terminal that answers questions.
"""

import codecs
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
import tty
from pathlib import Path

import pyte

from helpers.waiting import PATIENCE


class Screen(pyte.Screen):
    """pyte's, with the sequences of the xterm family that pyte 0.8 takes for others or does not know."""

    def select_graphic_rendition(self, *attributes, private=False, **_):
        # CSI > 4 m is xterm's modifyOtherKeys, not a rendition.
        if not private:
            super().select_graphic_rendition(*attributes)

    def scroll_up(self, count=1):
        """SU, which ncurses uses where terminfo has indn."""
        top, bottom = self.margins or (0, self.lines - 1)
        for _ in range(count or 1):
            for row in range(top, bottom):
                self.buffer[row] = self.buffer[row + 1]
            self.buffer[bottom] = pyte.screens.StaticDefaultDict(self.default_char)


class Program:
    """A program in a session of its own whose terminal is ours."""

    def __init__(
        self, path: Path, *arguments: str, environment: dict[str, str], columns=100, rows=30, cwd=None, replies=None
    ):  # fmt: skip
        self.screen = Screen(columns, rows)
        self._stream = pyte.Stream(self.screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.written = bytearray()
        # What the terminal answers to what is asked of it.
        self.replies: dict[bytes, bytes] = replies or {}
        self._used = 0.0
        self._status: int | None = None
        controller, device = pty.openpty()
        self._resize(controller, columns, rows)
        self.modes_before = termios.tcgetattr(device)
        self.pid = os.fork()
        if self.pid == 0:
            try:
                # A CI under nohup, or in the background of a script, ignores some, and what is ignored is inherited.
                for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGTSTP):
                    signal.signal(number, signal.SIG_DFL)
                signal.pthread_sigmask(signal.SIG_SETMASK, [])
                os.close(controller)
                os.login_tty(device)
                os.chdir(cwd or "/")
                os.execve(path, [str(path), *arguments], environment)
            finally:
                os._exit(127)
        # Kept open: the terminal's modes are read from it when the program is gone.
        self.device: int | None = device
        self.controller: int | None = controller
        os.set_blocking(controller, False)

    @staticmethod
    def _resize(descriptor: int, columns: int, rows: int) -> None:
        fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, columns: int, rows: int) -> None:
        """As a person drags the window's corner; the kernel sends SIGWINCH."""
        self.screen.resize(rows, columns)
        self._resize(self.controller, columns, rows)

    def send(self, keys: str | bytes) -> None:
        """Types; what the program writes meanwhile is taken, or both sides would wait for each other."""
        left = keys.encode() if isinstance(keys, str) else keys
        while left:
            self.read(0)
            try:
                left = left[os.write(self.controller, left) :]
            except BlockingIOError:
                self.read(0.05)

    def read(self, seconds: float) -> bytes:
        """What comes within some seconds, at once when something does."""
        ready, _, _ = select.select([self.controller], [], [], seconds)
        if not ready:
            return b""
        try:
            data = os.read(self.controller, 1 << 16)
        except OSError:  # EIO: nobody holds the terminal any more.
            return b""
        self.written += data
        for question, answer in self.replies.items():
            if question in data:
                os.write(self.controller, answer)
        self._stream.feed(self._decoder.decode(data))
        return data

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def wait_until(self, condition, what: str, patience: float = PATIENCE):
        """Reads until the condition is true of the screen; its value."""
        deadline = time.monotonic() + patience
        while True:
            if value := condition():
                return value
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {patience:g} s in vain for {what}; the screen is\n{self.text}")
            self.read(0.05)

    def wait_for(self, text: str, patience: float = PATIENCE) -> str:
        """Waits until a text is on the screen; gives the screen."""
        return self.wait_until(lambda: text in self.text and self.text, repr(text), patience)

    def wait_gone(self, text: str, patience: float = PATIENCE) -> bool:
        """Waits until a text is not on the screen any more."""
        return self.wait_until(lambda: text not in self.text, f"{text!r} to go", patience)

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def status(self, patience: float = PATIENCE) -> int:
        """Waits for the end: the exit status, or 128 and the number of the signal."""
        deadline = time.monotonic() + patience
        while self._status is None:
            pid, status, used = os.wait4(self.pid, os.WNOHANG)
            if pid:
                self._status = os.waitstatus_to_exitcode(status)
                self._used = used.ru_utime + used.ru_stime
            elif time.monotonic() > deadline:
                raise AssertionError(f"it did not end within {patience:g} s; the screen is\n{self.text}")
            elif self.controller is not None:
                self.read(0.02)
            else:
                time.sleep(0.02)
        if self.controller is not None:
            while self.read(0):
                pass
        return self._status if self._status >= 0 else 128 - self._status

    def processor_seconds(self) -> float:
        """What it has computed so far, user and system."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def used(self) -> float:
        """The same over its whole life, once it has ended."""
        return self._used

    def waiting_input(self) -> int:
        """How many bytes a shell would now read from the terminal, in whose line editing no line has to be complete."""
        tty.setcbreak(self.device, termios.TCSANOW)
        return struct.unpack("i", fcntl.ioctl(self.device, termios.FIONREAD, b"\0\0\0\0"))[0]

    def modes_now(self) -> list:
        return termios.tcgetattr(self.device)

    def hang_up(self) -> None:
        """The window is closed: nobody is at the other end any more."""
        os.close(self.device)
        os.close(self.controller)
        self.device = self.controller = None

    def close(self) -> None:
        """Ends it, if it still runs."""
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if not pid:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
        for descriptor in (self.device, self.controller):
            if descriptor is not None:
                os.close(descriptor)
        self.device = self.controller = None
