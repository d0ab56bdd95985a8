"""Google's Cloud Tasks clients for Python against the emulator, over REST, and taskdeck reading what they wrote."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from google.api_core import exceptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import tasks_v2
from google.protobuf import field_mask_pb2
from googleapiclient import discovery
from googleapiclient.errors import HttpError

from helpers.google_clients import PARENT, queue_name
from helpers.waiting import wait_until

MISSING_QUEUE = (
    "Queue does not exist. If you just created the queue, wait at least a minute for the queue to initialize."
)
UNREACHED = "http://127.0.0.1:9/tasks/MyTask"


def create_queue(tasks, queue="orders", paused=False, **fields) -> tasks_v2.Queue:
    """A queue; a paused one keeps its tasks."""
    created = tasks.create_queue(parent=PARENT, queue=tasks_v2.Queue(name=queue_name(queue), **fields))
    return tasks.pause_queue(name=created.name) if paused else created


def push(tasks, queue="orders", url=UNREACHED, task=None, body=b'{"x": 1}', **fields) -> tasks_v2.Task:
    """A task with an HTTP target."""
    request = tasks_v2.HttpRequest(url=url, body=body, headers={"X-Tenant": "acme"})
    name = f"{queue_name(queue)}/tasks/{task}" if task else None
    return tasks.create_task(parent=queue_name(queue), task=tasks_v2.Task(name=name, http_request=request, **fields))


def retry_at_once() -> tasks_v2.RetryConfig:
    return tasks_v2.RetryConfig(max_attempts=-1, min_backoff=timedelta(seconds=0.1), max_backoff=timedelta(seconds=0.1))


# Queues


def test_a_new_queue_has_the_defaults_of_the_service(tasks):
    queue = create_queue(tasks)
    assert queue.name == queue_name("orders")
    assert queue.state == tasks_v2.Queue.State.RUNNING
    assert queue.rate_limits.max_dispatches_per_second == 500
    assert queue.rate_limits.max_burst_size == 100
    assert queue.rate_limits.max_concurrent_dispatches == 1000
    assert queue.retry_config.max_attempts == 100
    assert queue.retry_config.min_backoff == timedelta(milliseconds=100)
    assert queue.retry_config.max_backoff == timedelta(hours=1)
    assert queue.retry_config.max_doublings == 16


def test_a_queue_is_read_back_as_it_was_created(tasks):
    created = create_queue(
        tasks,
        rate_limits=tasks_v2.RateLimits(max_dispatches_per_second=2.5, max_concurrent_dispatches=3),
        retry_config=tasks_v2.RetryConfig(max_attempts=7, max_retry_duration=timedelta(seconds=30.5)),
    )
    read = tasks.get_queue(name=created.name)
    assert read == created
    assert read.rate_limits.max_dispatches_per_second == 2.5
    assert read.retry_config.max_retry_duration == timedelta(seconds=30.5)


def test_queues_are_listed_in_the_order_of_their_names_over_many_pages(tasks):
    for queue in ("delta", "alpha", "echo", "bravo", "charlie"):
        create_queue(tasks, queue)
    pages = tasks.list_queues(request={"parent": PARENT, "page_size": 2}).pages
    names = [[queue.name.rsplit("/", 1)[1] for queue in page.queues] for page in pages]
    assert names == [["alpha", "bravo"], ["charlie", "delta"], ["echo"]]


def test_an_update_changes_only_what_its_mask_names(tasks):
    create_queue(tasks, rate_limits=tasks_v2.RateLimits(max_dispatches_per_second=9, max_concurrent_dispatches=3))
    changed = tasks.update_queue(
        queue=tasks_v2.Queue(
            name=queue_name("orders"),
            rate_limits=tasks_v2.RateLimits(max_dispatches_per_second=1, max_concurrent_dispatches=77),
            retry_config=tasks_v2.RetryConfig(max_attempts=5),
        ),
        update_mask=field_mask_pb2.FieldMask(
            paths=["rate_limits.max_dispatches_per_second", "retry_config.max_attempts"]
        ),
    )
    assert changed.rate_limits.max_dispatches_per_second == 1
    assert changed.rate_limits.max_concurrent_dispatches == 3
    assert changed.retry_config.max_attempts == 5
    assert tasks.get_queue(name=changed.name) == changed


def test_an_update_of_a_missing_queue_creates_it(tasks):
    tasks.update_queue(queue=tasks_v2.Queue(name=queue_name("fresh")))
    assert tasks.get_queue(name=queue_name("fresh")).state == tasks_v2.Queue.State.RUNNING


def test_a_queue_is_paused_and_resumed(tasks):
    name = create_queue(tasks).name
    assert tasks.pause_queue(name=name).state == tasks_v2.Queue.State.PAUSED
    assert tasks.get_queue(name=name).state == tasks_v2.Queue.State.PAUSED
    assert tasks.resume_queue(name=name).state == tasks_v2.Queue.State.RUNNING


def test_a_purge_removes_the_tasks_and_keeps_the_queue(tasks):
    name = create_queue(tasks, paused=True).name
    for _ in range(3):
        push(tasks)
    assert tasks.purge_queue(name=name).purge_time is not None
    wait_until(lambda: not list(tasks.list_tasks(parent=name)), "an empty queue after the purge")


def test_a_deleted_queue_is_gone_and_its_name_is_refused_for_a_while(tasks):
    name = create_queue(tasks).name
    tasks.delete_queue(name=name)
    with pytest.raises(exceptions.NotFound, match=re.escape(MISSING_QUEUE)):
        tasks.get_queue(name=name)
    with pytest.raises(exceptions.BadRequest, match="a queue with this name existed too recently"):
        create_queue(tasks)


# Refusals


def test_a_second_queue_of_the_same_name_is_a_conflict(tasks):
    create_queue(tasks)
    with pytest.raises(exceptions.Conflict, match="Queue already exists"):
        create_queue(tasks)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"rate_limits": tasks_v2.RateLimits(max_dispatches_per_second=501)},
            "RateLimits.maxDispatchesPerSecond must be less than or equal to 500.",
        ),
        (
            {"rate_limits": tasks_v2.RateLimits(max_concurrent_dispatches=5001)},
            "RateLimits.maxConcurrentDispatches must be less than or equal to 5000.",
        ),
        (
            {"retry_config": tasks_v2.RetryConfig(max_attempts=-2)},
            "RetryConfig.maxAttempts must be greater or equal to -1.",
        ),
        (
            {"retry_config": tasks_v2.RetryConfig(min_backoff=timedelta(hours=2), max_backoff=timedelta(hours=1))},
            "RetryConfig.minBackoff must be less than or equal to RetryConfig.maxBackoff.",
        ),
    ],
)
def test_a_queue_out_of_bounds_is_a_bad_request(tasks, fields, message):
    with pytest.raises(exceptions.BadRequest, match=re.escape(message)):
        create_queue(tasks, **fields)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"url": ""}, "HttpRequest.url is required."),
        ({"url": "ftp://example.com/"}, "HttpTarget.url must start with 'http://' or 'https://'."),
        ({"dispatch_deadline": timedelta(seconds=1)}, "Task.dispatchDeadline must be between [15s, 30m]."),
        (
            {"schedule_time": datetime(2099, 12, 31, tzinfo=UTC)},
            "Schedule time must be no more than 720h in the future.",
        ),
        (
            {"task": "not a valid id"},
            "can contain only letters ([A-Za-z]), numbers ([0-9]), hyphens (-), or underscores",
        ),
        ({"body": b"x" * 1_048_570}, "Task size too large"),
    ],
)
def test_a_task_out_of_bounds_is_a_bad_request(tasks, fields, message):
    create_queue(tasks, paused=True)
    with pytest.raises(exceptions.BadRequest, match=re.escape(message)):
        push(tasks, **fields)


def test_every_call_on_a_missing_queue_is_not_found(tasks):
    name = queue_name("nowhere")
    calls = [
        lambda: tasks.get_queue(name=name),
        lambda: tasks.pause_queue(name=name),
        lambda: tasks.resume_queue(name=name),
        lambda: tasks.purge_queue(name=name),
        lambda: list(tasks.list_tasks(parent=name)),
        lambda: push(tasks, queue="nowhere"),
    ]
    for call in calls:
        with pytest.raises(exceptions.NotFound, match=re.escape(MISSING_QUEUE)):
            call()


def test_every_call_on_a_missing_task_is_not_found(tasks):
    missing = f"{create_queue(tasks).name}/tasks/404"
    for call in (tasks.get_task, tasks.delete_task, tasks.run_task):
        with pytest.raises(exceptions.NotFound, match="Requested entity was not found."):
            call(name=missing)


def test_a_task_name_cannot_be_used_twice_even_after_the_task_is_gone(tasks):
    create_queue(tasks, paused=True)
    task = push(tasks, task="only-once")
    with pytest.raises(exceptions.Conflict, match="Requested entity already exists"):
        push(tasks, task="only-once")
    tasks.delete_task(name=task.name)
    with pytest.raises(exceptions.Conflict):
        push(tasks, task="only-once")
    with pytest.raises(exceptions.NotFound, match="The task no longer exists, though a task with this name existed"):
        tasks.get_task(name=task.name)


# Tasks


def test_a_task_shows_its_body_only_in_the_full_view(tasks):
    create_queue(tasks, paused=True)
    created = push(tasks)
    basic = tasks.get_task(name=created.name)
    full = tasks.get_task(request={"name": created.name, "response_view": tasks_v2.Task.View.FULL})
    assert (basic.view, full.view) == (tasks_v2.Task.View.BASIC, tasks_v2.Task.View.FULL)
    assert (basic.http_request.body, full.http_request.body) == (b"", b'{"x": 1}')
    # Headers are in both views, with the one that the service adds.
    assert dict(basic.http_request.headers) == {"X-Tenant": "acme", "User-Agent": "Google-Cloud-Tasks"}
    assert basic.http_request.http_method == tasks_v2.HttpMethod.POST
    assert basic.dispatch_deadline == timedelta(minutes=10)
    assert created.name.rsplit("/", 1)[1].isdigit()


def test_a_list_shows_bodies_only_in_the_full_view(tasks):
    parent = create_queue(tasks, paused=True).name
    push(tasks)
    for view, body in ((tasks_v2.Task.View.BASIC, b""), (tasks_v2.Task.View.FULL, b'{"x": 1}')):
        (task,) = tasks.list_tasks(request={"parent": parent, "response_view": view})
        assert task.http_request.body == body


def test_a_schedule_time_and_a_deadline_are_kept(tasks):
    create_queue(tasks)
    later = datetime.now(UTC).replace(microsecond=123456) + timedelta(hours=1)
    created = push(tasks, schedule_time=later, dispatch_deadline=timedelta(minutes=15))
    read = tasks.get_task(name=created.name)
    assert read.schedule_time == later
    assert read.dispatch_deadline == timedelta(minutes=15)
    assert read.dispatch_count == 0


def test_a_deleted_task_is_gone(tasks):
    create_queue(tasks, paused=True)
    task = push(tasks)
    tasks.delete_task(name=task.name)
    with pytest.raises(exceptions.NotFound):
        tasks.get_task(name=task.name)


def test_a_page_token_survives_the_deletion_of_the_pages_before_it(tasks):
    """The library's discard asks for page two after it has begun to delete page one: no task may be skipped."""
    parent = create_queue(tasks, paused=True).name
    created = {push(tasks).name for _ in range(25)}
    seen = []
    for task in tasks.list_tasks(request={"parent": parent, "page_size": 10}):
        seen.append(task.name)
        tasks.delete_task(name=task.name)
    assert sorted(seen) == sorted(created)


