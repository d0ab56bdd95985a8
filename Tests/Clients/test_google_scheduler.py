"""Google's Cloud Scheduler client for Python against the emulator, over REST."""

import re
from datetime import datetime, timedelta

import pytest
from google.api_core import exceptions
from google.cloud import scheduler_v1
from google.protobuf import field_mask_pb2

from helpers.google_clients import PARENT, job_name
from helpers.waiting import wait_until

UNREACHED = "http://127.0.0.1:9/tasks/Digest"


def a_job(job="digest", uri=UNREACHED, schedule="0 3 * * *", **fields) -> scheduler_v1.Job:
    """A job with an HTTP target."""
    return scheduler_v1.Job(
        name=job_name(job),
        schedule=schedule,
        http_target=scheduler_v1.HttpTarget(
            uri=uri, http_method=scheduler_v1.HttpMethod.POST, body=b"{}", headers={"X-Tenant": "acme"}
        ),
        **{"time_zone": "Etc/UTC"} | fields,
    )


def create(scheduler, job: scheduler_v1.Job) -> scheduler_v1.Job:
    return scheduler.create_job(parent=PARENT, job=job)


def test_a_new_job_has_the_defaults_of_the_service(scheduler):
    job = create(scheduler, a_job())
    assert job.name == job_name("digest")
    assert job.state == scheduler_v1.Job.State.ENABLED
    assert job.attempt_deadline == timedelta(minutes=3)
    assert job.retry_config.retry_count == 0
    assert job.retry_config.min_backoff_duration == timedelta(seconds=5)
    assert job.retry_config.max_backoff_duration == timedelta(hours=1)
    assert job.retry_config.max_doublings == 5
    assert dict(job.http_target.headers)["User-Agent"] == "Google-Cloud-Scheduler"
    assert job.user_update_time is not None


def test_a_job_is_read_back_as_it_was_created(scheduler):
    create(
        scheduler,
        a_job(
            description="Daily digest",
            time_zone="America/New_York",
            attempt_deadline=timedelta(minutes=30),
            retry_config=scheduler_v1.RetryConfig(retry_count=3, min_backoff_duration=timedelta(seconds=30)),
        ),
    )
    job = scheduler.get_job(name=job_name("digest"))
    assert (job.schedule, job.time_zone, job.description) == ("0 3 * * *", "America/New_York", "Daily digest")
    assert job.attempt_deadline == timedelta(minutes=30)
    assert (job.retry_config.retry_count, job.retry_config.min_backoff_duration) == (3, timedelta(seconds=30))
    assert (job.http_target.uri, job.http_target.body) == (UNREACHED, b"{}")
    assert job.http_target.http_method == scheduler_v1.HttpMethod.POST
    assert job.http_target.headers["X-Tenant"] == "acme"


def test_a_job_says_when_it_fires_next_in_its_own_zone(scheduler):
    create(scheduler, a_job(schedule="30 2 * * *", time_zone="Asia/Tokyo"))
    job = wait_until(
        lambda: (read := scheduler.get_job(name=job_name("digest"))).schedule_time and read, "the next fire time"
    )
    # Half past two in Tokyo is 17:30 the day before in UTC; Japan has no summer time.
    assert (job.schedule_time.hour, job.schedule_time.minute) == (17, 30)


def test_jobs_are_listed_over_many_pages(scheduler):
    wanted = {create(scheduler, a_job(f"job-{number}")).name for number in range(5)}
    pages = list(scheduler.list_jobs(request={"parent": PARENT, "page_size": 2}).pages)
    assert [len(page.jobs) for page in pages] == [2, 2, 1]
    assert {job.name for page in pages for job in page.jobs} == wanted


def test_an_update_with_a_mask_changes_only_what_it_names(scheduler):
    create(scheduler, a_job(description="before"))
    changed = scheduler.update_job(
        job=a_job(schedule="0 4 * * *", description="ignored"),
        update_mask=field_mask_pb2.FieldMask(paths=["schedule"]),
    )
    assert (changed.schedule, changed.description) == ("0 4 * * *", "before")
    assert scheduler.get_job(name=job_name("digest")).schedule == "0 4 * * *"


