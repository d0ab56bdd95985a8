"""What the emulator does beyond the everyday: batches, buffered tasks, overrides, v2beta3, through Google's clients."""

import base64
import json
from urllib.request import Request, urlopen

import pytest
from google.api_core import exceptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import tasks_v2, tasks_v2beta3
from google.protobuf import field_mask_pb2
from googleapiclient import discovery

from helpers.google_clients import PARENT, queue_name
from helpers.waiting import wait_until

UNREACHED = "http://127.0.0.1:9/tasks/MyTask"
QUEUE = queue_name("orders")


def over_rest(endpoint: str) -> dict:
    return {
        "transport": "rest",
        "credentials": AnonymousCredentials(),
        "client_options": {"api_endpoint": endpoint},
    }


@pytest.fixture
def beta(emulator) -> tasks_v2beta3.CloudTasksClient:
    return tasks_v2beta3.CloudTasksClient(**over_rest(emulator.url))


@pytest.fixture
def paused(tasks) -> str:
    """A queue that keeps its tasks."""
    tasks.create_queue(parent=PARENT, queue=tasks_v2.Queue(name=QUEUE))
    return tasks.pause_queue(name=QUEUE).name


def built(endpoint: str, api: str, version: str):
    """googleapiclient's resource from the discovery document that the package brings along."""
    return discovery.build(
        api,
        version,
        credentials=AnonymousCredentials(),
        static_discovery=True,
        client_options={"api_endpoint": endpoint},
    )


def creation(module, task: str | None = None, url: str = UNREACHED):
    name = f"{QUEUE}/tasks/{task}" if task else None
    return module.CreateTaskRequest(
        parent=QUEUE, task=module.Task(name=name, http_request=module.HttpRequest(url=url, body=b"{}"))
    )


# Batches


@pytest.mark.parametrize("module", [tasks_v2, tasks_v2beta3], ids=["v2", "v2beta3"])
def test_a_batch_creates_its_tasks(emulator, paused, module):
    client = module.CloudTasksClient(**over_rest(emulator.url))
    operation = client.batch_create_tasks(
        request={"parent": QUEUE, "requests": [creation(module, f"t{number}") for number in range(100)]}
    )
    created = operation.result(timeout=10).tasks
    assert [task.name for task in created] == [f"{QUEUE}/tasks/t{number}" for number in range(100)]
    assert operation.metadata.state == module.BatchCreateTasksMetadata.State.SUCCEEDED
    assert operation.metadata.end_time >= operation.metadata.start_time
    assert len(list(client.list_tasks(parent=QUEUE))) == 100


def test_the_failures_of_a_batch_stand_in_its_metadata(tasks, paused):
    tasks.create_task(creation(tasks_v2, "taken"))
    operation = tasks.batch_create_tasks(
        request={"parent": QUEUE, "requests": [creation(tasks_v2, "a"), creation(tasks_v2, "taken")]}
    )
    assert [task.name for task in operation.result(timeout=10).tasks] == [f"{QUEUE}/tasks/a"]
    assert operation.metadata.state == tasks_v2.BatchCreateTasksMetadata.State.PARTIALLY_SUCCEEDED
    failures = dict(operation.metadata.failed_requests)
    assert list(failures) == [1]
    assert (failures[1].code, failures[1].message) == (6, "Requested entity already exists")


def test_a_batch_deletes_a_thousand_tasks(tasks, paused):
    names = []
    for start in range(0, 1000, 100):
        requests = [creation(tasks_v2, f"t{number}") for number in range(start, start + 100)]
        operation = tasks.batch_create_tasks(request={"parent": QUEUE, "requests": requests})
        names += [task.name for task in operation.result(timeout=10).tasks]
    operation = tasks.batch_delete_tasks(request={"parent": QUEUE, "names": names})
    operation.result(timeout=10)
    assert operation.metadata.state == tasks_v2.BatchDeleteTasksMetadata.State.SUCCEEDED
    assert list(tasks.list_tasks(parent=QUEUE)) == []


