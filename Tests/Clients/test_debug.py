"""`tasks debug`: a real Django project's tasks, failed by their worker, run again on this machine by each handler."""

import base64
import json
import os
import stat
import sys
import textwrap
from datetime import datetime
from pathlib import Path

import pytest
from google.cloud import tasks_v2

from helpers.google_clients import PARENT, queue_name
from helpers.shop import FOLDER, QUEUE, Shop
from helpers.waiting import wait_until


@pytest.fixture
def shop(emulator, taskdeck):
    """The project, pointed at the emulator; taskdeck runs with its environment, as in a developer's shell."""
    project = Shop(emulator.url, taskdeck.environment, taskdeck.home)
    taskdeck.environment.update(project.environment)
    yield project
    project.stop()


@pytest.fixture
def queue(tasks) -> str:
    """The project's queue; a task is tried once, so that its numbers stand still."""
    retries = tasks_v2.RetryConfig(max_attempts=-1, min_backoff={"seconds": 3600}, max_backoff={"seconds": 3600})
    return tasks.create_queue(parent=PARENT, queue=tasks_v2.Queue(name=queue_name(QUEUE), retry_config=retries)).name


@pytest.fixture
def deck(taskdeck, emulator):
    """`deck(*arguments)` runs a command on the emulator."""
    return lambda *arguments, **more: taskdeck.run(*arguments, "--endpoint", emulator.url, **more)


@pytest.fixture
def config(taskdeck, shop):
    """`config(text)` writes taskdeck.yaml beside the person, who is in an empty folder."""

    def write(text: str) -> Path:
        path = taskdeck.home / "taskdeck.yaml"
        path.write_text(textwrap.dedent(text))
        path.chmod(0o600)
        return path

    taskdeck.home.chmod(0o700)
    return write


@pytest.fixture
def failed(shop, tasks, queue, taskdeck):
    """`failed(code)` pushes with the library, lets the worker fail once, and gives the task's ID."""

    def push(code: str = "MyTask.asap(x=1)", attempts: int = 1) -> str:
        url = shop.environment["DJANGO_CLOUD_TASKS_ENDPOINT"]
        if url == "http://127.0.0.1:9":
            url = shop.serve()
            taskdeck.environment.update(shop.environment)
        shop.outage.touch()
        task = shop.python(f"from shop.messages import *\nanswer = {code}.task_id")
        name = f"{queue}/tasks/{task}"
        wait_until(lambda: tasks.get_task(name=name).response_count == attempts, "the worker to fail")
        shop.outage.unlink()
        return task

    return push


DJANGO = f"""
    handlers:
      django: {{kind: django, directory: "{FOLDER}", python: "{sys.executable}", settings: shop.settings}}
"""


def the_outcome(done) -> dict:
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


# The three handlers


def test_the_django_handler_runs_the_task_with_its_metadata(failed, config, deck):
    task = failed()
    config(DJANGO)
    done = deck("tasks", "debug", QUEUE, task, "-o", "json")
    outcome = the_outcome(done)
    assert list(outcome) == [
        "task", "class", "handler", "outcome", "exitStatus", "seconds", "result", "stdout", "stderr",
    ]  # fmt: skip
    assert outcome["task"] == f"{queue_name(QUEUE)}/tasks/{task}"
    assert (outcome["class"], outcome["handler"], outcome["outcome"]) == ("MyTask", "django", "succeeded")
    assert (outcome["exitStatus"], outcome["result"], done.status) == (0, {"doubled": 2}, 0)


def test_the_django_handler_fills_in_what_the_library_loses(failed, config, deck):
    task = failed("DescribeAttemptTask.push(dict(note='hello'), headers={'X-Tenant': 'acme'})")
    config(DJANGO)
    outcome = the_outcome(deck("tasks", "debug", QUEUE, task, "-o", "json"))
    found = outcome["result"]
    assert (found["task_id"], found["queue_name"], found["project_id"]) == (task, QUEUE, "local")
    assert (found["dispatch_number"], found["execution_number"], found["attempt_number"]) == (1, 1, 2)
    assert (found["previous_response"], found["previous_failure"]) == ("500", "INTERNAL(13): HTTP status code 500")
    assert found["custom_headers"]["X-Tenant"] == "acme"
    assert found["is_cloud_scheduler"] is False
    # As the library writes times: with an offset.
    assert datetime.fromisoformat(found["eta"]).tzinfo
    # Of the queue, without a call to the cloud from that process.
    assert (found["max_retries"], found["last_attempt"]) == (-1, False)
    assert found["note"] == "hello"


