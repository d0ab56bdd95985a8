"""The kill test: SIGKILL at random instants of an emulator under load, with --data.

What was answered is there afterwards, and what was said to be finished is never sent again.
TASKDECK_EMULATOR_KILLS=1000 runs a longer one; TASKDECK_KILL_SEED repeats the instants of one.
"""

import asyncio
import collections
import http.client
import json
import os
import random
import threading
import time
from urllib.parse import urlsplit

from helpers.taskdeck import Emulator
from helpers.waiting import wait_until

PARENT = "projects/p/locations/us-central1"
TOPIC, SUBSCRIPTION = "projects/p/topics/top", "projects/p/subscriptions/sub"
CREATORS = 3


class Answers(asyncio.Protocol):
    """An HTTP worker that counts and says yes. Requests have no bodies."""

    received: collections.Counter

    def connection_made(self, transport):
        self.transport, self.rest = transport, b""

    def data_received(self, data):
        *whole, self.rest = (self.rest + data).split(b"\r\n\r\n")
        for head in whole:
            self.received[head.split(b" ", 2)[1].decode().removeprefix("/")] += 1
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


class CountingWorker:
    """Where the tasks go, in a thread of its own."""

    def __init__(self):
        self.received = collections.Counter()
        self._loop = asyncio.new_event_loop()
        protocol = type("Counting", (Answers,), {"received": self.received})
        server = self._loop.run_until_complete(self._loop.create_server(protocol, "127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)


class Gone(Exception):
    """The emulator was killed."""


class Connection:
    """One kept-alive connection."""

    def __init__(self, url: str):
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)

    def call(self, method: str, path: str, body: object = None) -> tuple[int, dict]:
        try:
            self._connection.request(method, path, None if body is None else json.dumps(body))
            response = self._connection.getresponse()
            return response.status, json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Gone from error

    def ok(self, method: str, path: str, body: object = None) -> dict:
        status, answer = self.call(method, path, body)
        assert status == 200, f"{method} {path}: {answer}"
        return answer

    def listed(self, queue: str) -> set[str]:
        names, token = set(), ""
        while True:
            page = self.ok("GET", f"/v2/{PARENT}/queues/{queue}/tasks?pageToken={token.replace('=', '%3D')}")
            names |= {task["name"].rsplit("/", 1)[1] for task in page.get("tasks", [])}
            token = page.get("nextPageToken", "")
            if not token:
                return names


class Ledger:
    """What the emulator has said so far."""

    def __init__(self, worker: CountingWorker):
        self.worker = worker
        self.created = {"busy": set(), "still": set()}
        self.deleted: set[str] = set()
        self.maybe_deleted: set[str] = set()
        # With how often it had been sent when it was said to be finished.
        self.finished: dict[str, int] = {}
        self.jobs: set[str] = set()
        self.published: set[str] = set()
        self.acknowledged: set[str] = set()
        self.maybe_acknowledged: set[str] = set()
        self._numbers = iter(range(1 << 60))
        self._lock = threading.Lock()

    def name(self) -> str:
        with self._lock:
            return f"t{next(self._numbers)}"

    # The load: each of these goes on until the emulator is gone.

    def create(self, connection: Connection) -> None:
        while True:
            for queue in ("busy", "busy", "still"):
                name = self.name()
                task = {"name": f"{PARENT}/queues/{queue}/tasks/{name}"}
                task["httpRequest"] = {"url": self.worker.url + name, "httpMethod": "GET"}
                connection.ok("POST", f"/v2/{PARENT}/queues/{queue}/tasks", {"task": task})
                self.created[queue].add(name)

    def delete(self, connection: Connection) -> None:
        while True:
            left = list(self.created["still"] - self.maybe_deleted)[:1]
            for name in left:
                self.maybe_deleted.add(name)
                connection.ok("DELETE", f"/v2/{PARENT}/queues/still/tasks/{name}")
                self.deleted.add(name)
            time.sleep(0.002)

    def observe(self, connection: Connection) -> None:
        while True:
            known = self.created["busy"] - self.finished.keys()
            for name in known - connection.listed("busy"):
                self.finished[name] = self.worker.received[name]

    def exchange(self, connection: Connection) -> None:
        while True:
            job = self.name()
            wish = {"name": f"{PARENT}/jobs/{job}", "schedule": "0 0 1 1 *", "httpTarget": {"uri": self.worker.url}}
            connection.ok("POST", f"/v1/{PARENT}/jobs", wish)
            self.jobs.add(job)
            messages = {"messages": [{"data": "aGk="}] * 3}
            self.published |= set(connection.ok("POST", f"/v1/{TOPIC}:publish", messages)["messageIds"])
            wish = {"maxMessages": 2, "returnImmediately": True}
            for taken in connection.ok("POST", f"/v1/{SUBSCRIPTION}:pull", wish).get("receivedMessages", []):
                number = taken["message"]["messageId"]
                assert number not in self.acknowledged, "an acknowledged message came again"
                self.maybe_acknowledged.add(number)
                connection.ok("POST", f"/v1/{SUBSCRIPTION}:acknowledge", {"ackIds": [taken["ackId"]]})
                self.acknowledged.add(number)

    # The reckoning.

    def check(self, connection: Connection) -> None:
        """Nothing that was acknowledged is lost, nothing that was finished is sent again."""
        for name, count in self.finished.items():
            assert self.worker.received[name] == count, f"{name} was finished and was sent again"
        still = connection.listed("still")
        assert self.created["still"] - self.maybe_deleted <= still
        assert not self.deleted & still
        for name in self.created["busy"] - self.finished.keys() - connection.listed("busy"):
            status, answer = connection.call("GET", f"/v2/{PARENT}/queues/busy/tasks/{name}")
            assert status == 404 and "existed recently" in answer["error"]["message"], f"{name} was lost: {answer}"
            assert self.worker.received[name] > 0, f"{name} was never sent"
            self.finished[name] = self.worker.received[name]

    def check_rest(self, connection: Connection) -> None:
        page = connection.ok("GET", f"/v1/{PARENT}/jobs?pageSize=500")
        jobs = {job["name"].rsplit("/", 1)[1] for job in page.get("jobs", [])}
        while page.get("nextPageToken"):
            page = connection.ok("GET", f"/v1/{PARENT}/jobs?pageToken={page['nextPageToken'].replace('=', '%3D')}")
            jobs |= {job["name"].rsplit("/", 1)[1] for job in page.get("jobs", [])}
        assert self.jobs <= jobs
        connection.ok("POST", "/_emulator/clock", {"advance": "700s"})
        found = set()
        wish = {"maxMessages": 1000, "returnImmediately": True}
        while taken := connection.ok("POST", f"/v1/{SUBSCRIPTION}:pull", wish).get("receivedMessages"):
            found |= {message["message"]["messageId"] for message in taken}
        assert self.published - self.maybe_acknowledged <= found, "a message was lost"
        assert not self.acknowledged & found, "an acknowledged message came again"


def until_gone(body, url: str, failures: list[BaseException]) -> threading.Thread:
    def run() -> None:
        try:
            body(Connection(url))
        except Gone:
            pass
        except BaseException as error:  # noqa: BLE001 - a thread's failure is the test's
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_nothing_acknowledged_is_lost_and_nothing_finished_is_sent_again(taskdeck):
    kills = int(os.environ.get("TASKDECK_EMULATOR_KILLS") or 100)
    seed = int(os.environ.get("TASKDECK_KILL_SEED") or random.randrange(1 << 32))
    print(f"TASKDECK_KILL_SEED={seed}")
    chance = random.Random(seed)
    worker = CountingWorker()
    said = Ledger(worker)
    begin = time.monotonic()
    emulator = Emulator(taskdeck, "--data", "emulator.db").start()
    first = Connection(emulator.url)
    for queue in ("busy", "still"):
        # Faster than it is filled, so that tasks of every age are there at any instant.
        first.ok("PATCH", f"/v2/{PARENT}/queues/{queue}", {})
    first.ok("POST", f"/v2/{PARENT}/queues/still:pause", {})
    first.ok("PUT", f"/v1/{TOPIC}", {})
    first.ok("PUT", f"/v1/{SUBSCRIPTION}", {"topic": TOPIC, "ackDeadlineSeconds": 600})
    for _ in range(kills):
        failures: list[BaseException] = []
        load = [said.create] * CREATORS + [said.delete, said.observe, said.exchange]
        threads = [until_gone(body, emulator.url, failures) for body in load]
        # Not a wait for something: the instant is what is drawn.
        time.sleep(chance.uniform(0.02, 0.5))
        emulator.kill()
        for thread in threads:
            thread.join()
        assert not failures, failures
        emulator = Emulator(taskdeck, "--data", "emulator.db").start()
        said.check(Connection(emulator.url))
    connection = Connection(emulator.url)
    wait_until(lambda: not connection.listed("busy"), "the rest of the tasks to be sent")
    said.check(connection)
    said.check_rest(connection)
    repeated = sum(1 for count in worker.received.values() if count > 1)
    print(
        f"{kills} kills in {time.monotonic() - begin:.0f} s: {len(said.created['busy'])} tasks to send, of which"
        f" {repeated} were under way at a kill and sent again, {len(said.created['still'])} that stayed,"
        f" {len(said.deleted)} deleted, {len(said.jobs)} jobs, {len(said.published)} messages"
    )
    emulator.stop()
    worker.stop()
