"""firebase-admin's task queue against the emulator: a dialect of its own, without a version in the path."""

import base64
import json
from datetime import UTC, datetime, timedelta

import firebase_admin
import pytest
from firebase_admin import functions
from google.auth.credentials import AnonymousCredentials
from google.cloud import tasks_v2

from helpers.google_clients import PARENT, PROJECT
from helpers.waiting import wait_until

NAME = f"{PARENT}/queues/sendMail"


class NoCredential(firebase_admin.credentials.Base):
    def get_credential(self):
        return AnonymousCredentials()


@pytest.fixture
def queue(emulator, tasks, monkeypatch):
    """firebase-admin's queue `sendMail`, which is paused in the emulator."""
    monkeypatch.setenv("CLOUD_TASKS_EMULATOR_HOST", emulator.url.removeprefix("http://"))
    tasks.create_queue(parent=PARENT, queue=tasks_v2.Queue(name=NAME))
    tasks.pause_queue(name=NAME)
    app = firebase_admin.initialize_app(NoCredential(), {"projectId": PROJECT})
    yield functions.task_queue("sendMail", app=app)
    firebase_admin.delete_app(app)


def test_a_task_is_enqueued_and_deleted(queue, tasks):
    assert queue.enqueue({"to": "ann"}, functions.TaskOptions(task_id="mail-1")) == "mail-1"
    task = tasks.get_task(request={"name": f"{NAME}/tasks/mail-1", "response_view": "FULL"})
    assert json.loads(task.http_request.body) == {"to": "ann"}
    assert task.http_request.url == "http://127.0.0.1:5001/local/us-central1/sendMail"
    queue.delete("mail-1")
    assert list(tasks.list_tasks(parent=NAME)) == []


def test_options_arrive(queue, tasks):
    at = datetime.now(UTC) + timedelta(hours=1)
    options = functions.TaskOptions(
        schedule_time=at, dispatch_deadline_seconds=60, headers={"X-Mine": "1"}, uri="http://127.0.0.1:9/mail"
    )
    queue.enqueue({"to": "ann"}, options)
    task = next(iter(tasks.list_tasks(parent=NAME)))
    assert task.schedule_time.replace(microsecond=0) == at.replace(microsecond=0)
    assert task.dispatch_deadline == timedelta(seconds=60)
    assert task.http_request.url == "http://127.0.0.1:9/mail"
    assert task.http_request.headers["X-Mine"] == "1"


def test_a_name_that_is_taken_is_an_error_of_firebase(queue):
    queue.enqueue({}, functions.TaskOptions(task_id="twice"))
    with pytest.raises(firebase_admin.exceptions.FirebaseError) as caught:
        queue.enqueue({}, functions.TaskOptions(task_id="twice"))
    assert caught.value.code in ("ALREADY_EXISTS", "CONFLICT")


def test_a_task_is_delivered(queue, tasks, worker):
    queue.enqueue({"to": "bob"}, functions.TaskOptions(uri=worker.url + "/mail"))
    tasks.resume_queue(name=NAME)
    request = wait_until(lambda: worker.received("/mail"), "the task at the worker")[0]
    assert json.loads(request.body) == {"to": "bob"}
    claims = json.loads(base64.urlsafe_b64decode(request.headers["Authorization"].split(".")[1] + "=="))
    assert claims["aud"] == worker.url + "/mail"
