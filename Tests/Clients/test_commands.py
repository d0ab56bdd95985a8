"""taskdeck's commands beside Google's clients: each reads what the other wrote."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from google.cloud import scheduler_v1, tasks_v2

from helpers.google_clients import PARENT, job_name, queue_name

TARGET = "http://127.0.0.1:9/tasks/MyTask"


@pytest.fixture
def deck(taskdeck, emulator):
    """`deck(*arguments)` is the decoded JSON of a command on the emulator."""
    return lambda *arguments, stdin="": taskdeck.json(*arguments, "--endpoint", emulator.url, stdin=stdin)


@pytest.fixture
def orders(tasks) -> str:
    """A paused queue, so that its tasks stay."""
    name = tasks.create_queue(parent=PARENT, queue=tasks_v2.Queue(name=queue_name("orders"))).name
    tasks.pause_queue(name=name)
    return name


def pushed(tasks, task: dict) -> tasks_v2.Task:
    """The task that `tasks push` printed, as Google's client sees it, with its body."""
    return tasks.get_task(request={"name": task["name"], "response_view": tasks_v2.Task.View.FULL})


# Queues


def test_queues_list_prints_the_rest_resources(deck, tasks, orders):
    tasks.create_queue(parent=PARENT, queue=tasks_v2.Queue(name=queue_name("mail")))
    listed = deck("queues", "list")
    assert [(queue["name"], queue["state"]) for queue in listed] == [
        (queue_name("mail"), "RUNNING"),
        (orders, "PAUSED"),
    ]
    assert listed[0]["rateLimits"]["maxDispatchesPerSecond"] == 500
    assert listed[0]["retryConfig"]["minBackoff"] == "0.100s"


@pytest.mark.parametrize("spelling", ["orders", f"{PARENT}/queues/orders"])
def test_queues_show_takes_a_short_or_a_full_name(deck, orders, spelling):
    queue = deck("queues", "show", spelling)
    assert (queue["name"], queue["state"]) == (orders, "PAUSED")


def test_no_queues_are_an_empty_array(deck):
    assert deck("queues", "list") == []


# Tasks


def test_tasks_list_names_the_class_and_keeps_the_body_out(deck, tasks, orders):
    request = tasks_v2.HttpRequest(url=f"{TARGET}?a=b", body=b'{"x": 1}')
    created = tasks.create_task(parent=orders, task=tasks_v2.Task(http_request=request))
    (task,) = deck("tasks", "list", "orders")
    assert (task["name"], task["class"]) == (created.name, "MyTask")
    assert "payload" not in task and "body" not in task["httpRequest"]


def test_tasks_list_with_full_decodes_the_payload(deck, tasks, orders):
    request = tasks_v2.HttpRequest(url=TARGET, body=b'{"x": 1}')
    tasks.create_task(parent=orders, task=tasks_v2.Task(http_request=request))
    (task,) = deck("tasks", "list", "orders", "--full")
    assert task["payload"] == {"x": 1}


@pytest.mark.parametrize(
    ("body", "payload"),
    [(b'{"x": 1, "who": "a\\u00e7\\u00e3o"}', {"x": 1, "who": "ação"}), (b"plain words", "plain words")],
)
def test_tasks_show_decodes_the_payload(deck, tasks, orders, body, payload):
    request = tasks_v2.HttpRequest(url=TARGET, body=body, headers={"X-Tenant": "acme"})
    created = tasks.create_task(parent=orders, task=tasks_v2.Task(http_request=request))
    task = deck("tasks", "show", "orders", created.name.rsplit("/", 1)[1])
    assert (task["class"], task["payload"]) == ("MyTask", payload)
    assert task["httpRequest"]["headers"]["X-Tenant"] == "acme"
    assert task["view"] == "FULL"


# Push


def test_push_creates_a_task_that_the_client_reads(deck, tasks, orders):
    task = pushed(tasks, deck("tasks", "push", "orders", "--url", TARGET, "--payload", '{"x": 1}'))
    assert (task.http_request.url, json.loads(task.http_request.body)) == (TARGET, {"x": 1})
    assert task.http_request.http_method == tasks_v2.HttpMethod.POST


