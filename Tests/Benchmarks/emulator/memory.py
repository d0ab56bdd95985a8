"""What a queued task costs in memory beyond its content, and how the emulator starts with a million of them in a file.

    TASKDECK_BIN=.build/release/taskdeck python3 Tests/Benchmarks/emulator/memory.py [--tasks N] [--body BYTES] [--data FILE]

Content is what the caller sent: the bytes of the URL and of the body. All the rest of what the process grows by is
overhead: names, times, indexes, headers that the service adds, free space in tables, and whatever the allocator keeps."""

import argparse
import base64
import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from latency import PARENT, Caller  # noqa: E402


def resident(process: int) -> int:
    text = Path(f"/proc/{process}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0]) * 1024


def start(options) -> tuple[subprocess.Popen, str, float]:
    command = [os.environ["TASKDECK_BIN"], "emulator", "--port", "0"]
    command += ["--data", options.data] if options.data else []
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    return process, process.stdout.readline().split()[-1], time.perf_counter() - begin


def report(words: str, grown: int, options, content: int) -> None:
    each = grown / options.tasks
    print(f"{words}: {grown / 1e6:,.0f} MB, {each:.0f} bytes a task, {each - content:.0f} beyond its content", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=1_000_000)
    parser.add_argument("--body", type=int, default=100)
    parser.add_argument("--data")
    options = parser.parse_args()
    url = "https://shop.example.com/tasks/SendWelcomeMessage"
    body = base64.b64encode(b"x" * options.body).decode()
    content = len(url) + options.body
    process, address, _ = start(options)
    try:
        caller = Caller(address)
        caller.call("PATCH", f"{PARENT}/queues/q", {})
        caller.call("POST", f"{PARENT}/queues/q:pause", {})
        task = {"task": {"httpRequest": {"url": url, "body": body}}}
        request = caller.bytes("POST", f"{PARENT}/queues/q/tasks:batchCreate", {"requests": [task] * 100})
        # What a thousand operations keep of their answers is not of the tasks.
        for _ in range(1000):
            caller.send(request)
        before, begin = resident(process.pid), time.perf_counter()
        for _ in range(options.tasks // 100):
            caller.send(request)
        rate = options.tasks / (time.perf_counter() - begin)
        report(f"{options.tasks:,} tasks queued, {rate:,.0f} a second", resident(process.pid) - before, options, content)
    finally:
        process.terminate()
        process.wait()
    if options.data:
        process, address, took = start(options)
        print(f"started again with them in {took:.1f} s, {resident(process.pid) / 1e6:,.0f} MB in all")
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