# Dispatch


def test_a_task_reaches_its_worker_with_the_headers_of_cloud_tasks(tasks, worker):
    create_queue(tasks)
    task = push(tasks, url=f"{worker.url}/tasks/MyTask")
    (request,) = wait_until(lambda: worker.received("/tasks/MyTask"), "the task at the worker")
    assert (request.method, request.body) == ("POST", b'{"x": 1}')
    assert request.headers["User-Agent"] == "Google-Cloud-Tasks"
    assert request.headers["X-Tenant"] == "acme"
    assert request.headers["X-CloudTasks-QueueName"] == "orders"
    assert request.headers["X-CloudTasks-TaskName"] == task.name.rsplit("/", 1)[1]
    assert request.headers["X-CloudTasks-TaskRetryCount"] == "0"
    assert float(request.headers["X-CloudTasks-TaskETA"]) > 0
    wait_until(lambda: not list(tasks.list_tasks(parent=queue_name("orders"))), "the finished task gone")


def test_a_failing_task_is_sent_again_until_it_succeeds(tasks, worker):
    create_queue(tasks, retry_config=retry_at_once())
    worker.answer("/tasks/MyTask", 503, 404, 429, 200)
    push(tasks, url=f"{worker.url}/tasks/MyTask")
    requests = wait_until(
        lambda: len(all_of := worker.received("/tasks/MyTask")) == 4 and all_of, "four attempts at the worker"
    )
    # An attempt that was answered with 5xx does not count as an execution.
    told = [
        (
            request.headers["X-CloudTasks-TaskRetryCount"],
            request.headers["X-CloudTasks-TaskExecutionCount"],
            request.headers["X-CloudTasks-TaskPreviousResponse"],
        )
        for request in requests
    ]
    assert told == [("0", "0", None), ("1", "0", "503"), ("2", "1", "404"), ("3", "2", "429")]
    wait_until(lambda: not list(tasks.list_tasks(parent=queue_name("orders"))), "the finished task gone")


