"""Tables, filters, copies, exports and the overview of the real console, against counts made here in another way."""

import base64
import fcntl
import json
import os
import pty
import re
import select
import struct
import termios
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from helpers.account import NOWHERE, Server
from helpers.google_clients import queue_name
from helpers.waiting import wait_until

CODES = {4: "DEADLINE_EXCEEDED", 14: "UNAVAILABLE", 13: "INTERNAL", 8: "RESOURCE_EXHAUSTED"}


@pytest.fixture
def server(emulator) -> Server:
    return Server(emulator.url)


def add(server: Server, queue: str, task_class: str, **fields: object) -> None:
    """A task that nothing answers: its attempts fail."""
    request = {"url": f"{NOWHERE}/tasks/{task_class}", "body": base64.b64encode(b'{"x": 1}').decode()}
    server.call("POST", f"/v2/{queue_name(queue)}/tasks", {"task": {"httpRequest": request, **fields}})


def later(seconds: int) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def opened(taskdeck, emulator, terminal, queue: str = "") -> None:
    terminal.type(f"{taskdeck.path} --endpoint {emulator.url}")
    terminal.press("Enter")
    terminal.wait_for("Queues")
    if queue:
        terminal.wait_for(queue)
        terminal.type(f":tasks {queue}")
        terminal.press("Enter")


def closed(terminal) -> None:
    terminal.press("C-c")
    terminal.type(":q")
    terminal.press("Enter")
    wait_until(lambda: not terminal.is_full_screen(), "the shell again")


def group(task: dict) -> tuple[str, str]:
    """Class and last status, from the resource alone."""
    name = task["httpRequest"]["url"].rsplit("/", 1)[1]
    attempt = task.get("lastAttempt")
    if not attempt:
        return name, "not dispatched yet"
    code = attempt["responseStatus"]["code"]
    http = re.search(r"HTTP status code (\d+)", attempt["responseStatus"].get("message", ""))
    return name, f"✗ {http[1]} {CODES[code]}" if http else f"✗ {CODES[code]}"


def test_the_overview_says_what_counting_the_listed_tasks_says(taskdeck, emulator, server, terminal):
    name = server.queue("orders", retryConfig={"minBackoff": "3600s", "maxBackoff": "3600s"})
    for number in range(9):
        add(server, "orders", "SyncOrder")
    for number in range(7):
        add(server, "orders", "SendWelcome", scheduleTime=later(5000))
    for number in range(4):
        add(server, "orders", "Sync Order", scheduleTime=later(86400 * 2))
    server.call("POST", f"/v2/{name}:resume", {})
    wait_until(
        lambda: sum(1 for task in server.tasks("orders") if task.get("lastAttempt", {}).get("responseStatus")) == 9,
        "nine attempts that failed",
    )
    listed = taskdeck.json("tasks", "list", "orders", "--full", "--endpoint", emulator.url)
    counted = Counter(group(task) for task in listed)
    assert sum(counted.values()) == 20 and len(counted) == 3
    opened(taskdeck, emulator, terminal)
    terminal.wait_for("orders")
    terminal.press("o")
    screen = terminal.wait_for("SendWelcome")
    for (task_class, status), count in counted.items():
        share = round(100 * count / len(listed))
        line = next(line for line in screen.splitlines() if line.strip().startswith(f"{task_class}  "))
        assert re.search(rf"{re.escape(status)}\s+orders\s+{count}\s+{share}%", line), line
    # What fails comes first, and its pain is the number of attempts that were in vain.
    tries = sum(task.get("dispatchCount", 0) for task in listed if task.get("lastAttempt"))
    first = screen.splitlines()[3]
    assert "SyncOrder" in first and re.search(rf"\b{tries}\b", first.split("%")[1]), first
    # f opens exactly the tasks of the group: both classes hold the same words.
    terminal.press("f")
    screen = terminal.wait_for("9 of 20 shown")
    ids = {task["name"].rsplit("/", 1)[1] for task in listed if group(task)[0] == "SyncOrder"}
    assert {task_id for task_id in ids if task_id[:12] in screen} == ids


def test_the_queue_page_says_when_attempts_are_due_and_how_old_the_oldest_is(taskdeck, emulator, server, terminal):
    server.queue("orders")
    for seconds, count in [(30, 2), (300, 3), (3000, 1), (20000, 4), (86400, 5)]:
        for _ in range(count):
            add(server, "orders", "Sync", scheduleTime=later(seconds))
    opened(taskdeck, emulator, terminal)
    terminal.wait_for("orders")
    terminal.press("d")
    screen = terminal.wait_for("Next attempts")
    for words, count in [("due now", 0), ("in a minute", 2), ("in 10 minutes", 3), ("in an hour", 1), ("in 6 hours", 4)]:
        assert re.search(rf"{words}\s+{count}\b", screen), (words, screen)
    assert re.search(r"later\s+5\b", screen)
    assert re.search(r"backlog\s+15 tasks, waiting: the queue is paused", screen)


