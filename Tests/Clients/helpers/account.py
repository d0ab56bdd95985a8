"""A queue with known contents, and the account between a journal entry and the server: what the journal says of a
task must be so."""

import base64
import http.client
import json
from urllib.parse import urlsplit

from helpers.google_clients import queue_name

# Nothing listens on port 9 ("discard").
NOWHERE = "http://127.0.0.1:9"


class Server:
    """The emulator, spoken to directly: one connection, plain REST."""

    def __init__(self, url: str):
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)

    def call(self, method: str, path: str, body: object = None) -> dict:
        """The decoded answer; it must be a success."""
        text = None if body is None else json.dumps(body)
        self._connection.request(method, path, text, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        content = answer.read()
        assert answer.status == 200, f"{method} {path}: {answer.status} {content!r}"
        return json.loads(content)

    def queue(self, queue: str, **fields: object) -> str:
        """Creates a queue and pauses it, so that its tasks stay; gives its name."""
        name = queue_name(queue)
        self.call("POST", f"/v2/{name.rsplit('/', 2)[0]}/queues", {"name": name, **fields})
        self.call("POST", f"/v2/{name}:pause", {})
        return name

    def fill(self, queue: str, count: int, url: str = f"{NOWHERE}/tasks/Sync", start: int = 0) -> None:
        """Adds tasks with different bodies, not all of them text; every third one has a name of its own."""
        for number in range(start, start + count):
            body = b"\x00\xff\xfe" + str(number).encode() if number % 7 == 0 else b'{"number": %d}' % number
            request = {"url": url, "body": base64.b64encode(body).decode(), "headers": {"X-Number": str(number)}}
            task: dict = {"httpRequest": request}
            if number % 3 == 0:
                task["name"] = f"{queue_name(queue)}/tasks/named-{number}"
            self.call("POST", f"/v2/{queue_name(queue)}/tasks", {"task": task})

    def tasks(self, queue: str) -> list[dict]:
        """Every task of the queue, with its body."""
        found: list[dict] = []
        token = ""
        while True:
            path = f"/v2/{queue_name(queue)}/tasks?responseView=FULL&pageSize=1000&pageToken={token}"
            page = self.call("GET", path)
            found += page.get("tasks", [])
            token = page.get("nextPageToken", "")
            if not token:
                return found

    def contents(self, queue: str) -> list[tuple[str, str, str]]:
        """What makes a task what it is, without its name, in an order of its own."""
        return sorted(content(task) for task in self.tasks(queue))


def content(task: dict) -> tuple[str, str, str]:
    request = task["httpRequest"]
    return request["url"], request["body"], request["headers"]["X-Number"]


def check(shown: dict, server: Server, queue: str) -> dict[str, int]:
    """`journal show` agrees with the server, task by task; gives the number of tasks in each state."""
    there = {task["name"] for task in server.tasks(queue)}
    counts: dict[str, int] = {}
    for item in shown["items"]:
        counts[item["state"]] = counts.get(item["state"], 0) + 1
        match item["state"]:
            case "planned" | "failed":
                assert item["name"] in there, f"{item} is not on the server"
            case "discarded" | "gone":
                assert item["name"] not in there, f"{item} is on the server"
            case "sent":
                pass
            case state:
                raise AssertionError(f"state {state} of {item}")
    assert shown["planned"] == len(shown["items"]) == sum(counts.values())
    assert shown["discarded"] == counts.get("discarded", 0)
    assert (shown["state"] == "complete") == (not counts.get("planned") and not counts.get("sent"))
    return counts
