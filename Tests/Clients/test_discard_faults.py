"""Discards in a bad world, with the real binary: in each case the journal and the server account for every task."""

import json
import os
import resource
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from helpers.account import Server, check
from helpers.fault_proxy import CUT, LOST, PASS, SILENCE, FaultProxy
from helpers.waiting import wait_until

QUEUE, COUNT = "orders", 200


@pytest.fixture
def proxy(emulator) -> Iterator[FaultProxy]:
    between = FaultProxy(emulator.url)
    yield between
    between.stop()


@pytest.fixture
def server(emulator) -> Server:
    """The emulator with a paused queue of 200 tasks."""
    direct = Server(emulator.url)
    direct.queue(QUEUE)
    direct.fill(QUEUE, COUNT)
    return direct


@pytest.fixture
def deck(taskdeck, proxy) -> Callable:
    """`deck(*arguments)` is (exit status, decoded standard output or None, standard error), through the proxy."""

    def call(*arguments: str):
        done = taskdeck.run(*arguments, "-o", "json", "--endpoint", proxy.url)
        return done.status, json.loads(done.stdout) if done.stdout else None, done.stderr

    return call


@pytest.fixture
def discard(taskdeck, proxy) -> Callable:
    """Starts `tasks discard --all`; more arguments are those of Popen."""

    def start(endpoint: str = proxy.url, **more) -> subprocess.Popen:
        arguments = ["tasks", "discard", QUEUE, "--all", "--yes", "-o", "json", "--endpoint", endpoint]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        settings = {"env": taskdeck.environment, "cwd": taskdeck.home, "text": True} | pipes | more
        return subprocess.Popen([taskdeck.path, *arguments], **settings)

    return start


def deletes(only: Callable[[int], str | int]) -> Callable:
    """A rule for deletions alone, by their number."""
    return lambda method, path, number: only(number) if method == "DELETE" else PASS


def undone(deck, server: Server, entry: int, before: list) -> None:
    """An undo brings back what there was, once each, and a second one changes nothing."""
    for _ in range(2):
        status, _, stderr = deck("journal", "undo", str(entry), "--yes")
        assert status == 0, stderr
        assert server.contents(QUEUE) == before


# The service


def test_deletes_that_are_refused_are_named_with_their_reason(deck, proxy, server):
    before = server.contents(QUEUE)
    proxy.rule = deletes(lambda number: 403 if number % 10 == 0 else PASS)
    status, outcome, stderr = deck("tasks", "discard", QUEUE, "--all", "--yes")
    assert status == 3
    assert json.loads(stderr)["error"]["title"] == "20 of 200 failed"
    assert {failed["error"] for failed in outcome["failed"]} == {"PERMISSION_DENIED: said the test"}
    _, shown, _ = deck("journal", "show", str(outcome["journal"]))
    assert check(shown, server, QUEUE) == {"discarded": 180, "failed": 20}
    undone(deck, server, outcome["journal"], before)


def test_a_storm_of_429_is_waited_out(deck, proxy, server):
    before = server.contents(QUEUE)
    proxy.rule = deletes(lambda number: 429 if number % 3 == 0 and number < 150 else PASS)
    status, outcome, stderr = deck("tasks", "discard", QUEUE, "--all", "--yes")
    assert (status, len(outcome["discarded"])) == (0, COUNT), stderr
    _, shown, _ = deck("journal", "show", str(outcome["journal"]))
    assert check(shown, server, QUEUE) == {"discarded": COUNT}
    undone(deck, server, outcome["journal"], before)


def test_a_lost_answer_to_a_delete_counts_as_discarded_and_is_undone(deck, proxy, server):
    before = server.contents(QUEUE)
    proxy.rule = deletes(lambda number: LOST if number % 5 == 0 else PASS)
    status, outcome, stderr = deck("tasks", "discard", QUEUE, "--all", "--yes")
    assert (status, len(outcome["discarded"]), outcome["gone"]) == (0, COUNT, []), stderr
    undone(deck, server, outcome["journal"], before)


@pytest.mark.parametrize("fault", [PASS, LOST, CUT, 503])
def test_a_batch_deletes_each_task_once_whatever_becomes_of_its_answer(deck, proxy, server, fault):
    before = server.contents(QUEUE)
    proxy.knows_batches = True
    proxy.rule = lambda method, path, number: fault if path.endswith(":batchDelete") and number == 1 else PASS
    status, outcome, stderr = deck("tasks", "discard", QUEUE, "--all", "--yes")
    assert (status, len(outcome["discarded"]), outcome["gone"]) == (0, COUNT, []), stderr
    if fault == PASS:
        assert proxy.count("DELETE") == 0
    undone(deck, server, outcome["journal"], before)


def test_a_lost_answer_to_a_creation_creates_nothing_twice(deck, proxy, server):
    before = server.contents(QUEUE)
    _, outcome, _ = deck("tasks", "discard", QUEUE, "--all", "--yes")
    proxy.rule = lambda method, path, number: LOST if method == "POST" and number % 5 == 0 else PASS
    undone(deck, server, outcome["journal"], before)


