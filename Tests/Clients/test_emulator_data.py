"""`taskdeck emulator --data FILE` with the real binary: what is there after an end of any kind, and files it refuses."""

import json
import sqlite3
import stat
import urllib.request

import pytest

from helpers import google_clients
from helpers.taskdeck import Emulator
from helpers.waiting import wait_until

PARENT = "projects/local/locations/us-central1"
QUEUE = f"{PARENT}/queues/orders"


def get(emulator: Emulator, path: str) -> dict:
    with urllib.request.urlopen(emulator.url + path) as answer:
        return json.load(answer)


def start(taskdeck, *arguments: str) -> Emulator:
    return Emulator(taskdeck, "--data", "emulator.db", *arguments).start()


@pytest.mark.parametrize("end", [Emulator.stop, Emulator.kill], ids=["SIGTERM", "SIGKILL"])
def test_everything_is_there_after_the_end(taskdeck, worker, end):
    emulator = start(taskdeck, "--queue", "orders")
    tasks, scheduler = google_clients.tasks_client(emulator.url), google_clients.scheduler_client(emulator.url)
    tasks.pause_queue(name=QUEUE)
    body = {"url": worker.url + "/later", "body": b"\x00\xff", "oidc_token": {"service_account_email": "a@b.test"}}
    for number in range(3):
        tasks.create_task(parent=QUEUE, task={"name": f"{QUEUE}/tasks/t{number}", "http_request": body})
    tasks.delete_task(name=f"{QUEUE}/tasks/t2")
    job = {"name": f"{PARENT}/jobs/j", "schedule": "every 2 hours", "http_target": {"uri": worker.url}}
    scheduler.create_job(parent=PARENT, job=job)
    keys = get(emulator, "/_emulator/jwks")
    paths = [f"/v2/{QUEUE}", f"/v2/{QUEUE}/tasks?responseView=FULL", f"/v1/{PARENT}/jobs"]
    before = [get(emulator, path) for path in paths]
    end(emulator)

    emulator = start(taskdeck, "--queue", "orders")
    assert [get(emulator, path) for path in paths] == before
    assert get(emulator, "/_emulator/jwks") == keys
    tasks = google_clients.tasks_client(emulator.url)
    tasks.resume_queue(name=QUEUE)
    wait_until(lambda: len(worker.received("/later")) == 2, "the tasks of the first process")
    assert {request.body for request in worker.received("/later")} == {b"\x00\xff"}
    wait_until(lambda: not list(tasks.list_tasks(parent=QUEUE)), "the end of the tasks")
    emulator.stop()


def test_the_file_is_for_its_owner_and_for_one_emulator(taskdeck):
    emulator = start(taskdeck)
    assert stat.S_IMODE((taskdeck.home / "emulator.db").stat().st_mode) == 0o600
    status, stdout, stderr = taskdeck.run("emulator", "--port", "0", "--data", "emulator.db")
    assert (status, stdout) == (1, "")
    assert stderr.startswith("taskdeck: Another emulator has that data file\n")
    emulator.kill()
    start(taskdeck).stop()


def test_a_reset_empties_the_file(taskdeck):
    emulator = start(taskdeck, "--queue", "orders")
    urllib.request.urlopen(urllib.request.Request(emulator.url + "/_emulator/reset", method="POST")).close()
    emulator.kill()
    emulator = start(taskdeck)
    assert get(emulator, f"/v2/{PARENT}/queues") == {}
    emulator.stop()


def foreign(path):
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE precious (a)")


def text(path):
    path.write_text("these are not the bytes of a database\n" * 100)


def newer(path):
    with sqlite3.connect(path) as database:
        database.execute("INSERT INTO grdb_migrations VALUES ('of the future')")


def damaged(path):
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xab" * (path.stat().st_size - 4096))


@pytest.mark.parametrize(
    ("spoil", "title"),
    [
        (foreign, "That is not a data file of the emulator"),
        (text, "That is not a data file of the emulator"),
        (newer, "The data file is of a newer taskdeck"),
        (damaged, "The data file of the emulator is damaged"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_a_remedy(taskdeck, spoil, title):
    path = taskdeck.home / "emulator.db"
    if spoil in (newer, damaged):
        start(taskdeck, "--queue", "orders").stop()
    spoil(path)
    before = path.read_bytes()
    status, stdout, stderr = taskdeck.run("emulator", "--port", "0", "--data", "emulator.db")
    assert (status, stdout) == (1, "")
    first, reason, remedy, *rest = stderr.splitlines()
    assert (first, rest) == (f"taskdeck: {title}", [])
    assert "emulator.db" in reason and remedy.strip()
    # SQLite tidies up a file that was its own; what belongs to others stays as it was.
    assert spoil in (newer, damaged) or path.read_bytes() == before


def test_a_place_that_cannot_be_written_is_refused(taskdeck):
    status, _, stderr = taskdeck.run("emulator", "--port", "0", "--data", "/proc/none/emulator.db")
    assert status == 1
    assert stderr.startswith("taskdeck: The data file cannot be opened for writing\n")
