"""taskdeck's emulator beside the one on PyPI (gcloud-tasks-emulator), in one run on one machine; prints ratios.

    python3 -m venv /tmp/compare && /tmp/compare/bin/pip install gcloud-tasks-emulator==0.6.2
    TASKDECK_BIN=.../taskdeck /tmp/compare/bin/python Tests/Benchmarks/emulator/compare.py

Both get the same tasks from the same number of threads, each in its own protocol with the thinnest client there is:
gRPC with ready-made bytes there, HTTP with ready-made bytes here. Both send them to the same worker, which does
nothing but count. The measured phases take turns, so that a slow minute of the machine falls on both."""

import asyncio
import http.client
import json
import multiprocessing
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import grpc
from google.cloud import tasks_v2

TASKS = int(os.environ.get("TASKS", "2000"))
THREADS, QUEUES, ROUNDS = 4, 10, 3
PARENT = "projects/p/locations/us-central1"


class Counter(asyncio.Protocol):
    """The least that an HTTP worker can be. Requests have no bodies."""

    count: "multiprocessing.sharedctypes.Synchronized"

    def connection_made(self, transport):
        self.transport, self.rest = transport, b""

    def data_received(self, data):
        *whole, self.rest = (self.rest + data).split(b"\r\n\r\n")
        with self.count.get_lock():
            self.count.value += len(whole)
        self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" * len(whole))


def serve(count, port) -> None:
    Counter.count = count

    async def forever():
        server = await asyncio.get_running_loop().create_server(Counter, "127.0.0.1", 0, backlog=4096)
        port.value = server.sockets[0].getsockname()[1]
        await server.serve_forever()

    asyncio.run(forever())


class Other:
    """gcloud-tasks-emulator over gRPC."""

    name = "gcloud-tasks-emulator"

    def __init__(self, worker: str):
        self.worker, self.port = worker, 9022
        program = Path(sys.executable).with_name("gcloud-tasks-emulator")
        self.process = subprocess.Popen([program, "start", "-p", str(self.port), "-q"], stdout=subprocess.DEVNULL)
        self.channel = grpc.insecure_channel(f"127.0.0.1:{self.port}")
        grpc.channel_ready_future(self.channel).result(timeout=30)

    def call(self, channel, method: str, request) -> None:
        function = channel.unary_unary(f"/google.cloud.tasks.v2.CloudTasks/{method}")
        function(type(request).serialize(request), timeout=60)

    def create_queue(self, queue: str, paused: bool) -> None:
        name = f"{PARENT}/queues/{queue}"
        self.call(self.channel, "CreateQueue", tasks_v2.CreateQueueRequest(parent=PARENT, queue={"name": name}))
        if paused:
            self.call(self.channel, "PauseQueue", tasks_v2.PauseQueueRequest(name=name))

    def resume(self, queue: str) -> None:
        self.call(self.channel, "ResumeQueue", tasks_v2.ResumeQueueRequest(name=f"{PARENT}/queues/{queue}"))

    def create_tasks(self, queues: list[str], count: int) -> None:
        requests = []
        for queue in queues:
            task = {"http_request": {"url": self.worker, "http_method": "GET"}}
            request = tasks_v2.CreateTaskRequest(parent=f"{PARENT}/queues/{queue}", task=task)
            requests.append(tasks_v2.CreateTaskRequest.serialize(request))
        # A channel of its own, as the other side has a connection of its own.
        with grpc.insecure_channel(f"127.0.0.1:{self.port}", [("grpc.use_local_subchannel_pool", 1)]) as channel:
            function = channel.unary_unary("/google.cloud.tasks.v2.CloudTasks/CreateTask")
            for number in range(count):
                function(requests[number % len(requests)], timeout=60)

    def stop(self) -> None:
        self.channel.close()
        self.process.terminate()
        self.process.wait(10)


class Ours:
    """taskdeck's over HTTP."""

    name = "taskdeck"

    def __init__(self, worker: str):
        self.worker = worker
        command = [os.environ["TASKDECK_BIN"], "emulator", "--port", "0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.address = urlsplit(self.process.stdout.readline().split()[-1]).netloc

    def call(self, connection, method: str, path: str, body: bytes) -> None:
        connection.request(method, "/v2/" + path, body)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(content)

    def create_queue(self, queue: str, paused: bool) -> None:
        connection = http.client.HTTPConnection(self.address)
        self.call(connection, "PATCH", f"{PARENT}/queues/{queue}", b"{}")
        if paused:
            self.call(connection, "POST", f"{PARENT}/queues/{queue}:pause", b"{}")

    def resume(self, queue: str) -> None:
        self.call(http.client.HTTPConnection(self.address), "POST", f"{PARENT}/queues/{queue}:resume", b"{}")

    def create_tasks(self, queues: list[str], count: int) -> None:
        body = json.dumps({"task": {"httpRequest": {"url": self.worker, "httpMethod": "GET"}}})
        requests = []
        for queue in queues:
            head = f"POST /v2/{PARENT}/queues/{queue}/tasks HTTP/1.1\r\nHost: {self.address}\r\n"
            requests.append(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        host, port = self.address.split(":")
        with socket.create_connection((host, int(port))) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for number in range(count):
                connection.sendall(requests[number % len(requests)])
                # The answer is shorter than a packet on loopback, and nothing else is under way.
                answer = connection.recv(65536)
                if not answer.startswith(b"HTTP/1.1 200"):
                    raise RuntimeError(answer)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


def create_in_threads(emulator, queues: list[str]) -> None:
    threads = [
        threading.Thread(target=emulator.create_tasks, args=(queues, TASKS // THREADS)) for _ in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def measure(emulator, count, label: str) -> tuple[float, float]:
    """Tasks a second: created in paused queues, and sent once these are resumed."""
    queues = [f"{label}-{number}" for number in range(QUEUES)]
    for queue in queues:
        emulator.create_queue(queue, paused=True)
    begin = time.perf_counter()
    create_in_threads(emulator, queues)
    created = TASKS / (time.perf_counter() - begin)
    wanted = count.value + TASKS
    begin = time.perf_counter()
    for queue in queues:
        emulator.resume(queue)
    while count.value < wanted:
        if time.perf_counter() - begin > 120:
            raise RuntimeError(f"{emulator.name}: {wanted - count.value} of {TASKS} tasks did not arrive")
        time.sleep(0.002)
    return created, TASKS / (time.perf_counter() - begin)


def main() -> None:
    count, port = multiprocessing.Value("q", 0), multiprocessing.Value("i", 0)
    worker = multiprocessing.Process(target=serve, args=(count, port), daemon=True)
    worker.start()
    while port.value == 0:
        time.sleep(0.01)
    emulators = [kind(f"http://127.0.0.1:{port.value}/count") for kind in (Other, Ours)]
    try:
        rates = {emulator.name: [] for emulator in emulators}
        for number in range(ROUNDS):
            for emulator in emulators:
                rates[emulator.name].append(measure(emulator, count, f"round{number}"))
    finally:
        for emulator in emulators:
            emulator.stop()
        worker.terminate()
    print(f"{TASKS} tasks, {THREADS} threads, {QUEUES} queues, median of {ROUNDS} rounds")
    for index, what in enumerate(("create", "dispatch")):
        other, ours = (statistics.median(rate[index] for rate in rates[name]) for name in (Other.name, Ours.name))
        print(f"{what:10} {Other.name} {other:8.0f}/s   {Ours.name} {ours:8.0f}/s   ratio {ours / other:.1f}")


if __name__ == "__main__":
    main()