def test_an_update_without_a_mask_changes_what_it_was_given(scheduler):
    create(scheduler, a_job())
    changed = scheduler.update_job(
        job=a_job(schedule="0 5 * * 1-5", uri="http://127.0.0.1:9/tasks/Other", description="after")
    )
    assert (changed.schedule, changed.description) == ("0 5 * * 1-5", "after")
    assert changed.http_target.uri == "http://127.0.0.1:9/tasks/Other"
    assert scheduler.get_job(name=job_name("digest")).schedule == "0 5 * * 1-5"


def test_a_job_is_paused_and_resumed(scheduler):
    name = create(scheduler, a_job()).name
    assert scheduler.pause_job(name=name).state == scheduler_v1.Job.State.PAUSED
    assert scheduler.get_job(name=name).state == scheduler_v1.Job.State.PAUSED
    assert scheduler.resume_job(name=name).state == scheduler_v1.Job.State.ENABLED


def test_run_reaches_the_worker_with_the_headers_of_cloud_scheduler(scheduler, worker):
    name = create(scheduler, a_job(uri=f"{worker.url}/tasks/Digest", schedule="* * * * *")).name
    scheduler.run_job(name=name)
    request = wait_until(lambda: worker.received("/tasks/Digest"), "the job at the worker")[0]
    assert (request.method, request.body) == ("POST", b"{}")
    assert request.headers["User-Agent"] == "Google-Cloud-Scheduler"
    assert request.headers["X-CloudScheduler"] == "true"
    assert request.headers["X-CloudScheduler-JobName"] == "digest"
    assert request.headers["X-Tenant"] == "acme"
    assert datetime.fromisoformat(request.headers["X-CloudScheduler-ScheduleTime"]).tzinfo is not None
    job = wait_until(
        lambda: (read := scheduler.get_job(name=name)).last_attempt_time and read.status.code == 0 and read,
        "a successful last attempt",
    )
    assert job.schedule_time > job.last_attempt_time


def test_run_works_on_a_paused_job(scheduler, worker):
    name = create(scheduler, a_job(uri=f"{worker.url}/tasks/Digest")).name
    scheduler.pause_job(name=name)
    scheduler.run_job(name=name)
    wait_until(lambda: worker.received("/tasks/Digest"), "the paused job at the worker")


def test_a_failed_run_leaves_its_status_on_the_job(scheduler, worker):
    worker.answer("/tasks/Digest", 500)
    name = create(scheduler, a_job(uri=f"{worker.url}/tasks/Digest")).name
    scheduler.run_job(name=name)
    wait_until(lambda: scheduler.get_job(name=name).status.code > 0, "the status of the failed run")


def test_a_deleted_job_is_gone(scheduler):
    name = create(scheduler, a_job()).name
    scheduler.delete_job(name=name)
    with pytest.raises(exceptions.NotFound):
        scheduler.get_job(name=name)
    assert list(scheduler.list_jobs(parent=PARENT)) == []


def test_a_second_job_of_the_same_name_is_a_conflict(scheduler):
    create(scheduler, a_job())
    message = f"Job {job_name('digest')} already exists."
    with pytest.raises(exceptions.Conflict, match=re.escape(message)):
        create(scheduler, a_job())


@pytest.mark.parametrize(
    "fields", [{"schedule": "61 * * * *"}, {"schedule": "tomorrow"}, {"time_zone": "Mars/Olympus"}]
)
def test_a_schedule_that_cannot_be_read_is_a_bad_request(scheduler, fields):
    with pytest.raises(exceptions.BadRequest, match=re.escape("Schedule or time zone is invalid.")):
        create(scheduler, a_job(**fields))


def test_every_call_on_a_missing_job_is_not_found(scheduler):
    name = job_name("nowhere")
    for call in (scheduler.get_job, scheduler.delete_job, scheduler.pause_job, scheduler.resume_job, scheduler.run_job):
        with pytest.raises(exceptions.NotFound):
            call(name=name)
    with pytest.raises(exceptions.NotFound):
        scheduler.update_job(job=a_job("nowhere"))
