"""How long calls take while the emulator dispatches as fast as it can, and while a million tasks are purged.

    TASKDECK_BIN=.build/release/taskdeck python3 Tests/Benchmarks/emulator/latency.py [--data FILE] [--tasks N]

One connection asks in turn, a call at a time: queues.get with its stats, a page of tasks.list, tasks.create. Each line is
the median, the 99th percentile and the slowest, in milliseconds. The worker, the caller and the emulator share the
machine, so the first line, with nothing under way, says what the machine itself adds."""

import argparse
import asyncio
import json
import multiprocessing
import os
import socket
import subprocess
import threading
import time
from urllib.parse import urlsplit

PARENT = "/v2/projects/p/locations/us-central1"
BETA = "/v2beta3/projects/p/locations/us-central1"


class Answers(asyncio.Protocol):
    """The least that an HTTP worker can be. Requests have no bodies."""

    count: "multiprocessing.sharedctypes.Synchronized"

    def connection_made(self, transport):
        self.transport, self.rest = transport, b""

    def data_received(self, data):
        *whole, self.rest = (self.rest + data).split(b"\r\n\r\n")
        self.count.value += len(whole)
        self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" * len(whole))


def serve(count, port) -> None:
    Answers.count = count

    async def forever():
        server = await asyncio.get_running_loop().create_server(Answers, "127.0.0.1", 0, backlog=4096)
        port.value = server.sockets[0].getsockname()[1]
        await server.serve_forever()

    asyncio.run(forever())


class Caller:
    def __init__(self, url: str):
        self.address = urlsplit(url)
        self.socket = socket.create_connection((self.address.hostname, self.address.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def bytes(self, method: str, path: str, body: object = None) -> bytes:
        content = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.address.netloc}\r\nContent-Length: {len(content)}\r\n\r\n"
        return head.encode() + content

    def send(self, request: bytes) -> bytes:
        self.socket.sendall(request)
        answer = self.socket.recv(1 << 20)
        while b"\r\n\r\n" not in answer:
            answer += self.socket.recv(1 << 20)
        head, body = answer.split(b"\r\n\r\n", 1)
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        parts = [body]
        missing = length - len(body)
        while missing > 0:
            parts.append(self.socket.recv(1 << 20))
            missing -= len(parts[-1])
        if b" 200 " not in head[:15]:
            raise RuntimeError(answer)
        return b"".join(parts)

    def call(self, method: str, path: str, body: object = None) -> dict:
        return json.loads(self.send(self.bytes(method, path, body)))


def task(url: str) -> dict:
    return {"task": {"httpRequest": {"url": url, "httpMethod": "GET"}}}


def fill(emulator: str, queues: list[str], count: int, url: str) -> None:
    """In batches of a hundred."""
    caller = Caller(emulator)
    for number in range(0, count, 100):
        queue = queues[number // 100 % len(queues)]
        body = {"requests": [task(url)] * min(100, count - number)}
        caller.send(caller.bytes("POST", f"{PARENT}/queues/{queue}/tasks:batchCreate", body))


def measure(emulator: str, url: str, seconds: float, until=None) -> tuple[dict, float]:
    caller = Caller(emulator)
    calls = {
        "queues.get": caller.bytes("GET", f"{BETA}/queues/still?readMask=name,stats"),
        "tasks.list": caller.bytes("GET", f"{PARENT}/queues/still/tasks?pageSize=100"),
        "tasks.create": caller.bytes("POST", f"{PARENT}/queues/still/tasks", task(url)),
    }
    took = {name: [] for name in calls}
    begin = time.perf_counter()
    while time.perf_counter() - begin < seconds and not (until and until()):
        for name, request in calls.items():
            start = time.perf_counter()
            caller.send(request)
            took[name].append((time.perf_counter() - start) * 1000)
        time.sleep(0.001)
    return took, time.perf_counter() - begin


def report(title: str, took: dict) -> None:
    print(title)
    for name, values in took.items():
        values.sort()
        middle, high = values[len(values) // 2], values[int(len(values) * 0.99)]
        print(f"  {name:14}{middle:8.2f} {high:8.2f} {values[-1]:8.2f}   of {len(values):,}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data")
    parser.add_argument("--tasks", type=int, default=60_000, help="how many are dispatched")
    parser.add_argument("--purge", type=int, default=1_000_000, help="how many are purged")
    parser.add_argument("--queues", type=int, default=40)
    options = parser.parse_args()
    count, port = multiprocessing.Value("q", 0, lock=False), multiprocessing.Value("i", 0)
    worker = multiprocessing.Process(target=serve, args=(count, port), daemon=True)
    worker.start()
    while port.value == 0:
        time.sleep(0.01)
    url = f"http://127.0.0.1:{port.value}/"
    command = [os.environ["TASKDECK_BIN"], "emulator", "--port", "0"]
    command += ["--data", options.data] if options.data else []
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        emulator = process.stdout.readline().split()[-1]
        caller = Caller(emulator)
        queues = [f"busy{number}" for number in range(options.queues)]
        for queue in [*queues, "still", "large"]:
            caller.call("PATCH", f"{PARENT}/queues/{queue}", {})
            caller.call("POST", f"{PARENT}/queues/{queue}:pause", {})
        fill(emulator, ["still"], 1000, url)
        report("nothing under way", measure(emulator, url, 2)[0])

        fill(emulator, queues, options.tasks, url)
        wanted = count.value + options.tasks

        def resume() -> None:
            for queue in queues:
                caller.call("POST", f"{PARENT}/queues/{queue}:resume", {})

        threading.Thread(target=resume).start()
        took, seconds = measure(emulator, url, 300, lambda: count.value >= wanted)
        report(f"dispatching {options.tasks / seconds:,.0f} tasks a second from {options.queues} queues", took)

        if options.purge:
            begin = time.perf_counter()
            fill(emulator, ["large"], options.purge, url)
            print(f"{options.purge:,} tasks created in batches of 100 in {time.perf_counter() - begin:.0f} s")
            purge = threading.Timer(0.2, lambda: caller.call("POST", f"{PARENT}/queues/large:purge", {}))
            purge.start()
            report(f"purging {options.purge:,} tasks", measure(emulator, url, 6)[0])
            fill(emulator, ["large"], options.purge, url)
            delete = threading.Timer(0.2, lambda: caller.call("DELETE", f"{PARENT}/queues/large"))
            delete.start()
            report(f"deleting a queue of {options.purge:,} tasks", measure(emulator, url, 6)[0])
    finally:
        process.terminate()
        process.wait()
        worker.terminate()


if __name__ == "__main__":
    main()