def test_credentials_that_expire_stop_the_run_and_resume_finishes_it(deck, proxy, server):
    before = server.contents(QUEUE)
    proxy.rule = deletes(lambda number: 401 if number > 80 else PASS)
    status, outcome, stderr = deck("tasks", "discard", QUEUE, "--all", "--yes")
    entry = str(outcome["journal"])
    assert status == 3
    assert f"taskdeck journal resume {entry}" in json.loads(stderr)["error"]["remedy"]
    _, shown, _ = deck("journal", "show", entry)
    counts = check(shown, server, QUEUE)
    assert shown["state"] == "interrupted" and counts["discarded"] == 80 and counts["planned"] > 0
    proxy.rule = deletes(lambda number: PASS)
    status, outcome, _ = deck("journal", "resume", entry)
    assert (status, len(outcome["discarded"])) == (0, COUNT)
    assert server.tasks(QUEUE) == []
    undone(deck, server, outcome["journal"], before)


def test_a_network_that_is_cut_for_a_while_costs_nothing(deck, proxy, server):
    before = server.contents(QUEUE)
    proxy.rule = deletes(lambda number: (CUT if number % 2 else LOST) if 60 < number <= 160 else PASS)
    status, outcome, stderr = deck("tasks", "discard", QUEUE, "--all", "--yes")
    assert (status, len(outcome["discarded"]), outcome["gone"]) == (0, COUNT, []), stderr
    undone(deck, server, outcome["journal"], before)


def test_ctrl_c_while_the_network_is_cut_leaves_the_journal_exact(deck, discard, proxy, server):
    before = server.contents(QUEUE)
    proxy.rule = deletes(lambda number: CUT if number > 60 else PASS)
    running = discard()
    wait_until(lambda: proxy.count("DELETE") > 70, "deletes that meet the cut")
    interrupted = time.monotonic()
    running.send_signal(signal.SIGINT)
    stdout, _ = running.communicate(timeout=120)
    # The retries of the calls that are under way would take 20 seconds.
    assert time.monotonic() - interrupted < 5
    assert running.returncode == 130
    entry = json.loads(stdout)["journal"]
    _, shown, _ = deck("journal", "show", str(entry))
    assert shown["state"] == "interrupted"
    assert check(shown, server, QUEUE)["discarded"] == 60
    proxy.rule = deletes(lambda number: PASS)
    status, outcome, _ = deck("journal", "resume", str(entry))
    assert (status, len(outcome["discarded"])) == (0, COUNT)
    undone(deck, server, entry, before)


def test_ctrl_c_while_nothing_answers_leaves_the_journal_exact(deck, discard, proxy, server):
    before = server.contents(QUEUE)
    proxy.rule = deletes(lambda number: SILENCE if number > 60 else PASS)
    running = discard()
    wait_until(lambda: proxy.count("DELETE") > 70, "deletes that meet silence")
    interrupted = time.monotonic()
    running.send_signal(signal.SIGINT)
    stdout, _ = running.communicate(timeout=120)
    assert time.monotonic() - interrupted < 5
    assert running.returncode == 130
    entry = json.loads(stdout)["journal"]
    proxy.rule = deletes(lambda number: PASS)
    _, shown, _ = deck("journal", "show", str(entry))
    counts = check(shown, server, QUEUE)
    assert counts["discarded"] == 60 and counts["sent"] > 0 and counts["planned"] > 0
    status, outcome, _ = deck("journal", "resume", str(entry))
    assert (status, len(outcome["discarded"])) == (0, COUNT)
    undone(deck, server, entry, before)


# Others


def test_two_taskdecks_discard_each_task_once_between_them(taskdeck, emulator, discard, server):
    # Straight at the service: a 404 after an answer that a proxy lost would rightly count as discarded, twice then.
    before = server.contents(QUEUE)
    both = [discard(emulator.url), discard(emulator.url)]
    outcomes = [json.loads(one.communicate(timeout=60)[0]) for one in both]
    assert [one.returncode for one in both] == [0, 0]
    discarded = [name for outcome in outcomes for name in outcome["discarded"]]
    assert len(discarded) == len(set(discarded)) == COUNT and server.tasks(QUEUE) == []
    for outcome in outcomes:
        # Whichever came second to the listing may have planned less, or nothing.
        assert len(outcome["discarded"]) + len(outcome["gone"]) == outcome["planned"]
        if outcome["journal"]:
            undo = taskdeck.run("journal", "undo", str(outcome["journal"]), "--yes", "--endpoint", emulator.url)
            assert undo.status == 0, undo.stderr
    assert server.contents(QUEUE) == before