def test_a_failure_shows_the_traceback_with_the_projects_first_frame_marked(failed, config, deck, shop):
    task = failed()
    config(DJANGO)
    shop.outage.touch()
    done = deck("tasks", "debug", QUEUE, task, "-o", "json")
    outcome = the_outcome(done)
    assert (outcome["outcome"], outcome["exitStatus"], done.status) == ("failed", 1, 1)
    lines = outcome["stderr"].splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[1].startswith(f'> File "{FOLDER}/shop/tasks.py", line ')
    assert lines[-1] == "RuntimeError: the warehouse does not answer"
    error = json.loads(done.stderr)["error"]
    assert error["title"] == "MyTask failed"
    assert error["reason"].startswith(f"RuntimeError: the warehouse does not answer ({FOLDER}/shop/tasks.py:")
    # People see it as it comes, with the time.
    shown = deck("tasks", "debug", QUEUE, task)
    assert "RuntimeError: the warehouse does not answer" in shown.stderr
    assert shown.stderr.splitlines()[-3] == "taskdeck: MyTask failed"


def test_discard_task_exception_is_told_apart(failed, config, deck, tasks, queue, shop):
    tasks.pause_queue(name=queue)
    task = shop.python("answer = ObsoleteTask.asap().task_id")
    config(DJANGO)
    done = deck("tasks", "debug", QUEUE, task, "-o", "json")
    outcome = the_outcome(done)
    assert (outcome["outcome"], outcome["exitStatus"], done.status) == ("discarded", 0, 0)


def test_the_command_handler_gets_payload_and_metadata(failed, config, deck, taskdeck):
    task = failed()
    config(
        """
        handlers:
          script:
            kind: command
            run: ["./replay.sh", "{class}", "{id}", "{queue}", "{payload-file}"]
            environment: {GREETING: hi}
        """
    )
    script = taskdeck.home / "replay.sh"
    script.write_text(
        "#!/bin/sh\n"
        "cat > stdin.json\n"
        'printf "%s|" "$@" > words\n'
        'cp "$4" file.json\n'
        "env | grep -E '^(TASKDECK_|GREETING)' | sort > variables\n"
        "echo out; echo err >&2; exit 4\n"
    )
    script.chmod(0o700)
    done = deck("tasks", "debug", QUEUE, task, "-o", "json")
    outcome = the_outcome(done)
    assert (outcome["outcome"], outcome["exitStatus"], outcome["result"], done.status) == ("failed", 4, None, 1)
    assert (outcome["stdout"], outcome["stderr"]) == ("out\n", "err\n")
    assert (taskdeck.home / "stdin.json").read_bytes() == b'{"x": 1}' == (taskdeck.home / "file.json").read_bytes()
    words = (taskdeck.home / "words").read_text().split("|")
    assert words[:3] == ["MyTask", task, QUEUE]
    assert not Path(words[3]).exists()
    variables = dict(line.split("=", 1) for line in (taskdeck.home / "variables").read_text().splitlines())
    assert variables["GREETING"] == "hi"
    assert variables["TASKDECK_CLASS"] == "MyTask"
    assert variables["TASKDECK_TASK_ID"] == task
    assert (variables["TASKDECK_QUEUE"], variables["TASKDECK_PROJECT"]) == (QUEUE, "local")
    assert (variables["TASKDECK_LOCATION"], variables["TASKDECK_METHOD"]) == ("us-central1", "POST")
    assert variables["TASKDECK_URL"].endswith("/work/tasks/MyTask")
    assert json.loads(variables["TASKDECK_HEADERS"])["X-CloudTasks-Projectname"] == "local"
    assert (variables["TASKDECK_DISPATCH_NUMBER"], variables["TASKDECK_EXECUTION_NUMBER"]) == ("1", "1")
    assert variables["TASKDECK_PREVIOUS_RESPONSE"] == "500"
    assert variables["TASKDECK_PREVIOUS_FAILURE"] == "INTERNAL(13): HTTP status code 500"
    assert variables["TASKDECK_ETA"].endswith("Z")


def test_the_http_handler_sends_the_next_attempt(failed, config, deck, worker):
    task = failed()
    done = deck("tasks", "debug", QUEUE, task, "--handler", worker.url, "-o", "json")
    outcome = the_outcome(done)
    assert list(outcome)[4] == "httpStatus"
    assert (outcome["outcome"], outcome["httpStatus"], outcome["handler"], done.status) == (
        "succeeded", 200, worker.url, 0,
    )  # fmt: skip
    (request,) = worker.received("/work/tasks/MyTask")
    assert (request.method, request.body) == ("POST", b'{"x": 1}')
    headers = request.headers
    assert headers["User-Agent"] == "Google-Cloud-Tasks"
    assert (headers["X-CloudTasks-TaskName"], headers["X-CloudTasks-QueueName"]) == (task, QUEUE)
    assert (headers["X-CloudTasks-TaskRetryCount"], headers["X-CloudTasks-TaskExecutionCount"]) == ("1", "0")
    assert (headers["X-CloudTasks-TaskPreviousResponse"], headers["X-CloudTasks-Projectname"]) == ("500", "local")
    assert float(headers["X-CloudTasks-TaskETA"]) > 1e9
    worker.answer("/work/tasks/MyTask", 503)
    refused = deck("tasks", "debug", QUEUE, task, "--handler", worker.url, "-o", "json")
    assert (the_outcome(refused)["outcome"], the_outcome(refused)["httpStatus"], refused.status) == ("failed", 503, 1)


