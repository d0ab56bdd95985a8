"""Noise from the discovery documents: whatever is sent, the emulator answers as Google would, and goes on.

The generator knows the methods and the messages, so most of what it makes gets past the front door: right fields with
wrong values, wrong fields, right values in odd spellings. The seed is printed, and TASKDECK_FUZZ_SEED repeats a run."""

import http.client
import json
import os
import random
import string
from pathlib import Path
from urllib.parse import quote, urlencode

import googleapiclient
import pytest

DOCUMENTS = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"
ROUNDS = int(os.environ.get("TASKDECK_FUZZ_ROUNDS", "1500"))
IDS = ["a", "b", "c"]
ODD = [None, True, 0, -1, 2**31, 2**63, 1e308, "", " ", "\u0000", "é€😀", "x" * 3000, [], [None], {}, {"": 0}, "NaN"]
TEXTS = ["0s", "3.5s", "-1s", "1e9s", "9999999999s", "2026-01-02T03:04:05Z", "0001-01-01T00:00:00Z", "* * * * *",
         "every 5 minutes", "Europe/Berlin", "http://127.0.0.1:9/x", "https://[::1]:9", "aGk=", "a-_8", "YQ", "*", "name"]


class Generator:
    """Makes calls of one API."""

    def __init__(self, document: dict, seed: int):
        self.schemas = document["schemas"]
        self.methods = list(self._methods(document))
        self.random = random.Random(seed)

    def _methods(self, resource: dict):
        yield from resource.get("methods", {}).values()
        for inner in resource.get("resources", {}).values():
            yield from self._methods(inner)

    def call(self) -> tuple[str, str, bytes]:
        method = self.random.choice(self.methods)
        path = "/" + "/".join(self._segment(part) for part in method["flatPath"].split("/"))
        query = {}
        for name, parameter in method["parameters"].items():
            if parameter["location"] == "query" and self.random.random() < 0.4:
                query[name] = self._text(parameter)
        for name in ("fields", "$alt", "prettyPrint", "alt", "nonsense"):
            if self.random.random() < 0.04:
                query[name] = self.random.choice(["a(b", "name", "json;enum-encoding=int", "true", "*", "é"])
        target = path + ("?" + urlencode(query) if query else "")
        return method["httpMethod"], target, self._body(method)

    def _segment(self, part: str) -> str:
        stem, _, verb = part.partition("}")
        if not stem.startswith("{"):
            return part
        if self.random.random() < 0.03:
            return quote(self.random.choice(["-", "é", "a b", "%", "x" * 600, "..", "a:b", "\u0000"]), safe="") + verb
        fixed = {"{projectsId": "p", "{locationsId": "us-central1"}
        return fixed.get(stem) or self.random.choice(IDS) + verb

    def _body(self, method: dict) -> bytes:
        if "request" not in method:
            return b"{}" if self.random.random() < 0.02 else b""
        if self.random.random() < 0.03:
            return self.random.choice([b"{", b"[]", b"null", b"\xff\xfe", b'"x"', b"[" * 5000, b'{"a":' * 2000, b""])
        return json.dumps(self._message(method["request"]["$ref"], 0)).encode()

    def _message(self, name: str, depth: int) -> dict:
        properties = self.schemas[name].get("properties", {})
        message = {}
        for key, schema in properties.items():
            wanted = 0.8 if key in ("name", "task", "requests", "names", "httpRequest", "url", "schedule") else 0.25
            if self.random.random() < wanted and depth < 6:
                message[key] = self._value(key, schema, depth)
        if self.random.random() < 0.02:
            message[self.random.choice(["bogus", "max_attempts", ""])] = 1
        return message

    def _value(self, key: str, schema: dict, depth: int) -> object:
        if self.random.random() < 0.05:
            return self.random.choice(ODD)
        if "$ref" in schema:
            return self._message(schema["$ref"], depth + 1)
        kind = schema.get("type")
        if kind == "array":
            return [self._value(key, schema["items"], depth + 1) for _ in range(self.random.randrange(4))]
        if kind == "object":
            return {self.random.choice("abc"): self.random.choice(TEXTS) for _ in range(self.random.randrange(3))}
        if kind in ("integer", "number"):
            return self.random.choice([0, 1, 5, 100, -1, 500, 501, 2**31 - 1, 0.5])
        if kind == "boolean":
            return self.random.random() < 0.5
        return self._string(key, schema)

    def _string(self, key: str, schema: dict) -> object:
        if "enum" in schema:
            return self.random.choice([*schema["enum"], 1, 99])
        if key in ("name", "names", "parent"):
            root = "projects/p/locations/us-central1"
            queue = f"{root}/queues/{self.random.choice(IDS)}"
            return self.random.choice([queue, f"{queue}/tasks/{self.random.choice(IDS)}", f"{root}/jobs/a", "", "x"])
        if schema.get("format") == "google-duration":
            return self.random.choice(["0s", "15s", "3.5s", "-1s", "1e3s", "315576000000s", "9999999999999s"])
        return self.random.choice([*TEXTS, "".join(self.random.choices(string.printable, k=8))])

    def _text(self, parameter: dict) -> str:
        if "enum" in parameter:
            return self.random.choice([*parameter["enum"], "2", "X"])
        return self.random.choice(["", "0", "1", "-1", "1000000", "name", "rateLimits.maxBurstSize", "state: PAUSED",
                                   "*", "stats", "a,b", "é", "bm9uZQ=="])


@pytest.mark.parametrize("api", ["cloudtasks.v2", "cloudtasks.v2beta3", "cloudscheduler.v1"])
def test_noise_is_answered(emulator, api):
    seed = int(os.environ.get("TASKDECK_FUZZ_SEED") or random.randrange(2**32))
    print(f"TASKDECK_FUZZ_SEED={seed}")
    generator = Generator(json.loads((DOCUMENTS / f"{api}.json").read_text()), seed)
    host, port = emulator.url.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=20)
    statuses: dict[int, int] = {}
    for number in range(ROUNDS):
        method, target, body = generator.call()
        connection.request(method, target, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
        what = f"call {number} of seed {seed}: {method} {target} {body[:500]!r} -> {answer.status} {content[:500]!r}"
        # 501 is how a pull queue is refused.
        assert answer.status < 500 or answer.status == 501, what
        if answer.headers["Content-Type"].startswith("application/json"):
            parsed = json.loads(content)
            assert answer.status == 200 or parsed["error"]["code"] == answer.status, what
        else:
            assert answer.status == 404, what
        statuses[answer.status] = statuses.get(answer.status, 0) + 1
    # Noise that is refused at the door would find nothing behind it.
    assert statuses[200] > ROUNDS / 20, statuses
    connection.close()
