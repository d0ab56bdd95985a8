"""The console in a pseudo terminal: time to the first frame and to the first data, bytes a frame, and bytes and
processor time while nothing happens. `less` and `vim`, where they are there, start in the same run.

    python3 Tests/Benchmarks/console.py TASKDECK
"""

import fcntl
import json
import os
import pty
import select
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
import urllib.request

ROUNDS = 9
PARENT = "projects/local/locations/us-central1"


def read_for(fd: int, seconds: float) -> int:
    """Bytes that come within so many seconds."""
    end, count = time.monotonic() + seconds, 0
    while (left := end - time.monotonic()) > 0:
        if select.select([fd], [], [], left)[0]:
            try:
                count += len(os.read(fd, 1 << 16))
            except OSError:
                break
    return count


def cpu(pid: int) -> float:
    fields = open(f"/proc/{pid}/stat").read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def opened(command: list[str], *wanted: bytes) -> tuple[int, int, list[float]]:
    """The process, the terminal, and the seconds from exec until each text was on it."""
    state = tempfile.mkdtemp()
    start = time.perf_counter()
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", XDG_STATE_HOME=state, LANG="C.UTF-8")
        os.execv(command[0], command)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
    text, times = b"", []
    for one in wanted:
        while one not in text:
            text += os.read(fd, 1 << 16)
        times.append(time.perf_counter() - start)
    return pid, fd, times


def ended(pid: int, fd: int, keys: bytes) -> None:
    os.write(fd, keys)
    read_for(fd, 0.3)
    os.close(fd)
    os.waitpid(pid, 0)


def starts(command: list[str], keys: bytes, *wanted: bytes) -> list[float]:
    """Medians, in milliseconds."""
    rounds = []
    for _ in range(ROUNDS):
        pid, fd, times = opened(command, *wanted)
        ended(pid, fd, keys)
        rounds.append(times)
    return [statistics.median(times) * 1000 for times in zip(*rounds)]


def judged(value: float, budget: float, unit: str) -> str:
    return f"{value:>9.2f} {unit} (budget {budget:g})" + ("" if value <= budget else "  OVER")


def measure_start(taskdeck: str, url: str) -> None:
    frame, data = starts([taskdeck, "--endpoint", url], b"q", b"Queues", b"orders")
    print(f"  first frame, from exec      {judged(frame, 50, 'ms')}")
    print(f"  first queues, from exec     {data:>9.2f} ms")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("Queues\n" * 20)
        file.flush()
        peers = {"less": ([file.name], b"q"), "vim": (["-u", "NONE", file.name], b":q!\r")}
        for name, (arguments, keys) in peers.items():
            if path := shutil.which(name):
                (peer,) = starts([path, *arguments], keys, b"Queues")
                print(f"  {name + ', first frame':<27} {peer:>9.2f} ms; taskdeck {frame / peer:.1f} times as long")
        page = f"{url}/v2/{PARENT}/queues"
        if curl := shutil.which("curl"):
            times = []
            for _ in range(ROUNDS):
                start = time.perf_counter()
                subprocess.check_output([curl, "-s", page])
                times.append(time.perf_counter() - start)
            peer = statistics.median(times) * 1000
            print(f"  curl, the list of queues    {peer:>9.2f} ms; taskdeck {data / peer:.1f} times as long")


def measure_frames(taskdeck: str, url: str) -> None:
    """What a key writes to the terminal."""
    pid, fd, _ = opened([taskdeck, "--endpoint", url], b"orders")
    read_for(fd, 1)
    keys = [
        ("queue opened", b"\r"), ("one row down", b"j"), ("one screen down", b"\x06"), ("a letter of a filter", b"/s"),
        ("filter cleared", b"\x1b"), ("sorted", b">"), ("help opened", b"?"), ("help closed", b"q"),
    ]
    for name, key in keys:
        os.write(fd, key)
        print(f"  {name:<27} {read_for(fd, 0.6):>9} bytes")
    ended(pid, fd, b"qq")


def measure_idle(taskdeck: str, url: str, name: str, keys: bytes) -> None:
    pid, fd, _ = opened([taskdeck, "--endpoint", url], b"orders")
    os.write(fd, keys)
    read_for(fd, 4)
    before = cpu(pid)
    count = read_for(fd, 20)
    print(f"  idle, {name:<21} {judged((cpu(pid) - before) / 20 * 100, 0.5, '% of a core')}")
    print(f"  idle, {name:<21} {judged(count / 20, 60, 'bytes a second')}")
    os.kill(pid, signal.SIGTERM)
    read_for(fd, 0.3)
    os.close(fd)
    os.waitpid(pid, 0)


def fill(url: str, count: int) -> None:
    """Tasks that are not due for a day."""
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))
    task = {"task": {"scheduleTime": later, "httpRequest": {"url": "http://127.0.0.1:9/tasks/SendWelcome"}}}
    for _ in range(count):
        request = urllib.request.Request(
            f"{url}/v2/{PARENT}/queues/orders/tasks", json.dumps(task).encode(), {"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request).read()


def main(taskdeck: str) -> None:
    server = subprocess.Popen(
        [taskdeck, "emulator", "--port", "0", "--queue", "orders"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        url = server.stdout.readline().split()[-1]
        print("Console in a terminal of 120x36")
        measure_start(taskdeck, url)
        fill(url, 200)
        measure_frames(taskdeck, url)
        measure_idle(taskdeck, url, "queues, live", b"")
        measure_idle(taskdeck, url, "200 tasks, live", b"\r")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main(sys.argv[1])