def claims(request) -> dict:
    """What the token of a request says; the emulator's own tests look at its signature."""
    part = request.headers["Authorization"].removeprefix("Bearer ").split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_a_token_of_the_emulator_is_sent_when_asked_for(failed, config, deck, worker, tasks, queue, shop):
    """Of the task's own account and audience; where the task has none, for the place it is sent to."""
    config(f'handlers:\n  web: {{kind: http, base: "{worker.url}", oidc: true}}\n  plain: {{kind: http, base: "{worker.url}"}}\n')
    task = failed()
    stored = tasks.get_task(request={"name": f"{queue}/tasks/{task}", "response_view": "FULL"}).http_request.oidc_token
    assert deck("tasks", "debug", QUEUE, task, "--handler", "web").status == 0
    request = worker.received("/work/tasks/MyTask")[-1]
    assert (claims(request)["aud"], claims(request)["email"]) == (stored.audience, stored.service_account_email)
    deck("tasks", "push", QUEUE, "--url", f"{worker.url}/work/tasks/Bare", "--no-oidc", "--name", "bare", "--in", "1h")
    assert deck("tasks", "debug", QUEUE, "bare", "--handler", "web").status == 0
    request = worker.received("/work/tasks/Bare")[-1]
    assert claims(request)["aud"] == f"{worker.url}/work/tasks/Bare"
    assert claims(request)["email"].endswith("@local.iam.gserviceaccount.com")
    assert deck("tasks", "debug", QUEUE, "bare", "--handler", "plain").status == 0
    assert "Authorization" not in worker.received("/work/tasks/Bare")[-1].headers


def test_the_http_handler_runs_the_projects_own_worker(failed, config, deck, shop):
    task = failed()
    url = shop.environment["DJANGO_CLOUD_TASKS_ENDPOINT"]
    outcome = the_outcome(deck("tasks", "debug", QUEUE, task, "--handler", url, "-o", "json"))
    assert (outcome["outcome"], outcome["result"]) == ("succeeded", {"doubled": 2})
    assert json.loads(outcome["stdout"])["status"] == "executed"


# Every kind of task


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("NightlyCleanupTask.asap()", "clean"),
        ("BookKeeper.push(dict(content={'order': 7}, attributes={'size': 'large'}))", None),
    ],
)
def test_periodic_and_subscriber_tasks_run_too(failed, config, deck, taskdeck, shop, tasks, queue, code, result):
    inbox = taskdeck.home / "inbox"
    taskdeck.environment["SHOP_INBOX"] = shop.environment["SHOP_INBOX"] = str(inbox)
    tasks.pause_queue(name=queue)
    task = shop.python(f"from shop.messages import *\nanswer = {code}.task_id")
    config(DJANGO)
    outcome = the_outcome(deck("tasks", "debug", QUEUE, task, "-o", "json"))
    assert (outcome["outcome"], outcome["result"]) == ("succeeded", result), outcome["stderr"]
    if result is None:
        assert json.loads(inbox.read_text())["content"] == {"order": 7}


def test_a_push_of_pubsub_is_unpacked_for_a_subscriber(config, deck, taskdeck, shop, tasks, queue):
    inbox = taskdeck.home / "inbox"
    taskdeck.environment["SHOP_INBOX"] = str(inbox)
    config(DJANGO)
    push = {
        "message": {"data": "eyJvcmRlciI6IDl9", "attributes": {"size": "small"}, "messageId": "1"},
        "subscription": "projects/local/subscriptions/shop--BookKeeper",
    }
    file = taskdeck.home / "task.json"
    file.write_text(json.dumps({"httpRequest": {"url": "http://x/subscriptions/BookKeeper"}, "payload": push}))
    outcome = the_outcome(deck("tasks", "debug", "--from", str(file), "-o", "json"))
    assert outcome["outcome"] == "succeeded", outcome["stderr"]
    line = json.loads(inbox.read_text())
    assert (line["content"], line["attributes"]) == ({"order": 9}, {"size": "small"})


def test_a_publisher_publishes_to_the_emulator(config, deck, shop, tasks, queue, publisher, taskdeck):
    tasks.pause_queue(name=queue)
    task = shop.python("from shop.messages import *\nanswer = OrderPlaced.asap(message={'id': 1}).task_id")
    config(DJANGO)
    outcome = the_outcome(deck("tasks", "debug", QUEUE, task, "-o", "json"))
    assert outcome["outcome"] == "succeeded", outcome["stderr"]
    # The ID of the message, which the emulator counts.
    assert outcome["result"] == "1"


def test_process_runs_what_the_worker_runs(config, deck, shop, tasks, queue):
    tasks.pause_queue(name=queue)
    task = shop.python("answer = DescribeAttemptTask.asap(note='x').task_id")
    config(DJANGO)
    assert the_outcome(deck("tasks", "debug", QUEUE, task, "-o", "json"))["result"]["called"] == "run"
    processed = the_outcome(deck("tasks", "debug", QUEUE, task, "--process", "-o", "json"))
    assert processed["result"]["called"] == "process"
