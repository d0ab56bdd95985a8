"""The console on a bare terminal of every kind: what it draws, and how it leaves it."""

import os
import pty
import random
import select
import signal
import subprocess
import termios
import time
from collections.abc import Callable, Iterator

import pyte
import pytest

from helpers.google_clients import queue_name
from helpers.pty_program import Program
from helpers.taskdeck import Emulator, Taskdeck
from helpers.waiting import PATIENCE

XTERM = "xterm-256color"
QUEUE = "orders"
# Seconds within which a lost terminal must have ended it: a person would look for what still runs.
PROMPTLY = 5


@pytest.fixture
def place(taskdeck: Taskdeck) -> Iterator[str]:
    """An emulator with one queue in which nothing happens."""
    emulator = Emulator(taskdeck, "--queue", QUEUE).start()
    yield emulator.url
    emulator.stop()


@pytest.fixture
def console(taskdeck: Taskdeck, place: str) -> Iterator[Callable[..., Program]]:
    """`console(**environment)` is the console on a terminal of its own, with the queue on its screen."""
    running: list[Program] = []

    def start(*arguments: str, columns=100, rows=30, replies=None, shows=QUEUE, **environment: str | None) -> Program:
        variables = taskdeck.environment | {"TERM": XTERM, "SWIFT_BACKTRACE": "enable=no"} | environment
        variables = {name: value for name, value in variables.items() if value is not None}
        program = Program(
            taskdeck.path, "--endpoint", place, *arguments,
            environment=variables, columns=columns, rows=rows, cwd=taskdeck.home, replies=replies,
        )  # fmt: skip
        running.append(program)
        if shows:
            program.wait_for(shows)
        return program

    yield start
    for program in running:
        program.close()


def quiet(program: Program) -> None:
    """Reads until nothing has come for a second and a half: a refresh is a second apart at most.

    For screens without tasks only: where there is one, its age is written anew every second.
    """
    deadline = time.monotonic() + PATIENCE
    while program.read(1.5):
        assert time.monotonic() < deadline, f"it never stops writing; the screen is\n{program.text}"


def keys(program: Program, *each: str) -> None:
    """Types one key after another, each when what the one before it did is on the screen."""
    for key, shows in zip(each[::2], each[1::2], strict=True):
        program.send(key)
        program.wait_for(shows)


def without_clock(text: str) -> str:
    """The screen but for the time at the end of its first line."""
    return text.partition("\n")[2]