def test_how_a_table_is_looked_at_outlives_the_console(taskdeck, emulator, server, terminal):
    server.queue("orders")
    for number in range(4):
        add(server, "orders", ["Sync", "Welcome"][number % 2], name=f"{queue_name('orders')}/tasks/t{number}")
    opened(taskdeck, emulator, terminal, "orders")
    terminal.wait_for("t3")
    # TRIES is hidden; the sort goes from AGE over NEXT to CLASS; a filter is kept, and saved under a name.
    for keys in [",", "j", "j"]:
        terminal.type(keys)
    terminal.press("Space")
    terminal.press("Enter")
    terminal.type(">>")
    terminal.wait_for("CLASS▲")
    terminal.type("/sync")
    terminal.press("C-s")
    terminal.type("mine")
    terminal.press("Enter")
    terminal.wait_for("Saved: filter mine")
    closed(terminal)
    opened(taskdeck, emulator, terminal, "orders")
    screen = terminal.wait_for("CLASS▲")
    assert "TRIES" not in screen and "ANSWERS" in screen
    terminal.type("/")
    terminal.wait_for("saved as mine")
    terminal.press("Up")
    terminal.wait_for("/ sync")
    terminal.press("Enter")
    terminal.wait_for("2 of 4 shown")
    closed(terminal)
    assert oct((taskdeck.home / "state/taskdeck/console.json").stat().st_mode & 0o777) == "0o600"


def test_an_export_holds_what_is_shown_and_is_never_written_over(taskdeck, emulator, server, terminal):
    server.queue("orders")
    for number in range(6):
        add(server, "orders", ["Sync", "Welcome"][number % 2])
    opened(taskdeck, emulator, terminal, "orders")
    terminal.wait_for("6 tasks")
    terminal.type("/body.x=1 class:Sync")
    terminal.press("Enter")
    terminal.wait_for("3 of 6 shown")
    path = taskdeck.home / "shown tasks.json"
    terminal.type(":export shown tasks.json")
    terminal.press("Enter")
    terminal.wait_for("That is all of them.")
    written = json.loads(path.read_text())
    assert (written["complete"], written["gap"], written["filter"]) == (True, None, "body.x=1 class:Sync")
    assert [row["CLASS"] for row in written["rows"]] == ["Sync"] * 3
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    terminal.type(":export shown tasks.json")
    terminal.press("Enter")
    terminal.wait_for("it is there already")
    assert json.loads(path.read_text()) == written


class Raw:
    """The console in a pseudo terminal, whose bytes can be looked at."""

    def __init__(self, taskdeck, *arguments: str, **more: str):
        environment = {name: value for name, value in taskdeck.environment.items() if name not in ("TMUX", "DISPLAY")}
        environment |= {"TERM": "xterm-256color"} | more
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execve(taskdeck.path, [str(taskdeck.path), *arguments], environment)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
        self.bytes = b""

    def read(self) -> bytes:
        while select.select([self.terminal], [], [], 0)[0]:
            self.bytes += os.read(self.terminal, 1 << 16)
        return self.bytes

    def press(self, keys: bytes) -> None:
        os.write(self.terminal, keys)

    def wait_for(self, text: bytes) -> bytes:
        return wait_until(lambda: text in self.read() and self.bytes, f"{text!r} from the console")

    def close(self) -> None:
        os.write(self.terminal, b"\x03\x1b")
        os.close(self.terminal)
        os.waitpid(self.pid, 0)


def copied(raw: bytes) -> list[str]:
    return [base64.b64decode(text).decode() for text in re.findall(rb"\x1b\]52;c;([^\x07]*)\x07", raw)]


def test_a_terminal_is_told_what_to_copy_and_never_more_than_it_takes(taskdeck, emulator, server):
    server.queue("orders")
    for number in range(600):
        add(server, "orders", "Sync", name=f"{queue_name('orders')}/tasks/{number:03}{'x' * 100}")
    console = Raw(taskdeck, "--endpoint", emulator.url)
    try:
        console.wait_for(b"orders")
        console.press(b"\r")
        console.wait_for(b"600 tasks")
        console.press(b"c\r")
        console.wait_for(b"Copied ID through the terminal")
        (text,) = copied(console.bytes)
        assert re.fullmatch(r"\d{3}x{100}", text)
        # 62 KB of IDs are more than the 56 KB that stock xterm takes.
        console.press(b"*c")
        console.wait_for(b"IDs of the 600 marked")
        console.press(b"jjjjjj\r")
        console.wait_for(b"too large to copy")
        # One key later all that the copy wrote has come.
        console.press(b"?")
        console.wait_for(b"Help: all keys")
        assert len(copied(console.bytes)) == 1
    finally:
        console.close()


def test_gnu_screen_is_told_to_hand_the_copy_on(taskdeck, emulator, server):
    server.queue("orders")
    for number in range(20):
        add(server, "orders", "Sync", name=f"{queue_name('orders')}/tasks/{number:03}{'x' * 100}")
    console = Raw(taskdeck, "--endpoint", emulator.url, STY="1234.pts-0.here")
    try:
        console.wait_for(b"orders")
        console.press(b"\r")
        console.wait_for(b"20 tasks")
        console.press(b"*c")
        console.wait_for(b"IDs of the 20 marked")
        console.press(b"jjjjjj\r")
        console.wait_for(b"through the terminal")
        pieces = re.findall(rb"\x1bP(.*?)\x1b\\", console.bytes, re.DOTALL)
        assert len(pieces) > 3 and all(len(piece) < 760 for piece in pieces)
        (text,) = copied(b"".join(pieces))
        assert len(text.splitlines()) == 20
    finally:
        console.close()
