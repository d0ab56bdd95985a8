"""The program under test: finding the binary, running a command of it, and keeping its emulator running."""

import json
import os
import signal
import subprocess
import threading
from pathlib import Path
from typing import NamedTuple

from helpers.waiting import wait_until

REPOSITORY = Path(__file__).resolve().parents[3]

# The program reads these (DESIGN.md section 4, and http_proxy through libcurl): a developer's own stay out.
FOREIGN_PREFIXES = ("TASKDECK_", "GOOGLE_", "GCP_", "CLOUDSDK_", "DJANGO_", "GCLOUD_", "SHOP_")
FOREIGN_SUFFIXES = ("_EMULATOR_HOST", "_PROXY", "_proxy")


class Finished(NamedTuple):
    """How a command ended."""

    status: int
    stdout: str
    stderr: str


def binary() -> Path:
    """The taskdeck to test: $TASKDECK_BIN, else the debug build here. A missing one is an error, never a skip."""
    path = Path(os.environ.get("TASKDECK_BIN") or REPOSITORY / ".build/debug/taskdeck").resolve()
    if not os.access(path, os.X_OK):
        raise RuntimeError(f"no taskdeck to test at {path}: run `swift build`, or set TASKDECK_BIN")
    return path


def clean_environment(home: Path) -> dict[str, str]:
    """This process's environment without what taskdeck or a Google client would obey, and with an empty home."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(FOREIGN_PREFIXES) and not name.endswith(FOREIGN_SUFFIXES)
    }
    return kept | {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_STATE_HOME": str(home / "state"),
        "LC_ALL": "C.UTF-8",
    }


class Taskdeck:
    """The binary, run in an empty folder with a clean environment."""

    def __init__(self, path: Path, home: Path):
        self.path = path
        self.home = home
        self.environment = clean_environment(home)

    def run(self, *arguments: str, stdin: str = "") -> Finished:
        """Runs one command to its end."""
        done = subprocess.run(
            [self.path, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            env=self.environment,
            cwd=self.home,
            timeout=60,
        )
        return Finished(done.returncode, done.stdout, done.stderr)

    def json(self, *arguments: str, stdin: str = "") -> object:
        """What `-o json` printed; the command must have succeeded and said nothing of a failure."""
        status, stdout, stderr = self.run(*arguments, "-o", "json", stdin=stdin)
        assert status == 0, f"taskdeck {' '.join(arguments)} ended with {status}\n{stdout}\n{stderr}"
        return json.loads(stdout)


class Emulator:
    """A running `taskdeck emulator` on a port of its own choosing, unless one is given."""

    READY = "listening on "

    def __init__(self, taskdeck: Taskdeck, *arguments: str, port: int = 0):
        self.log = taskdeck.home / "emulator.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [taskdeck.path, "emulator", "--port", str(port), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=taskdeck.environment,
                cwd=taskdeck.home,
            )
        self._lines: list[str] = []
        self.url = ""

    def start(self) -> "Emulator":
        """Waits for the line that says where it listens."""
        # Read for as long as it runs: a full pipe would block the emulator.
        threading.Thread(target=self._read, daemon=True).start()
        line = wait_until(self._ready_line, f"`{self.READY}URL` from the emulator; its errors are in {self.log}")
        self.url = line.removeprefix(self.READY)
        assert self.url.startswith("http://127.0.0.1:"), line
        return self

    def stop(self) -> None:
        """SIGTERM, which must end it cleanly."""
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"the emulator ignored SIGTERM for 15 s:\n{self.log.read_text()}") from None
        assert status == 0, f"SIGTERM ended the emulator with {status}:\n{self.log.read_text()}"

    def kill(self) -> None:
        """SIGKILL, at once."""
        self.process.kill()
        self.process.wait()

    def _read(self) -> None:
        for line in self.process.stdout:
            self._lines.append(line.rstrip("\n"))

    def _ready_line(self) -> str | None:
        if self.process.poll() is not None:
            raise AssertionError(f"the emulator ended with {self.process.returncode}:\n{self.log.read_text()}")
        return next((line for line in self._lines if line.startswith(self.READY)), None)