def test_two_taskdecks_that_both_crash_put_each_task_back_once(taskdeck, deck, discard, proxy, server):
    before = server.contents(QUEUE)
    proxy.rule = deletes(lambda number: SILENCE)
    for _ in range(2):
        sent = proxy.count("DELETE")
        running = discard()
        wait_until(lambda sent=sent: proxy.count("DELETE") > sent + 20, "deletes that meet silence")
        running.kill()
        running.communicate()
    # Both have marked tasks as sent. Now those are gone, as if the deletes had been carried out.
    entries = [str(entry["journal"]) for entry in deck("journal", "list")[1]]
    both = [item["name"] for item in deck("journal", "show", entries[0])[1]["items"] if item["state"] == "sent"]
    for name in both:
        server.call("DELETE", f"/v2/{name}")
    proxy.rule = deletes(lambda number: PASS)
    for entry in entries:
        assert deck("journal", "resume", entry)[0] == 0
    assert server.tasks(QUEUE) == []
    for entry in entries * 2:
        status, _, stderr = deck("journal", "undo", entry, "--yes")
        assert status == 0, stderr
        assert server.contents(QUEUE) == before


def test_tasks_that_finish_meanwhile_are_gone_and_stay_so(deck, proxy, emulator, worker):
    server = Server(emulator.url)
    name = server.queue(QUEUE, rateLimits={"maxDispatchesPerSecond": 100, "maxConcurrentDispatches": 10})
    server.fill(QUEUE, COUNT, url=f"{worker.url}/tasks/Sync")
    before = {task["name"]: task["httpRequest"]["headers"]["X-Number"] for task in server.tasks(QUEUE)}

    def finish_some(number: int) -> str:
        if number == 20:
            server.call("POST", f"/v2/{name}:resume", {})
            wait_until(lambda: len(worker.received("/tasks/Sync")) >= 40, "tasks to be handled")
            server.call("POST", f"/v2/{name}:pause", {})
        return PASS

    proxy.rule = deletes(finish_some)
    status, outcome, stderr = deck("tasks", "discard", QUEUE, "--all", "--yes")
    assert status == 0, stderr
    assert len(outcome["gone"]) > 0 and len(outcome["discarded"]) + len(outcome["gone"]) == COUNT
    handled = {request.headers["X-Number"] for request in worker.received("/tasks/Sync")}
    assert {before[name] for name in outcome["gone"]} <= handled
    assert handled | {before[name] for name in outcome["discarded"]} == set(before.values())
    status, restored, _ = deck("journal", "undo", str(outcome["journal"]), "--yes")
    assert (status, len(restored["restored"]), len(restored["skipped"])) == (
        0,
        len(outcome["discarded"]),
        len(outcome["gone"]),
    )
    back = [task["httpRequest"]["headers"]["X-Number"] for task in server.tasks(QUEUE)]
    assert sorted(back) == sorted(before[name] for name in outcome["discarded"])


# The journal


@pytest.fixture
def journal(taskdeck):
    """Where the journal is, in a folder that is there."""
    path = taskdeck.home / "state" / "taskdeck" / "journal.db"
    path.parent.mkdir(parents=True)
    return path


def refused(running: subprocess.Popen, proxy: FaultProxy, server: Server) -> dict:
    """Nothing was deleted, or even sent; gives the reason."""
    stdout, stderr = running.communicate(timeout=60)
    assert (running.returncode, stdout) == (1, ""), stderr
    assert proxy.count("DELETE") == 0 and len(server.tasks(QUEUE)) == COUNT
    return json.loads(stderr)["error"]


def test_a_damaged_journal_refuses_before_the_first_delete(discard, journal, proxy, server):
    journal.write_bytes(b"this is not a journal, whatever its name says\n" * 100)
    assert refused(discard(), proxy, server)["title"] == "The journal is damaged"


def test_a_folder_that_cannot_be_written_refuses_before_the_first_delete(discard, journal, proxy, server):
    journal.parent.chmod(0o555)
    # Permissions do not hold the superuser back, so it becomes nobody.
    who = {"user": 65534, "group": 65534} if os.geteuid() == 0 else {}
    for folder in journal.parents:
        if who and folder.stat().st_uid == 0 and folder != journal.parent and Path(tempfile.gettempdir()) in folder.parents:
            folder.chmod(folder.stat().st_mode | 0o055)
    assert refused(discard(**who), proxy, server)["title"] == "The journal cannot be opened for writing"


def test_a_locked_journal_refuses_before_the_first_delete(taskdeck, discard, journal, proxy, server):
    assert taskdeck.run("journal", "list").status == 0
    holder = sqlite3.connect(journal, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        assert refused(discard(), proxy, server)["title"] == "The journal is locked"
    finally:
        holder.close()


def test_a_full_disk_refuses_before_the_first_delete(taskdeck, discard, journal, proxy, server):
    def little_room() -> None:
        # Without a handler the signal would end the process before it sees the error of the write.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (48 << 10, 48 << 10))

    assert taskdeck.run("journal", "list").status == 0
    error = refused(discard(preexec_fn=little_room), proxy, server)
    assert error["title"] in ("The disk of the journal is full", "The journal failed")


def test_read_only_sends_no_delete(taskdeck, proxy, server):
    done = taskdeck.run(
        "tasks", "discard", QUEUE, "--all", "--yes", "--read-only", "-o", "json", "--endpoint", proxy.url
    )
    assert done.status == 1 and "read-only" in json.loads(done.stderr)["error"]["title"]
    assert proxy.count("DELETE") == 0 and len(server.tasks(QUEUE)) == COUNT
