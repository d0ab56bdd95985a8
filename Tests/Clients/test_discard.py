"""`tasks discard`, the journal, and the commands that change queues, as DESIGN.md section 5 has them."""

import json

import pytest

from helpers import taskdeck as program
from helpers.account import NOWHERE, Server
from helpers.google_clients import queue_name

QUEUE = "orders"
OUTCOME = ["journal", "planned", "names", "discarded", "gone", "failed"]
ROW = [
    *("journal", "time", "action", "context", "account", "state"),
    *("planned", "discarded", "gone", "failed", "restored"),
]


@pytest.fixture
def server(emulator) -> Server:
    """The emulator with five tasks of the class Sync, two of Mail and two in a paused queue."""
    direct = Server(emulator.url)
    direct.queue(QUEUE)
    direct.fill(QUEUE, 5)
    direct.fill(QUEUE, 2, url=f"{NOWHERE}/tasks/Mail", start=100)
    return direct


@pytest.fixture
def deck(taskdeck, emulator, server):
    """`deck(*arguments)` is (exit status, decoded standard output or None, standard error)."""

    def call(*arguments: str):
        done = taskdeck.run(*arguments, "-o", "json", "--endpoint", emulator.url)
        return done.status, json.loads(done.stdout) if done.stdout else None, done.stderr

    return call


def names(tasks: list[dict], kind: str) -> set[str]:
    return {task["name"] for task in tasks if task["httpRequest"]["url"].endswith(kind)}


# What is asked for


def test_a_dry_run_prints_the_plan_and_does_nothing(deck, server):
    status, plan, _ = deck("tasks", "discard", QUEUE, "--class", "Sync", "--dry-run")
    assert (status, list(plan)) == (0, OUTCOME)
    assert (plan["journal"], plan["planned"], set(plan["names"])) == (None, 5, names(server.tasks(QUEUE), "Sync"))
    assert [plan["discarded"], plan["gone"], plan["failed"]] == [[], [], []]
    assert len(server.tasks(QUEUE)) == 7 and deck("journal", "list")[1] == []


def test_without_yes_and_without_a_terminal_nothing_is_done(deck, server):
    status, outcome, stderr = deck("tasks", "discard", QUEUE, "--all")
    assert (status, outcome) == (64, None) and "--yes" in json.loads(stderr)["error"]["remedy"]
    assert len(server.tasks(QUEUE)) == 7 and deck("journal", "list")[1] == []


def test_criteria_given_together_must_all_hold(deck, server):
    arguments = ("--class", "Sync", "--filter", "body.number>=2", "--min-retries", "0", "--yes")
    status, outcome, _ = deck("tasks", "discard", QUEUE, *arguments)
    assert (status, list(outcome)) == (0, OUTCOME)
    # 0 has a body that is not JSON; 1 is too small.
    assert len(outcome["discarded"]) == 3 and outcome["discarded"] == outcome["names"]
    assert len(server.tasks(QUEUE)) == 4