def test_a_failed_attempt_is_recorded_on_the_task(tasks, worker):
    create_queue(tasks)
    tasks.pause_queue(name=queue_name("orders"))
    worker.answer("/tasks/MyTask", 500)
    name = push(tasks, url=f"{worker.url}/tasks/MyTask").name
    tasks.run_task(name=name)
    task = wait_until(
        lambda: (read := tasks.get_task(name=name)).response_count == 1 and read, "the answer of the first attempt"
    )
    assert task.dispatch_count == 1
    assert task.first_attempt.dispatch_time == task.last_attempt.dispatch_time
    assert task.last_attempt.response_time >= task.last_attempt.dispatch_time
    assert "HTTP status code 500" in task.last_attempt.response_status.message
    assert task.last_attempt.response_status.code != 0


def test_run_dispatches_even_from_a_paused_queue(tasks, worker):
    create_queue(tasks, paused=True)
    name = push(tasks, url=f"{worker.url}/tasks/MyTask").name
    assert worker.received("/tasks/MyTask") == []
    assert tasks.run_task(name=name).dispatch_count == 1
    wait_until(lambda: worker.received("/tasks/MyTask"), "the task at the worker")


# taskdeck reads what the clients wrote


def test_three_thousand_tasks_come_back_in_exactly_three_list_calls(tasks, taskdeck, counted):
    name = create_queue(tasks, "many", paused=True).name
    with ThreadPoolExecutor(8) as pool:
        created = {task.name for task in pool.map(lambda _: push(tasks, "many"), range(3000))}
    assert len(created) == 3000

    listed = taskdeck.json("tasks", "list", "many", "--endpoint", counted.url)
    names = [task["name"] for task in listed]
    assert len(names) == 3000
    assert set(names) == created
    lists = [path for method, path in counted.calls() if method == "GET" and path.endswith(f"{name}/tasks")]
    assert len(lists) == 3, counted.calls()


