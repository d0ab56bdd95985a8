"""Discarding 10,000 of 50,000 tasks by min_retries, with the journal, against its peers in the same run.

The peers: the real library's `discard(min_retries=1)` over REST, `gcloud tasks delete` (a sample, one call a task), and
wrk on bare DELETEs of 10,000 known names. All talk to the same emulator on loopback, so the ratios say what each
adds to the service's own time. Run it with the Python of Tests/Clients, on a release build:

    swift build -c release --static-swift-stdlib
    TASKDECK_BIN=.build/release/taskdeck python Tests/Benchmarks/discard.py [--tasks 50000] [--failing 10000]
        [--gcloud 50] [--memory 100000]

Dispatch counts are made by the emulator: nothing listens where the failing class is sent, and its queue waits an hour
before the second attempt; the other tasks are not due for a day.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Clients"))

from helpers import taskdeck as program
from helpers.account import NOWHERE, Server
from helpers.google_clients import LOCATION, PROJECT, queue_name
from helpers.shop import FOLDER, QUEUE, Shop
from helpers.waiting import wait_until

CONNECTIONS = 32
BODY = "eyJvcmRlciI6MTIzNDU2LCJjdXN0b21lciI6ImFjbWUiLCJsaW5lcyI6W3sic2t1IjoiQTEiLCJxdHkiOjJ9XX0="


def h2load(home: Path, url: str, count: int, *arguments: str) -> float:
    """Seconds that h2load took for `count` requests, all of which must have succeeded."""
    command = ["h2load", "--h1", "-t1", f"-c{CONNECTIONS}", f"-n{count}", *arguments, url]
    printed = subprocess.run(command, capture_output=True, text=True, cwd=home, check=True).stdout
    assert f"status codes: {count} 2xx" in printed, printed
    (finished,) = [line for line in printed.splitlines() if line.startswith("finished in")]
    text = finished.removeprefix("finished in ").split(",")[0]
    return float(text.removesuffix("ms")) / 1000 if text.endswith("ms") else float(text.removesuffix("s"))


class Bench:
    def __init__(self, home: Path, endpoint: str):
        self.home, self.endpoint = home, endpoint
        self.server = Server(endpoint)
        retries = {"minBackoff": "3600s", "maxBackoff": "3600s"}
        self.server.queue(QUEUE, rateLimits={"maxDispatchesPerSecond": 500}, retryConfig=retries)

    def create(self, count: int, task_class: str, later: timedelta = timedelta()) -> None:
        request = {"url": f"{NOWHERE}/tasks/{task_class}", "body": BODY, "headers": {"X-Tenant": "acme"}}
        task: dict = {"httpRequest": request}
        if later:
            task["scheduleTime"] = (datetime.now(UTC) + later).isoformat()
        (self.home / "task.json").write_text(json.dumps({"task": task}))
        url = f"{self.endpoint}/v2/{queue_name(QUEUE)}/tasks"
        # h2load refuses fewer requests than connections.
        h2load(self.home, url, max(count, CONNECTIONS), "-d", "task.json", "-H", "content-type: application/json")

    def fail(self, count: int) -> None:
        """Adds tasks that are dispatched once, in vain."""
        self.create(count, "MyTask")
        self.server.call("POST", f"/v2/{queue_name(QUEUE)}:resume", {})
        wait_until(lambda: self.dispatched() == count, f"{count} dispatches", patience=600)
        self.server.call("POST", f"/v2/{queue_name(QUEUE)}:pause", {})

    def dispatched(self) -> int:
        time.sleep(1)
        return sum(1 for task in self.server.tasks(QUEUE) if task.get("dispatchCount"))

    def names(self) -> list[str]:
        return [task["name"] for task in self.server.tasks(QUEUE)]


def taskdeck(deck: program.Taskdeck, endpoint: str, *arguments: str) -> tuple[float, int, dict]:
    """Seconds, peak memory in MiB, and the outcome."""
    command = [deck.path, *arguments, "--yes", "-o", "json", "--endpoint", endpoint]
    with (deck.home / "outcome.json").open("w") as out:
        start = time.monotonic()
        running = subprocess.Popen(command, stdout=out, env=deck.environment, cwd=deck.home)
        _, status, usage = os.wait4(running.pid, 0)
        took = time.monotonic() - start
    running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode == 0, f"{arguments} ended with {running.returncode}"
    return took, usage.ru_maxrss // 1024, json.loads((deck.home / "outcome.json").read_text())


def library(deck: program.Taskdeck, endpoint: str, expected: int) -> float:
    """Seconds inside `discard`, without starting Django."""
    shop = Shop(endpoint, deck.environment, deck.home)
    lines = ["import json, time", "from shop.tasks import *", "start = time.monotonic()"]
    lines += ["count = len(MyTask.discard(min_retries=1))", "took = time.monotonic() - start"]
    lines += ["print('answer:', json.dumps([count, took]))"]
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", "\n".join(lines)]
    done = subprocess.run(command, capture_output=True, text=True, env=shop.environment, cwd=FOLDER)
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("answer: ")]
    count, took = json.loads(line.removeprefix("answer: "))
    if count != expected:
        print(f"  the library discarded {count} of {expected}: it deletes while it lists")
    return took


# wrk's -d is a wait that a script cannot cut short, so the script tells the time of the last answer itself. One thread:
# its state is not shared, and each name is to be deleted once.
DELETES = """
local ffi = require("ffi")
ffi.cdef("typedef struct { long s, us; } tv; int gettimeofday(tv *, void *);")
local function now() local t = ffi.new("tv"); ffi.C.gettimeofday(t, nil); return tonumber(t.s) + tonumber(t.us) / 1e6 end
local paths, next_path, answered, wrong, start = {}, 0, 0, 0, nil
function init() for line in io.lines("paths") do paths[#paths + 1] = line end end
function request()
  start = start or now()
  next_path = next_path + 1
  return wrk.format("DELETE", paths[next_path] or paths[1])
end
function response(status)
  if answered < #paths and status ~= 200 then wrong = wrong + 1 end
  answered = answered + 1
  if answered == #paths then print("took", now() - start, wrong); io.flush(); wrk.thread:stop() end
end
"""


def bare(bench: Bench, count: int) -> float:
    """Seconds that wrk took to delete so many tasks whose names are known."""
    bench.create(count, "MyTask")
    names = [task["name"] for task in bench.server.tasks(QUEUE) if task["httpRequest"]["url"].endswith("MyTask")]
    (bench.home / "paths").write_text("".join(f"/v2/{name}\n" for name in names[:count]))
    (bench.home / "deletes.lua").write_text(DELETES)
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", "-d600s", "-s", "deletes.lua", bench.endpoint]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=bench.home)
    try:
        line = next(line for line in running.stdout if line.startswith("took"))
    finally:
        running.kill()
        running.wait()
    _, took, wrong = line.split()
    # The last few connections ask once more for the first name while the last answers are on their way.
    assert int(wrong) <= CONNECTIONS, f"{wrong} of {count} deletes were refused"
    return float(took)


def gcloud(bench: Bench, deck: program.Taskdeck, count: int) -> float:
    """Seconds a task."""
    bench.create(count, "MyTask")
    environment = deck.environment | {
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDTASKS": f"{bench.endpoint}/",
        "CLOUDSDK_AUTH_DISABLE_CREDENTIALS": "true",
        "CLOUDSDK_CORE_CHECK_GCE_METADATA": "false",
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "true",
        "CLOUDSDK_CORE_PROJECT": PROJECT,
        "CLOUDSDK_CONFIG": str(deck.home / "gcloud"),
    }
    names = [task["name"] for task in bench.server.tasks(QUEUE) if task["httpRequest"]["url"].endswith("MyTask")]
    start = time.monotonic()
    for name in names[:count]:
        command = ["gcloud", "tasks", "delete", name, f"--location={LOCATION}", f"--queue={QUEUE}", "--quiet"]
        subprocess.run(command, env=environment, capture_output=True, check=True)
    return (time.monotonic() - start) / count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, default=50_000)
    parser.add_argument("--failing", type=int, default=10_000)
    parser.add_argument("--gcloud", type=int, default=50)
    parser.add_argument("--memory", type=int, nargs="*", default=[100_000])
    choice = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="taskdeck-bench-") as folder:
        deck = program.Taskdeck(program.binary(), Path(folder))
        emulator = program.Emulator(deck).start()
        try:
            compare(Bench(Path(folder), emulator.url), deck, choice)
        finally:
            emulator.stop()
        for count in choice.memory:
            emulator = program.Emulator(deck).start()
            try:
                bench = Bench(Path(folder), emulator.url)
                bench.create(count, "MyTask")
                took, memory, outcome = taskdeck(deck, emulator.url, "tasks", "discard", QUEUE, "--all")
                print(f"discard of {count}: {took:.2f} s, {memory} MiB at most", flush=True)
                assert len(outcome["discarded"]) == count
            finally:
                emulator.stop()


def compare(bench: Bench, deck: program.Taskdeck, choice: argparse.Namespace) -> None:
    count = choice.failing
    bench.create(choice.tasks - count, "OtherTask", timedelta(days=1))
    bench.fail(count)
    arguments = ("tasks", "discard", QUEUE, "--class", "MyTask", "--min-retries", "1")
    ours, memory, outcome = taskdeck(deck, bench.endpoint, *arguments)
    assert len(outcome["discarded"]) == count, outcome
    print(f"taskdeck: {count} of {choice.tasks} in {ours:.2f} s, {memory} MiB at most", flush=True)
    peer = bare(bench, count)
    print(f"bare DELETEs (wrk, {CONNECTIONS} connections): {peer:.2f} s; taskdeck {ours / peer:.2f}x", flush=True)
    if choice.gcloud and shutil.which("gcloud"):
        each = gcloud(bench, deck, choice.gcloud)
        print(f"gcloud: {each:.2f} s a task; taskdeck is {each * count / ours:.0f}x as fast", flush=True)
    bench.fail(count)
    theirs = library(deck, bench.endpoint, count)
    print(f"the library: {theirs:.2f} s; taskdeck is {theirs / ours:.1f}x as fast", flush=True)


if __name__ == "__main__":
    main()