def test_a_batch_of_which_nothing_succeeds_is_aborted(tasks, paused):
    operation = tasks.batch_delete_tasks(request={"parent": QUEUE, "names": [f"{QUEUE}/tasks/none"]})
    with pytest.raises(exceptions.Aborted, match="None of the requests succeeded"):
        operation.result(timeout=10)
    assert dict(operation.metadata.failed_requests)[0].code == 5


def test_a_batch_with_a_request_id_is_done_once(tasks, paused):
    request = {"parent": QUEUE, "requests": [creation(tasks_v2)], "request_id": "8c4f2f0e-once"}
    first, second = tasks.batch_create_tasks(request=request), tasks.batch_create_tasks(request=request)
    assert first.operation.name == second.operation.name
    assert first.result(timeout=10) == second.result(timeout=10)
    assert len(list(tasks.list_tasks(parent=QUEUE))) == 1


# v2beta3


def test_v2beta3_shows_what_v2_has_not(beta, paused):
    queue = beta.get_queue(request={"name": QUEUE})
    assert queue.type_ == tasks_v2beta3.Queue.Type.PUSH
    assert (queue.task_ttl.days, queue.tombstone_ttl.seconds) == (31, 3600)
    assert "stats" not in queue
    beta.create_task(creation(tasks_v2beta3))
    mask = field_mask_pb2.FieldMask(paths=["stats"])
    stats = beta.get_queue(request={"name": QUEUE, "read_mask": mask}).stats
    assert (stats.tasks_count, stats.effective_execution_rate) == (1, 500)


def test_v2beta3_runs_a_task(beta, worker, paused):
    task = beta.create_task(creation(tasks_v2beta3, url=worker.url + "/run"))
    assert beta.run_task(name=task.name).dispatch_count == 1
    wait_until(lambda: worker.received("/run"), "the task at the worker")
    wait_until(lambda: not list(beta.list_tasks(parent=QUEUE)), "an empty queue")


def test_a_pull_queue_is_refused_with_a_word(beta):
    with pytest.raises(exceptions.MethodNotImplemented, match="Pull queues are not available here"):
        beta.create_queue(
            parent=PARENT, queue=tasks_v2beta3.Queue(name=QUEUE, type_=tasks_v2beta3.Queue.Type.PULL)
        )


def test_a_v2beta3_queue_comes_back_as_it_was_set(beta):
    queue = tasks_v2beta3.Queue(
        name=QUEUE,
        app_engine_http_queue={"app_engine_routing_override": {"service": "big"}},
        http_target={"uri_override": {"host": "a.test", "port": 81}, "http_method": tasks_v2beta3.HttpMethod.PUT},
    )
    created = beta.create_queue(parent=PARENT, queue=queue)
    assert created.app_engine_http_queue.app_engine_routing_override.service == "big"
    assert created.http_target == queue.http_target


# Overrides and buffered tasks


def test_a_queue_overrides_where_and_how_its_tasks_are_sent(tasks, worker):
    host, port = worker.url.removeprefix("http://").split(":")
    target = tasks_v2.HttpTarget(
        uri_override={
            "scheme": "HTTP",
            "host": host,
            "port": int(port),
            "path_override": {"path": "/new"},
            "query_override": {"query_params": ""},
        },
        http_method=tasks_v2.HttpMethod.PATCH,
        header_overrides=[{"header": {"key": "X-Tenant", "value": "queue"}}],
    )
    tasks.create_queue(parent=PARENT, queue=tasks_v2.Queue(name=QUEUE, http_target=target))
    tasks.create_task(creation(tasks_v2, url="https://old.test/old?x=1"))
    request = wait_until(lambda: worker.received("/new"), "the task at the worker")[0]
    assert (request.method, request.headers["X-Tenant"], request.body) == ("PATCH", "queue", b"{}")


@pytest.fixture
def buffering(tasks, worker) -> str:
    """A queue whose tasks go to the worker's `/in`."""
    host, port = worker.url.removeprefix("http://").split(":")
    uri = {"scheme": "HTTP", "host": host, "port": int(port), "path_override": {"path": "/in"}}
    return tasks.create_queue(
        parent=PARENT, queue=tasks_v2.Queue(name=QUEUE, http_target={"uri_override": uri})
    ).name


