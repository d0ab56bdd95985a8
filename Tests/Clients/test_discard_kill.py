"""The kill test: SIGKILL at random instants of a discard loses no task and doubles none.

TASKDECK_KILLS=50 TASKDECK_KILL_TASKS=10000 runs the long one; TASKDECK_KILL_SEED repeats one.
"""

import os
import random
import subprocess
import time

from helpers.account import Server, check
from helpers.fault_proxy import LOST, PASS, FaultProxy

QUEUE = "orders"


def rounds(taskdeck, server: Server, endpoint: str, count: int, kills: int) -> dict[str, int]:
    """Discards, kills, resumes and undoes; gives how many rounds were killed where."""
    seed = int(os.environ.get("TASKDECK_KILL_SEED") or random.randrange(1 << 32))
    print(f"TASKDECK_KILL_SEED={seed}")
    chance = random.Random(seed)
    server.queue(QUEUE)
    server.fill(QUEUE, count)
    before = server.contents(QUEUE)
    assert len(before) == len(set(before)) == count

    def deck(*arguments: str):
        return taskdeck.json(*arguments, "--yes", "--endpoint", endpoint)

    def whole_run() -> float:
        start = time.monotonic()
        entry = deck("tasks", "discard", QUEUE, "--all")["journal"]
        took = time.monotonic() - start
        deck("journal", "undo", str(entry))
        assert server.contents(QUEUE) == before
        return took

    usual = whole_run()
    killed = {"planning": 0, "deleting": 0, "afterwards": 0, "sent": 0}
    known = {entry["journal"] for entry in deck("journal", "list")}
    for _ in range(kills):
        command = [taskdeck.path, "tasks", "discard", QUEUE, "--all", "--yes", "--endpoint", endpoint]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        running = subprocess.Popen(command, env=taskdeck.environment, cwd=taskdeck.home, **quiet)
        # Not a wait for something: the instant is what is drawn.
        time.sleep(chance.uniform(0, usual))
        running.kill()
        running.wait()
        new = [entry for entry in deck("journal", "list") if entry["journal"] not in known]
        if not new:
            killed["planning"] += 1
            assert server.contents(QUEUE) == before, "a task was deleted before its plan was on the disk"
            continue
        (entry,) = new
        number = str(entry["journal"])
        shown = deck("journal", "show", number)
        counts = check(shown, server, QUEUE)
        killed["afterwards" if shown["state"] == "complete" else "deleting"] += 1
        killed["sent"] += counts.get("sent", 0)
        outcome = deck("journal", "resume", number)
        # Nobody else is there, so whatever is not there any more was deleted by us.
        assert (len(outcome["discarded"]), outcome["gone"], outcome["failed"]) == (count, [], [])
        assert check(deck("journal", "show", number), server, QUEUE) == {"discarded": count}
        assert server.tasks(QUEUE) == []
        assert len(deck("journal", "undo", number)["restored"]) == count
        assert server.contents(QUEUE) == before, "an undo lost a task, doubled one or changed one"
        assert deck("journal", "undo", number)["restored"] == []
        assert len(server.tasks(QUEUE)) == count
        known = {entry["journal"] for entry in deck("journal", "list")}
    print(f"{kills} kills of {count} tasks: {killed}; one whole run took {usual:.2f} s")
    return killed


def test_a_discard_killed_at_random_instants_is_resumed_and_undone(taskdeck, emulator):
    count = int(os.environ.get("TASKDECK_KILL_TASKS") or 2000)
    kills = int(os.environ.get("TASKDECK_KILLS") or 6)
    killed = rounds(taskdeck, Server(emulator.url), emulator.url, count, kills)
    assert killed["planning"] + killed["deleting"] + killed["afterwards"] == kills


def test_a_kill_among_lost_answers_loses_nothing(taskdeck, emulator):
    proxy = FaultProxy(emulator.url)
    proxy.rule = lambda method, path, number: LOST if method == "DELETE" and number % 50 == 0 else PASS
    try:
        rounds(taskdeck, Server(emulator.url), proxy.url, 300, 4)
    finally:
        proxy.stop()
