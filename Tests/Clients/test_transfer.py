"""Tasks out of a queue and into another one: move, export, import. Google's client says what is there."""

import json

import pytest
from google.cloud import tasks_v2

from helpers.google_clients import PARENT, queue_name

URL = "http://127.0.0.1:9/tasks/"


@pytest.fixture
def deck(taskdeck, emulator):
    """`deck(*arguments)` is the decoded JSON of a command on the emulator."""
    return lambda *arguments, stdin="": taskdeck.json(*arguments, "--endpoint", emulator.url, stdin=stdin)


@pytest.fixture
def plain(run, emulator):
    """`plain(*arguments)` is (exit status, stdout, stderr) of a command on the emulator."""
    return lambda *arguments, stdin="": run(*arguments, "--endpoint", emulator.url, stdin=stdin)


@pytest.fixture
def queues(tasks) -> tuple[str, str]:
    """Two paused queues; the first one holds three tasks of two classes, one of them named."""
    names = []
    for queue in ("orders", "slow"):
        names.append(tasks.create_queue(parent=PARENT, queue=tasks_v2.Queue(name=queue_name(queue))).name)
        tasks.pause_queue(name=names[-1])
    for index, task_class in enumerate(["Sync", "Sync", "Mail"]):
        request = tasks_v2.HttpRequest(url=URL + task_class, body=f'{{"n": {index}.0}}'.encode(), headers={"X-N": "1"})
        task = tasks_v2.Task(http_request=request)
        if task_class == "Mail":
            task.name = f"{names[0]}/tasks/welcome"
        tasks.create_task(parent=names[0], task=task)
    return names[0], names[1]


def held(tasks, queue: str) -> dict[str, tuple]:
    """What a queue holds: by body, the ID and what would be sent."""
    found = tasks.list_tasks(request={"parent": queue, "response_view": tasks_v2.Task.View.FULL})
    return {
        task.http_request.body.decode(): (
            task.name.split("/")[-1],
            task.http_request.url,
            dict(task.http_request.headers),
        )
        for task in found
    }


def contents(held: dict) -> dict:
    return {body: request[1:] for body, request in held.items()}


# Move


def test_moved_tasks_are_in_the_other_queue_whole_and_nowhere_else(deck, tasks, queues):
    before = held(tasks, queues[0])
    outcome = deck("tasks", "move", "orders", "slow", "--all", "--yes")
    assert held(tasks, queues[0]) == {}
    after = held(tasks, queues[1])
    assert contents(after) == contents(before)
    # A name of its own goes along; one that the service drew does not.
    assert after['{"n": 2.0}'][0] == "welcome"
    assert outcome["to"] == queues[1]
    assert (outcome["planned"], outcome["gone"], outcome["failed"]) == (3, [], [])
    assert {entry["restoredAs"] for entry in outcome["moved"]} == {
        f"{queues[1]}/tasks/{task_id}" for task_id, *_ in after.values()
    }


def test_only_what_matches_is_moved(deck, tasks, queues):
    assert len(deck("tasks", "move", "orders", "slow", "--class", "Sync", "--yes")["moved"]) == 2
    assert list(held(tasks, queues[0])) == ['{"n": 2.0}']


def test_a_dry_run_moves_nothing(deck, tasks, queues):
    plan = deck("tasks", "move", "orders", "slow", "--all", "--dry-run")
    assert (plan["planned"], plan["journal"], plan["moved"], plan["to"]) == (3, None, [], queues[1])
    assert (len(held(tasks, queues[0])), len(held(tasks, queues[1]))) == (3, 0)


def test_nothing_is_taken_out_when_the_other_queue_is_not_there(plain, tasks, queues):
    status, _, words = plain("tasks", "move", "orders", "absent", "--all", "--yes")
    assert (status, "Queue absent does not exist" in words) == (1, True), words
    assert len(held(tasks, queues[0])) == 3