def test_nothing_that_matches_is_done_and_says_so(deck):
    status, outcome, stderr = deck("tasks", "discard", QUEUE, "--class", "Nobody", "--yes")
    assert status == 0 and "Nothing matches" in stderr
    assert outcome == {"journal": None, "planned": 0, "names": [], "discarded": [], "gone": [], "failed": []}
    assert deck("journal", "list")[1] == []


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("--id", "nobody"), 1, "there is no such task"),
        (("--id", "named-3", "--class", "Mail"), 1, "its class is Sync, not Mail"),
        (("--id", "named-3", "--min-retries", "2"), 1, "never dispatched"),
        (("--min-retries", "-1"), 64, "-1"),
        (("--min-retries", "often"), 64, "often"),
        (("--filter", "dispatchez>3"), 64, "dispatchez"),
        ((), 64, "--all"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_reason(deck, server, arguments, status, words):
    ended, outcome, stderr = deck("tasks", "discard", QUEUE, *arguments, "--yes")
    assert (ended, outcome) == (status, None) and words in stderr
    assert json.loads(stderr)["error"]["remedy"]
    assert len(server.tasks(QUEUE)) == 7


# The journal


def test_the_journal_lists_shows_and_undoes(deck, server):
    before = server.contents(QUEUE)
    _, outcome, _ = deck("tasks", "discard", QUEUE, "--all", "--yes")
    _, (row,), _ = deck("journal", "list")
    assert list(row) == ROW
    assert (row["action"], row["state"], row["planned"], row["discarded"]) == ("discard", "complete", 7, 7)
    _, shown, _ = deck("journal", "show", str(row["journal"]))
    assert list(shown) == [*ROW, "items"] and list(shown["items"][0]) == ["name", "state", "error", "restoredAs"]
    assert {item["state"] for item in shown["items"]} == {"discarded"}
    status, undo, _ = deck("journal", "undo", str(row["journal"]), "--yes")
    assert (status, list(undo)) == (0, ["journal", "undoes", "restored", "skipped", "failed"])
    assert undo["undoes"] == row["journal"] and len(undo["restored"]) == 7
    assert {back["restoredAs"] for back in undo["restored"]} == {task["name"] for task in server.tasks(QUEUE)}
    assert server.contents(QUEUE) == before
    _, shown, _ = deck("journal", "show", str(row["journal"]))
    assert {item["state"] for item in shown["items"]} == {"restored"}


def test_one_task_is_restored_by_its_id(deck, server):
    deck("tasks", "discard", QUEUE, "--all", "--yes")
    status, undo, _ = deck("tasks", "restore", "--id", "named-3", "--yes")
    assert (status, len(undo["restored"])) == (0, 1)
    assert [task["httpRequest"]["headers"]["X-Number"] for task in server.tasks(QUEUE)] == ["3"]
    status, _, stderr = deck("tasks", "restore", "--id", "named-3", "--yes")
    assert status == 1 and "put back already" in stderr


def test_without_a_trash_there_is_no_undo(deck, server):
    _, outcome, _ = deck("tasks", "discard", QUEUE, "--all", "--no-undo", "--yes")
    status, undo, stderr = deck("journal", "undo", str(outcome["journal"]), "--yes")
    assert (status, undo) == (1, None) and "--no-undo" in stderr
    assert server.tasks(QUEUE) == []


@pytest.mark.parametrize("verb", ["show", "resume", "undo", "export"])
def test_an_entry_that_is_not_there_is_a_refusal(deck, verb):
    status, outcome, stderr = deck("journal", verb, "99", *(["--yes"] if verb == "undo" else []))
    assert (status, outcome) == (1, None) and "99" in json.loads(stderr)["error"]["reason"]


# Queues


def test_a_purge_is_undone(deck, server):
    before = server.contents(QUEUE)
    status, outcome, _ = deck("queues", "purge", QUEUE, "--yes")
    entry = outcome["journal"]
    assert (status, outcome) == (
        0,
        {"queue": queue_name(QUEUE), "journal": entry, "planned": 7, "gone": 0, "failed": 0, "purged": True},
    )
    assert server.tasks(QUEUE) == []
    assert [row["action"] for row in deck("journal", "list")[1]] == ["purge"]
    assert deck("journal", "undo", str(entry), "--yes")[0] == 0
    assert server.contents(QUEUE) == before


def test_a_purge_without_undo_is_the_services_own(taskdeck, counted, server):
    done = taskdeck.run("queues", "purge", QUEUE, "--no-undo", "--yes", "-o", "json", "--endpoint", counted.url)
    outcome = json.loads(done.stdout)
    assert (done.status, outcome["journal"], outcome["planned"], outcome["purged"]) == (0, None, 7, True)
    assert ("POST", f"/v2/{queue_name(QUEUE)}:purge") in counted.calls()
    assert not any(method == "DELETE" for method, _ in counted.calls())
    assert server.tasks(QUEUE) == []


def test_a_deleted_queue_comes_back_with_its_settings_and_tasks(deck, server, taskdeck, emulator):
    before = server.contents(QUEUE)
    deck("queues", "update", QUEUE, "--max-dispatches-per-second", "7", "--yes")
    _, settings, _ = deck("queues", "show", QUEUE)
    status, outcome, _ = deck("queues", "delete", QUEUE, "--yes")
    assert (status, outcome["planned"], outcome["deleted"]) == (0, 7, True)
    assert deck("queues", "show", QUEUE)[0] == 1
    # The service does not let the name be used again for days; until then the trash keeps the tasks.
    status, _, stderr = deck("journal", "undo", str(outcome["journal"]), "--yes")
    assert status == 1 and "too recently" in stderr and "stay in the journal" in stderr
    emulator.stop()
    later = program.Emulator(taskdeck, port=int(emulator.url.rsplit(":", 1)[1])).start()
    emulator.process = later.process
    status, undo, stderr = deck("journal", "undo", str(outcome["journal"]), "--yes")
    assert (status, len(undo["restored"])) == (0, 7), stderr
    assert Server(later.url).contents(QUEUE) == before
    _, again, _ = deck("queues", "show", QUEUE)
    assert (again["state"], again["rateLimits"], again["retryConfig"]) == (
        "PAUSED",
        settings["rateLimits"],
        settings["retryConfig"],
    )


@pytest.mark.parametrize("verb", ["purge", "delete"])
def test_emptying_a_queue_asks_first_and_obeys_read_only(deck, server, verb):
    assert deck("queues", verb, QUEUE)[0] == 64
    status, _, stderr = deck("queues", verb, QUEUE, "--yes", "--read-only")
    assert status == 1 and "read-only" in stderr
    status, plan, _ = deck("queues", verb, QUEUE, "--dry-run")
    assert (status, plan["planned"], plan["journal"]) == (0, 7, None)
    assert len(server.tasks(QUEUE)) == 7


def test_emptying_a_queue_on_a_terminal_wants_its_name_typed(taskdeck, emulator, server, terminal):
    terminal.type(f"{taskdeck.path} queues purge {QUEUE} --endpoint {emulator.url}")
    terminal.press("Enter")
    terminal.wait_for(f"Type {QUEUE} to go ahead:")
    terminal.type("y")
    terminal.press("Enter")
    terminal.wait_for("What was typed is not orders.")
    assert len(server.tasks(QUEUE)) == 7
    terminal.press("Up")
    terminal.press("Enter")
    terminal.wait_for(f"Type {QUEUE} to go ahead:")
    terminal.type(QUEUE)
    terminal.press("Enter")
    terminal.wait_for("orders purged. Undo: taskdeck journal undo")
    assert server.tasks(QUEUE) == []


def test_ctrl_c_at_the_question_ends_it_with_nothing_done(taskdeck, emulator, server, terminal):
    terminal.type(f"{taskdeck.path} tasks discard {QUEUE} --all --endpoint {emulator.url}; echo status $?")
    terminal.press("Enter")
    terminal.wait_for("Discard 7 tasks? [y/N]")
    terminal.press("C-c")
    terminal.wait_for("status 130")
    assert len(server.tasks(QUEUE)) == 7


def test_queues_are_created_updated_paused_and_resumed(deck):
    status, queue, _ = deck("queues", "create", "mail", "--max-attempts", "-1", "--min-backoff", "2s")
    assert (status, queue["retryConfig"]["maxAttempts"], queue["retryConfig"]["minBackoff"]) == (0, -1, "2s")
    assert deck("queues", "create", "mail")[0] == 1
    status, plan, _ = deck("queues", "update", "mail", "--max-doublings", "3", "--dry-run")
    assert (status, plan["retryConfig"]["maxDoublings"]) == (0, 3)
    assert deck("queues", "show", "mail")[1]["retryConfig"]["maxDoublings"] == 16
    assert deck("queues", "update", "mail", "--max-doublings", "3")[0] == 64
    _, queue, _ = deck("queues", "update", "mail", "--max-doublings", "3", "--yes")
    assert (queue["retryConfig"]["maxDoublings"], queue["retryConfig"]["minBackoff"]) == (3, "2s")
    assert [deck("queues", verb, "mail", "--yes")[1]["state"] for verb in ("pause", "resume")] == ["PAUSED", "RUNNING"]
    assert deck("queues", "update", "mail", "--yes")[0] == 64
    # The service would create it.
    assert deck("queues", "update", "nowhere", "--max-doublings", "3", "--yes")[0] == 1
    assert deck("queues", "show", "nowhere")[0] == 1


def test_a_task_is_run_although_its_queue_is_paused(deck, server, worker):
    server.fill(QUEUE, 1, url=f"{worker.url}/tasks/Now", start=300)
    assert deck("tasks", "run", QUEUE, "named-300")[0] == 64
    assert worker.received("/tasks/Now") == []
    status, task, _ = deck("tasks", "run", QUEUE, "named-300", "--yes")
    assert (status, task["class"]) == (0, "Now")