def test_a_call_is_buffered_as_curl_sends_it(emulator, worker, buffering):
    call = Request(
        f"{emulator.url}/v2/{buffering}/tasks:buffer",
        data=b"any bytes",
        method="PUT",
        headers={"Content-Type": "text/plain", "X-Mine": "1", "Authorization": "Bearer secret"},
    )
    with urlopen(call, timeout=10) as answer:
        assert json.load(answer)["task"]["name"].startswith(buffering + "/tasks/")
    request = wait_until(lambda: worker.received("/in"), "the task at the worker")[0]
    assert (request.method, request.body) == ("PUT", b"any bytes")
    assert (request.headers["Content-Type"], request.headers["X-Mine"]) == ("text/plain", "1")
    assert request.headers["Authorization"] is None


@pytest.mark.parametrize("version", ["v2", "v2beta3"])
def test_the_discovery_client_buffers(emulator, worker, buffering, version):
    queues = built(emulator.url, "cloudtasks", version).projects().locations().queues()
    body = {"body": {"data": base64.b64encode(b"hi").decode(), "contentType": "text/plain"}}
    task = queues.tasks().buffer(queue=buffering, taskId="mine", body=body).execute()["task"]
    assert task["name"] == buffering + "/tasks/mine"
    request = wait_until(lambda: worker.received("/in"), "the task at the worker")[0]
    assert (request.body, request.headers["Content-Type"]) == (b"hi", "text/plain")


# Discovery


@pytest.mark.parametrize("version", ["v2", "v2beta3"])
def test_the_discovery_client_goes_round(emulator, version):
    queues = built(emulator.url, "cloudtasks", version).projects().locations().queues()
    assert queues.create(parent=PARENT, body={"name": QUEUE}).execute()["state"] == "RUNNING"
    assert queues.pause(name=QUEUE, body={}).execute()["state"] == "PAUSED"
    http = {"url": UNREACHED}
    operation = (
        queues.tasks()
        .batchCreate(parent=QUEUE, body={"requests": [{"task": {"httpRequest": http}} for _ in range(3)]})
        .execute()
    )
    operations = built(emulator.url, "cloudtasks", version).projects().locations().operations()
    assert len(operations.get(name=operation["name"]).execute()["response"]["tasks"]) == 3
    page = queues.tasks().list(parent=QUEUE, pageSize=2, fields="tasks/name,nextPageToken").execute()
    assert [list(task) for task in page["tasks"]] == [["name"], ["name"]]
    request = queues.tasks().list(parent=QUEUE, pageSize=2)
    seen = []
    while request is not None:
        answer = request.execute()
        seen += answer["tasks"]
        request = queues.tasks().list_next(request, answer)
    assert len({task["name"] for task in seen}) == 3
    assert queues.delete(name=QUEUE).execute() == {}


def test_the_discovery_client_of_cloud_scheduler_goes_round(emulator):
    locations = built(emulator.url, "cloudscheduler", "v1").projects().locations()
    job = {"name": f"{PARENT}/jobs/j", "schedule": "0 9 * * 1", "httpTarget": {"uri": UNREACHED}}
    assert locations.jobs().create(parent=PARENT, body=job).execute()["state"] == "ENABLED"
    assert [job["name"] for job in locations.jobs().list(parent=PARENT).execute()["jobs"]] == [f"{PARENT}/jobs/j"]
    assert locations.jobs().pause(name=f"{PARENT}/jobs/j", body={}).execute()["state"] == "PAUSED"
    key = "projects/p/locations/l/keyRings/r/cryptoKeys/k"
    operation = locations.updateCmekConfig(name=f"{PARENT}/cmekConfig", body={"kmsKeyName": key}).execute()
    assert locations.operations().get(name=operation["name"]).execute()["response"]["kmsKeyName"] == key
    assert locations.getCmekConfig(name=f"{PARENT}/cmekConfig").execute()["kmsKeyName"] == key
    assert locations.get(name=PARENT).execute()["locationId"] == PARENT.split("/")[-1]
    assert locations.list(name=PARENT.split("/locations")[0]).execute()["locations"]