@pytest.mark.parametrize(
    ("arguments", "status", "word"),
    [
        (["orders", "orders", "--all", "--yes"], 64, "there already"),
        (["orders", "slow", "--yes"], 64, "nothing says which tasks"),
        (["orders", "slow", "--all"], 64, "--yes"),
        (["orders", "slow", "--all", "--yes", "--read-only"], 1, "read-only"),
        (["orders", "slow", "--class", "Absent", "--yes"], 0, "Nothing matches"),
    ],
)
def test_a_move_that_cannot_be_made_says_why(plain, tasks, queues, arguments, status, word):
    found, _, words = plain("tasks", "move", *arguments)
    assert (found, word in words) == (status, True), words
    assert len(held(tasks, queues[0])) == 3


def test_discarded_tasks_can_be_restored_into_another_queue(deck, tasks, queues):
    number = deck("tasks", "discard", "orders", "--all", "--yes")["journal"]
    before = {'{"n": 0.0}', '{"n": 1.0}', '{"n": 2.0}'}
    assert len(deck("tasks", "restore", "--journal", str(number), "--into", "slow", "--yes")["restored"]) == 3
    assert (set(held(tasks, queues[0])), set(held(tasks, queues[1]))) == (set(), before)
    assert deck("tasks", "restore", "--journal", str(number), "--yes")["restored"] == []


# Export and import


def test_what_is_exported_can_be_imported_into_another_queue(plain, deck, tasks, queues):
    status, lines, words = plain("tasks", "export", "orders")
    assert (status, "3 tasks exported" in words) == (0, True), words
    assert [json.loads(line)["view"] for line in lines.splitlines()] == ["FULL"] * 3
    outcome = deck("tasks", "import", "slow", "-", "--yes", stdin=lines)
    assert (len(outcome["restored"]), outcome["failed"]) == (3, [])
    assert contents(held(tasks, queues[1])) == contents(held(tasks, queues[0]))


def test_lists_and_journals_can_be_imported_too(plain, deck, tasks, queues):
    _, listed, _ = plain("tasks", "list", "orders", "--full", "-o", "jsonl")
    before = contents(held(tasks, queues[0]))
    number = deck("tasks", "discard", "orders", "--all", "--yes")["journal"]
    assert len(deck("tasks", "import", "slow", "-", "--yes", stdin=listed)["restored"]) == 3
    assert contents(held(tasks, queues[1])) == before
    _, exported, _ = plain("journal", "export", str(number))
    assert len(deck("tasks", "import", "orders", "-", "--yes", stdin=exported)["restored"]) == 3
    assert contents(held(tasks, queues[0])) == before


def test_an_export_takes_the_criteria_of_a_discard(plain, queues):
    _, lines, _ = plain("tasks", "export", "orders", "--filter", "body.n>=1 class:Sync")
    assert [json.loads(line)["httpRequest"]["url"] for line in lines.splitlines()] == [URL + "Sync"]


def test_a_dry_import_creates_nothing(deck, plain, tasks, queues):
    _, lines, _ = plain("tasks", "export", "orders")
    assert deck("tasks", "import", "slow", "-", "--dry-run", stdin=lines)["planned"] == 3
    assert held(tasks, queues[1]) == {}


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        ("{}\n", "line 1: it has no httpRequest"),
        ('{"httpRequest":{"url":"http://x/A"}}\nno\n', "line 2: it is not JSON"),
        ("[]\n", "line 1: it is not a JSON object"),
        ('\n{"view":"BASIC","httpRequest":{"url":"http://x/A"}}\n', "line 2: it was listed without its body"),
        ('{"name":"x","httpRequest":{"url":"http://x/A"}}\n', "line 1: it is not a task"),
        (
            f'{{"name":"{PARENT}/queues/q/tasks/a","httpRequest":{{"url":"http://x/A"}}}}\n' * 2,
            "line 2: the task a is on line 1 already",
        ),
    ],
)
def test_a_line_that_is_no_task_stops_the_import_before_the_first(plain, tasks, queues, lines, word):
    status, _, words = plain("tasks", "import", "slow", "-", "--yes", stdin=lines)
    assert (status, word in words) == (64, True), words
    assert held(tasks, queues[1]) == {}


def test_an_empty_file_imports_nothing(deck, queues):
    assert deck("tasks", "import", "slow", "-", "--yes", stdin="\n\n")["planned"] == 0