# The discovery client, which knows nothing of gapic


@pytest.fixture
def discovered(emulator):
    """The queues of googleapiclient's Cloud Tasks, built from the discovery document in its own package."""
    client = discovery.build(
        "cloudtasks",
        "v2",
        credentials=AnonymousCredentials(),
        static_discovery=True,
        client_options={"api_endpoint": emulator.url},
    )
    return client.projects().locations().queues()


def test_the_discovery_client_creates_lists_and_deletes(discovered):
    name = queue_name("orders")
    discovered.create(parent=PARENT, body={"name": name}).execute()
    discovered.pause(name=name, body={}).execute()
    body = {"task": {"httpRequest": {"url": UNREACHED, "body": "eyJ4IjogMX0="}, "dispatchDeadline": None}}
    created = discovered.tasks().create(parent=name, body=body).execute()

    assert discovered.list(parent=PARENT).execute()["queues"][0]["state"] == "PAUSED"
    assert discovered.tasks().list(parent=name).execute()["tasks"] == [created]
    full = discovered.tasks().get(name=created["name"], responseView="FULL").execute()
    assert (full["view"], full["httpRequest"]["body"]) == ("FULL", "eyJ4IjogMX0=")
    assert discovered.tasks().delete(name=created["name"]).execute() == {}
    assert discovered.tasks().list(parent=name).execute() == {}


def test_the_discovery_client_gets_googles_error_body(discovered):
    with pytest.raises(HttpError) as caught:
        discovered.get(name=queue_name("nowhere")).execute()
    error = json.loads(caught.value.content)["error"]
    assert (error["code"], error["status"], error["message"]) == (404, "NOT_FOUND", MISSING_QUEUE)
