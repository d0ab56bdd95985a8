"""gcloud, where it is installed, against the emulator."""

import json
import shutil
import subprocess

import pytest

from helpers.google_clients import LOCATION, PROJECT, job_name, queue_name
from helpers.waiting import wait_until

pytestmark = pytest.mark.skipif(shutil.which("gcloud") is None, reason="gcloud is not installed")


@pytest.fixture
def gcloud(emulator, taskdeck):
    """`gcloud(*arguments)` is the decoded JSON that gcloud printed."""
    environment = taskdeck.environment | {
        # gcloud puts the version's path behind the override, so the slash matters.
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDTASKS": f"{emulator.url}/",
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDSCHEDULER": f"{emulator.url}/",
        "CLOUDSDK_AUTH_DISABLE_CREDENTIALS": "true",
        "CLOUDSDK_CORE_CHECK_GCE_METADATA": "false",
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "true",
        "CLOUDSDK_CORE_PROJECT": PROJECT,
        "CLOUDSDK_CONFIG": str(taskdeck.home / "gcloud"),
    }

    def call(*arguments: str) -> object:
        done = subprocess.run(
            ["gcloud", *arguments, f"--location={LOCATION}", "--format=json"],
            capture_output=True,
            text=True,
            env=environment,
            timeout=120,
        )
        assert done.returncode == 0, f"gcloud {' '.join(arguments)} ended with {done.returncode}\n{done.stderr}"
        return json.loads(done.stdout or "null")

    return call


def test_gcloud_creates_and_reads_queues_and_tasks(gcloud, taskdeck, emulator):
    gcloud("tasks", "queues", "create", "orders", "--max-attempts=3", "--max-dispatches-per-second=20")
    gcloud("tasks", "queues", "pause", "orders")
    (listed,) = gcloud("tasks", "queues", "list")
    queue = gcloud("tasks", "queues", "describe", "orders")
    assert listed == queue
    assert (queue["name"], queue["state"]) == (queue_name("orders"), "PAUSED")
    assert (queue["retryConfig"]["maxAttempts"], queue["rateLimits"]["maxDispatchesPerSecond"]) == (3, 20)

    created = gcloud(
        "tasks", "create-http-task", "--queue=orders", "--url=http://127.0.0.1:9/tasks/MyTask",
        '--body-content={"x": 1}', "--header=X-Tenant:acme",
    )  # fmt: skip
    (task,) = gcloud("tasks", "list", "--queue=orders")
    assert task["name"] == created["name"]
    (seen,) = taskdeck.json("tasks", "list", "orders", "--full", "--endpoint", emulator.url)
    assert (seen["name"], seen["class"], seen["payload"]) == (created["name"], "MyTask", {"x": 1})


def test_gcloud_creates_updates_and_runs_jobs(gcloud, taskdeck, emulator, worker):
    gcloud(
        "scheduler", "jobs", "create", "http", "digest", "--schedule=0 3 * * *", f"--uri={worker.url}/tasks/Digest",
        '--message-body={"report": "daily"}', "--description=Daily digest",
    )  # fmt: skip
    (listed,) = gcloud("scheduler", "jobs", "list")
    assert listed["name"] == job_name("digest")
    # gcloud sends the whole job and a mask that names the schedule alone.
    gcloud("scheduler", "jobs", "update", "http", "digest", "--schedule=0 4 * * *")
    job = gcloud("scheduler", "jobs", "describe", "digest")
    assert (job["schedule"], job["description"], job["timeZone"]) == ("0 4 * * *", "Daily digest", "Etc/UTC")

    gcloud("scheduler", "jobs", "run", "digest")
    request = wait_until(lambda: worker.received("/tasks/Digest"), "the job at the worker")[0]
    assert json.loads(request.body) == {"report": "daily"}
    assert request.headers["X-CloudScheduler-JobName"] == "digest"
    (seen,) = taskdeck.json("jobs", "list", "--endpoint", emulator.url)
    assert (seen["name"], seen["schedule"]) == (job_name("digest"), "0 4 * * *")