def is_restored(program: Program) -> bool:
    """Modes as before; the last of each pair of switches gives something back."""
    text = bytes(program.written)
    switches = [(b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?25l", b"\x1b[?25h"), (b"\x1b[?2004h", b"\x1b[?2004l")]
    switches += [(b"\x1b[?1000h", b"\x1b[?1000l"), (b"\x1b[?1006h", b"\x1b[?1006l"), (b"\x1b[?1h", b"\x1b[?1l")]
    given_back = all(text.rfind(on) <= text.rfind(off) for on, off in switches)
    return given_back and program.modes_now() == program.modes_before


@pytest.mark.parametrize(
    "kind", [XTERM, "tmux-256color", "screen-256color", "screen", "linux", "vt100", "xterm", "rxvt"]
)
def test_every_kind_of_terminal_shows_the_console_and_is_left_as_it_was(console, kind):
    program = console(TERM=kind, columns=80, rows=24)
    # The footer names the keys of a row as soon as there is one.
    program.wait_until(lambda: program.lines[23].startswith(" Enter open"), "a footer for the row")
    program.wait_for("q quit")
    assert "NAME" in program.lines[2] and QUEUE in program.lines[3], program.text
    assert all(len(line) <= 80 for line in program.lines)
    program.send("?")
    program.wait_for("Help: all keys")
    program.send("\x1b")
    program.wait_gone("Help: all keys")
    program.send("q")
    assert program.status() == 0
    assert is_restored(program)


@pytest.mark.parametrize("kind", ["dumb", "unknown-thing", ""])
def test_a_terminal_that_cannot_show_it_is_told_in_words_with_64(console, kind):
    program = console(TERM=kind, shows="taskdeck:")
    assert program.status() == 64
    assert b"\x1b" not in program.written
    assert len([line for line in program.lines if line]) == 3, program.text
    assert program.modes_now() == program.modes_before


@pytest.mark.parametrize("missing", ["stdin", "stdout"])
def test_without_a_terminal_it_ends_with_64_and_says_what_to_use(taskdeck, place, missing):
    controller, device = pty.openpty()
    try:
        with open(os.devnull, "r+b") as nothing:
            done = subprocess.run(
                [taskdeck.path, "--endpoint", place], env=taskdeck.environment | {"TERM": XTERM},
                stderr=subprocess.PIPE, timeout=PATIENCE, text=True,
                **({"stdin": device, "stdout": device} | {missing: nothing}),
            )  # fmt: skip
        assert done.returncode == 64
        assert "needs a terminal" in done.stderr and "tasks list" in done.stderr
        assert select.select([controller], [], [], 0) == ([], [], []), "it wrote on the terminal"
    finally:
        os.close(controller)
        os.close(device)


@pytest.mark.parametrize(
    "locale",
    [{"LC_ALL": "C"}, {"LC_ALL": "POSIX"}, {"LC_ALL": None, "LANG": "en_US.ISO-8859-1"}, {"TERM": "vt100"}],
    ids=str,
)
def test_a_locale_that_is_not_utf_8_gets_ascii_and_nothing_moves(taskdeck, console, place, locale):
    taskdeck.json(
        "tasks", "push", QUEUE, "--url", "http://127.0.0.1:9/Zürich", "--in", "3h", "--endpoint", place,
        "--payload", '{"name": "João 漢字 ✓ …"}',
    )  # fmt: skip
    plain, full = console(columns=80, rows=24, **locale), console(columns=80, rows=24)

    def same_places() -> bool:
        # Only signs differ. Both are read, for the task's age changes every second on each of them.
        full.read(0)
        return len(plain.lines[3].split()) >= 6 and all(
            len(left) == len(right) and letters(left) == letters(right)
            for left, right in zip(plain.lines[1:], full.lines[1:], strict=True)
        )

    def letters(line: str) -> list[tuple[int, str]]:
        return [(column, sign) for column, sign in enumerate(line) if sign.isascii() and sign.isalnum()]

    plain.wait_until(same_places, f"the places of\n{full.text}\n")
    keys(plain, "\r", "CLASS", "\r", "Attempts", "p", '"name": "Joao ???? + ~"', "?", "Help: all keys")
    assert all(byte < 0x80 for byte in plain.written)
    plain.send("\x1b\x03")
    assert plain.status() == 0


def test_a_locale_that_nobody_set_is_taken_for_utf_8(console):
    program = console(LC_ALL=None, LC_CTYPE=None, LANG=None)
    assert "│" in program.text


class TestBackground:
    QUESTION = b"\x1b]11;?"
    LIGHT = b"\x1b]11;rgb:ffff/ffff/dddd\x1b\\"
    DARK = b"\x1b]11;rgb:0000/0000/0000\x07"
    # Of dawn, dusk and contrast, as 256 colours have them.
    PAPER, NIGHT, BLACK = "ffffff", "1c1c1c", "000000"

    @pytest.fixture(autouse=True)
    def pair(self, taskdeck):
        folder = taskdeck.home / "config/taskdeck"
        folder.mkdir(parents=True)
        (folder / "config.yaml").write_text("theme: {dark: dusk, light: dawn}\n")

    @staticmethod
    def colour(program: Program) -> str:
        return program.screen.buffer[15][10].bg

    def settles(self, program: Program, colour: str) -> None:
        program.wait_until(lambda: self.colour(program) == colour, f"the background {colour}")

    def test_the_terminal_is_asked_and_its_answer_is_followed(self, console):
        self.settles(console(replies={self.QUESTION: self.LIGHT}), self.PAPER)
        self.settles(console(replies={self.QUESTION: self.DARK}), self.NIGHT)

    def test_one_that_does_not_answer_delays_nothing_and_gets_the_dark_one(self, console):
        program = console()
        assert self.QUESTION in program.written
        self.settles(program, self.NIGHT)

    def test_colorfgbg_is_believed_until_the_terminal_says_otherwise(self, console):
        self.settles(console(COLORFGBG="0;15"), self.PAPER)
        self.settles(console(COLORFGBG="15;0"), self.NIGHT)
        self.settles(console(COLORFGBG="0;15", replies={self.QUESTION: self.DARK}), self.NIGHT)

    def test_keys_typed_around_the_answer_are_keys(self, console):
        program = console(replies={self.QUESTION: b"?" + self.LIGHT + b"\x1b"}, shows=None)
        self.settles(program, self.PAPER)
        # The question mark opened the help, and Esc closed it.
        program.wait_for("q quit")
        assert "Help: all keys" not in program.text

    def test_a_theme_of_the_command_line_asks_nothing(self, console):
        program = console("--theme", "dusk", COLORFGBG="0;15")
        assert self.QUESTION not in program.written
        self.settles(program, self.NIGHT)

    def test_one_that_was_chosen_meanwhile_stays(self, console):
        program = console("--no-mouse")
        self.settles(program, self.NIGHT)
        program.send("T")
        program.wait_for("contrast")
        program.send("jj\r")
        self.settles(program, self.BLACK)
        program.wait_for("q quit")
        program.send(self.LIGHT)
        program.send("?")
        program.wait_for("Help: all keys")
        assert self.colour(program) != self.PAPER

    def test_an_answer_that_comes_too_late_is_not_typed_into_the_shell(self, console):
        program = console(shows=None, replies={self.QUESTION: b"\x03" + self.LIGHT})
        assert program.status() == 0
        assert program.waiting_input() == 0


class TestLosses:
    def test_a_hang_up_ends_it_at_once(self, console):
        program = console()
        program.signal(signal.SIGHUP)
        assert program.status(PROMPTLY) == 129
        assert is_restored(program)

    def test_a_terminal_that_is_gone_ends_it_without_spinning(self, console):
        program = console()
        before = program.processor_seconds()
        program.hang_up()
        assert program.status(PROMPTLY) in (0, 129)
        assert program.used() - before < 0.5

    def test_so_it_does_where_hang_ups_are_ignored(self, taskdeck, place):
        # As `nohup taskdeck` and `trap '' HUP` do it: only the end of the terminal itself can tell.
        program = Program(
            "/bin/sh", "-c", f"trap '' HUP; exec {taskdeck.path} --endpoint {place}",
            environment=taskdeck.environment | {"TERM": XTERM}, cwd=taskdeck.home,
        )  # fmt: skip
        try:
            program.wait_for(QUEUE)
            program.hang_up()
            assert program.status(PROMPTLY) == 0
            assert program.used() < 2
        finally:
            program.close()

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP])
    def test_signals_end_it_with_the_terminal_as_it_was(self, console, number):
        program = console()
        program.signal(number)
        assert program.status(PROMPTLY) == 128 + number
        assert is_restored(program)

    def test_a_discard_that_the_window_was_closed_on_can_be_resumed(self, taskdeck, place, console):
        for number in range(40):
            taskdeck.run(
                "tasks", "push", QUEUE, "--url", "http://127.0.0.1:9/Old", "--in", "5h", "--name", f"t{number}",
                "--endpoint", place,
            )  # fmt: skip
        program = console(shows="40")
        program.send("D")
        program.wait_for("Discard")
        program.send("\x1b[B\x1b[B\x1b[B\r")
        program.wait_for("Apply")
        program.send("a")
        program.hang_up()
        program.status(PROMPTLY)
        for entry in taskdeck.json("journal", "list"):
            if entry["state"] == "interrupted":
                assert taskdeck.run("journal", "resume", str(entry["journal"]), "--endpoint", place).status == 0
        left = {task["name"] for task in taskdeck.json("tasks", "list", QUEUE, "--endpoint", place)}
        told = sum(entry["discarded"] for entry in taskdeck.json("journal", "list"))
        assert len(left) + told == 40


class TestKeys:
    def test_esc_acts_at_once(self, console):
        program = console()
        taken = []
        for _ in range(5):
            program.send("?")
            program.wait_for("Help: all keys")
            began = time.monotonic()
            program.send("\x1b")
            program.wait_gone("Help: all keys")
            taken.append(time.monotonic() - began)
        # ESCDELAY is 25 ms; curses' own second would show every time, a busy machine does not.
        assert min(taken) < 0.8

    def test_a_page_of_text_pasted_onto_a_table_does_nothing(self, taskdeck, place, console):
        program = console()
        program.wait_for("q quit")
        program.send("G")
        quiet(program)
        before = program.text
        program.send("\x1b[200~" + "DXPRNzqa\tyes\r/:q\x1b[A\x03 # rm -rf\n" * 200 + "\x1b[201~")
        # A key behind the paste shows that the paste was taken.
        program.send("?")
        program.wait_for("Help: all keys")
        program.send("\x1b")
        program.wait_until(lambda: without_clock(program.text) == without_clock(before), "the screen of before")
        assert taskdeck.json("journal", "list") == []

    def test_on_an_idle_screen_not_a_byte_is_written(self, console):
        program = console()
        program.send("5")
        program.wait_for("TOPIC")
        quiet(program)
        # The clock in the first line changes with the minute: not while it is watched.
        while not 1 < time.time() % 60 < 54:
            program.read(0.5)
        before, worked = len(program.written), program.processor_seconds()
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline:
            program.read(0.5)
        assert bytes(program.written[before:]) == b""
        assert program.processor_seconds() - worked < 0.5


class TestSizes:
    def test_a_storm_of_resizes_with_keys_ends_in_the_last_size(self, console):
        program = console()
        chance = random.Random(8)
        for _ in range(200):
            program.resize(chance.randint(20, 300), chance.randint(5, 100))
            program.send(chance.choice(["j", "k", "g", "G", "\t", "?", "\x1b"]))
        program.send("\x1b")
        program.resize(120, 36)
        quiet(program)
        program.send("1")
        quiet(program)
        # Only what came since the last resize counts: what was on its way before was for other sizes.
        program.resize(100, 30)
        program.written.clear()

        def fresh() -> list[str]:
            screen = pyte.Screen(100, 30)
            pyte.ByteStream(screen).feed(bytes(program.written))
            return [line.rstrip() for line in screen.display]

        program.wait_until(lambda: fresh()[29].endswith("q quit"), "the last frame", patience=10)
        shown = fresh()
        assert shown[2].startswith(" NAME") and QUEUE in shown[3], "\n".join(shown)
        program.send("q")
        assert program.status() == 0

    @pytest.mark.parametrize("size", [(39, 10), (40, 9), (12, 3), (1, 1)])
    def test_one_that_is_too_small_says_so_and_grows_back(self, console, size):
        program = console()
        program.resize(*size)
        if size > (20, 5):
            program.wait_for("terminal too small")
        program.resize(80, 24)
        program.wait_for("q quit")
        program.send("q")
        assert program.status() == 0

    def test_a_window_that_is_smaller_for_a_moment_shows_everything_again(self, console):
        program = console()
        program.wait_for("q quit")
        # A burst: the size may be the old one again by the time the program asks for it, and the cells are lost.
        for _ in range(20):
            program.resize(60, 12)
            program.resize(100, 30)
            program.wait_until(lambda: program.lines[29].endswith("q quit"), "the last row", patience=10)
            assert program.lines[2].startswith(" NAME") and QUEUE in program.lines[3], program.text
        program.send("q")
        assert program.status() == 0

    def test_300_columns_show_more_than_100(self, taskdeck, place, console):
        taskdeck.json("tasks", "push", QUEUE, "--url", "http://127.0.0.1:9/Sync", "--in", "3h", "--endpoint", place)
        program = console(columns=300, rows=100)
        program.send("\r")
        program.wait_for("Sync")
        # The page about the row stands beside the table.
        program.wait_for("next attempt")
        assert len(program.lines[3]) > 200


@pytest.mark.parametrize("name", ["שלום-עולם", "مرحبا", "日本語" * 20, "e\u0301\u0302\u0303" * 30, "👩‍👩‍👧‍👦" * 12])
def test_right_to_left_wide_and_combining_text_stays_in_its_place(taskdeck, place, console, name):
    taskdeck.json(
        "tasks", "push", QUEUE, "--url", "http://127.0.0.1:9/" + name, "--in", "3h", "--endpoint", place,
        "--payload", '{"name": "' + name + '"}',
    )  # fmt: skip
    program = console(columns=80, rows=24)
    keys(program, "\r", "CLASS", "\r", "Attempts", "p", '"name"')

    # The bar at the right edge stands in the same column in every row, whatever stands before it.
    def edge() -> set[str]:
        return {program.screen.buffer[row][79].data for row in range(2, 21)}

    program.wait_until(lambda: edge() <= {"│", "┃"}, "the bar at the right edge", patience=5)
    program.send("\x03")
    assert program.status() == 0


def cooked(program: Program) -> bool:
    return bool(program.modes_now()[3] & termios.ICANON)


def test_ctrl_z_while_the_editor_is_open_stops_both_and_fg_brings_back_the_editor(taskdeck, place):
    """In a shell with job control, which is what gives the terminal from one to the other."""
    task = queue_name(QUEUE)
    assert task
    editor = taskdeck.home / "editor"
    editor.write_text('#!/bin/sh\nprintf "EDITING\\n"; read -r line; printf "%s" "$line" > "$1"\n')
    editor.chmod(0o755)
    taskdeck.json("tasks", "push", QUEUE, "--url", "http://127.0.0.1:9/Sync", "--in", "3h", "--endpoint", place)
    variables = taskdeck.environment | {"TERM": XTERM, "PS1": "READY> ", "EDITOR": str(editor), "VISUAL": ""}
    (taskdeck.home / "taskdeck.yaml").write_text('handlers: {web: {kind: http, base: "http://127.0.0.1:9"}}\n')
    program = Program("/bin/bash", "--norc", "--noprofile", "-i", environment=variables, cwd=taskdeck.home)
    try:
        program.wait_for("READY>")
        program.send(f"{taskdeck.path} --endpoint {place}\r")
        program.wait_for(QUEUE)
        program.send("\r")
        program.wait_for("Sync")
        program.send("B")
        program.wait_for("Handler")
        program.send("e")
        program.wait_for("EDITING")
        program.send("\x1a")
        program.wait_for("Stopped")
        program.wait_until(lambda: not cooked(program), "the shell's own line editing")
        program.send("fg\r")
        # Typed before, the end of the line would be the one of the shell's raw mode and no end for `read`.
        program.wait_until(lambda: cooked(program), "the editor to have its terminal back")
        program.send('{"edited": 1}\r')
        program.wait_for('"edited"')
        program.wait_for("Handler")
        program.send("\x1b\x03")
        program.wait_until(lambda: program.lines[program.screen.cursor.y].startswith("READY>"), "the prompt")
        program.send("exit\r")
        program.status()
    finally:
        program.close()