def test_push_takes_headers_a_name_and_a_delay(deck, tasks, orders):
    before = datetime.now(UTC)
    printed = deck(
        "tasks", "push", "orders", "--url", TARGET,
        "--header", "X-Tenant: acme", "--header", "X-Trace:1:2",
        "--name", "welcome-1", "--in", "30m",
    )  # fmt: skip
    task = pushed(tasks, printed)
    assert printed["name"] == task.name == f"{orders}/tasks/welcome-1"
    assert printed["class"] == "MyTask"
    assert task.http_request.headers["X-Tenant"] == "acme"
    assert task.http_request.headers["X-Trace"] == "1:2"
    delay = task.schedule_time - before
    assert timedelta(minutes=29, seconds=50) < delay < timedelta(minutes=30, seconds=30)


def test_push_reads_its_payload_from_a_file(deck, tasks, orders, tmp_path):
    (tmp_path / "payload.json").write_text('{"from": "file"}')
    printed = deck("tasks", "push", "orders", "--url", TARGET, "--payload", f"@{tmp_path / 'payload.json'}")
    assert json.loads(pushed(tasks, printed).http_request.body) == {"from": "file"}


def test_push_reads_its_payload_from_standard_input(deck, tasks, orders):
    printed = deck("tasks", "push", "orders", "--url", TARGET, "--payload", "-", stdin='{"from": "stdin"}')
    assert json.loads(pushed(tasks, printed).http_request.body) == {"from": "stdin"}


def test_push_of_a_name_in_use_is_refused_with_the_services_words(run, emulator, orders):
    arguments = ("tasks", "push", "orders", "--url", TARGET, "--name", "once", "--endpoint", emulator.url, "-o", "json")
    assert run(*arguments).status == 0
    status, stdout, stderr = run(*arguments)
    error = json.loads(stderr)["error"]
    assert (status, stdout, error["status"]) == (1, "", "ALREADY_EXISTS")
    assert "once" in error["title"] + error["reason"] + error["remedy"]


# Jobs


def test_jobs_list_and_show_print_the_rest_resources(deck, scheduler):
    job = scheduler_v1.Job(
        name=job_name("digest"),
        schedule="0 3 * * *",
        time_zone="Etc/UTC",
        http_target=scheduler_v1.HttpTarget(uri="http://127.0.0.1:9/tasks/Digest", body=b'{"report": "daily"}'),
    )
    scheduler.create_job(parent=PARENT, job=job)
    scheduler.pause_job(name=job.name)
    (listed,) = deck("jobs", "list")
    shown = deck("jobs", "show", "digest")
    for printed in (listed, shown):
        assert (printed["name"], printed["schedule"], printed["state"]) == (job.name, "0 3 * * *", "PAUSED")
        assert printed["httpTarget"]["uri"] == "http://127.0.0.1:9/tasks/Digest"
        assert printed["httpTarget"]["httpMethod"] == "POST"


# Refusals


@pytest.mark.parametrize("arguments", [("tasks", "list", "nowhere"), ("queues", "show", "nowhere")])
def test_a_missing_queue_is_a_failure_that_names_it(run, emulator, arguments):
    status, stdout, stderr = run(*arguments, "-o", "json", "--endpoint", emulator.url)
    error = json.loads(stderr)["error"]
    assert (status, stdout, error["status"]) == (1, "", "NOT_FOUND")
    assert error["title"] and error["reason"] and error["remedy"]
    assert "nowhere" in stderr and emulator.url in stderr


def test_a_refused_connection_is_three_lines_that_name_the_endpoint(run):
    status, stdout, stderr = run("queues", "list", "--endpoint", "http://127.0.0.1:9")
    assert (status, stdout) == (1, "")
    lines = stderr.splitlines()
    assert len(lines) == 3 and lines[0].startswith("taskdeck: ")
    assert "http://127.0.0.1:9" in stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("frobnicate",),
        ("queues", "list", "--frobnicate"),
        ("queues", "show", "not a queue"),
        ("tasks", "push", "orders", "--url", "http://127.0.0.1:9/", "--in", "soon"),
    ],
)
def test_what_the_person_wrote_wrong_ends_with_64(run, emulator, arguments):
    status, stdout, stderr = run(*arguments, "--endpoint", emulator.url)
    assert (status, stdout) == (64, "")
    assert stderr
