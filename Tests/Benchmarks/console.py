"""The console in a pseudo terminal: time to the first frame, bytes and processor time while nothing happens.

    python3 Tests/Benchmarks/console.py TASKDECK
"""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time


def read_for(fd: int, seconds: float) -> int:
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


def opened(command: list[str]) -> tuple[int, int, float]:
    """The process, the terminal, and the seconds to the first frame."""
    start = time.perf_counter()
    pid, fd = pty.fork()
    if pid == 0:
        state = tempfile.mkdtemp()
        os.environ.update(TERM="xterm-256color", XDG_STATE_HOME=state, LANG="C.UTF-8")
        os.execv(command[0], command)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
    text = b""
    while b"Queues" not in text:
        text += os.read(fd, 1 << 16)
    return pid, fd, time.perf_counter() - start


def main(taskdeck: str) -> None:
    server = subprocess.Popen(
        [taskdeck, "emulator", "--port", "0", "--queue", "orders"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    url = server.stdout.readline().split()[-1]
    starts = []
    for _ in range(9):
        pid, fd, took = opened([taskdeck, "--endpoint", url])
        starts.append(took)
        os.write(fd, b"q")
        read_for(fd, 0.3)
        os.close(fd)
        os.waitpid(pid, 0)
    print(f"  first frame                 {sorted(starts)[len(starts) // 2] * 1000:>9.1f} ms (budget 50)")
    pid, fd, _ = opened([taskdeck, "--endpoint", url])
    read_for(fd, 3)
    before = cpu(pid)
    idle = read_for(fd, 20)
    print(f"  idle, live                  {(cpu(pid) - before) / 20 * 100:>9.2f} % of a core (budget 0.5)")
    print(f"  idle, live                  {idle / 20:>9.1f} bytes a second (budget 60)")
    os.write(fd, b"?")
    print(f"  help opened                 {read_for(fd, 0.4):>9} bytes")
    os.write(fd, b"q")
    print(f"  help closed                 {read_for(fd, 0.4):>9} bytes")
    os.kill(pid, signal.SIGTERM)
    os.close(fd)
    os.waitpid(pid, 0)
    server.terminate()


if __name__ == "__main__":
    main(sys.argv[1])
