"""A real Django project with the real django-google-cloud-tasks against the emulator, seen through taskdeck."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from google.cloud import tasks_v2

from helpers.google_clients import PARENT, job_name, queue_name
from helpers.shop import QUEUE, Shop
from helpers.waiting import wait_until


@pytest.fixture
def shop(emulator, taskdeck):
    """The project, pointed at the emulator."""
    project = Shop(emulator.url, taskdeck.environment, taskdeck.home)
    yield project
    project.stop()


@pytest.fixture
def queue(tasks) -> str:
    """The project's queue, which never gives up and tries again twice a second."""
    retries = tasks_v2.RetryConfig(
        max_attempts=-1, min_backoff=timedelta(seconds=0.5), max_backoff=timedelta(seconds=0.5)
    )
    return tasks.create_queue(parent=PARENT, queue=tasks_v2.Queue(name=queue_name(QUEUE), retry_config=retries)).name


@pytest.fixture
def deck(taskdeck, emulator):
    """`deck(*arguments)` is the decoded JSON of a command on the emulator."""
    return lambda *arguments: taskdeck.json(*arguments, "--endpoint", emulator.url)


# What the library pushes


def test_tasks_of_every_kind_appear_with_their_class_and_payload(shop, tasks, queue, deck):
    tasks.pause_queue(name=queue)
    before = datetime.now(UTC)
    ids = shop.python(
        "answer = ["
        "MyTask.asap(x=1).task_id,"
        "SendWelcomeEmailTask.later(dict(user_id=7, language='pt'), eta=3600).task_id,"
        "ResizeImageTask.asap(image='a.png').task_id,"
        "RebuildIndexTask.asap().task_id]"
    )
    listed = {task["name"].rsplit("/", 1)[1]: task for task in deck("tasks", "list", QUEUE)}
    assert [listed[task]["class"] for task in ids] == [
        "MyTask", "SendWelcomeEmailTask", "ResizeImageTask", "RebuildIndexTask",
    ]  # fmt: skip
    mine, welcome, resize, rebuild = (deck("tasks", "show", QUEUE, task) for task in ids)
    assert [task["payload"] for task in (mine, welcome, resize, rebuild)] == [
        {"x": 1}, {"user_id": 7, "language": "pt"}, {"image": "a.png"}, {},
    ]  # fmt: skip
    # The library adds the project, which Google does not, because the worker's metadata needs it.
    assert mine["httpRequest"]["headers"]["X-CloudTasks-Projectname"] == "local"
    assert mine["httpRequest"]["oidcToken"]["audience"] == "http://127.0.0.1:9/work/tasks/MyTask"
    assert datetime.fromisoformat(welcome["scheduleTime"]) - before > timedelta(minutes=59)
    assert (mine["dispatchDeadline"], resize["dispatchDeadline"]) == ("600s", "900s")
    # only_once: the ID is the class name.
    assert ids[3] == "RebuildIndexTask"


def test_a_second_only_once_task_is_refused(shop, tasks, queue):
    tasks.pause_queue(name=queue)
    answer = shop.python(
        "from google.api_core.exceptions import AlreadyExists\n"
        "RebuildIndexTask.asap()\n"
        "try:\n"
        "    RebuildIndexTask.asap(); answer = 'pushed twice'\n"
        "except AlreadyExists as error:\n"
        "    answer = error.message"
    )
    assert answer == "Requested entity already exists"


def test_debug_runs_a_task_here_and_leaves_it_in_the_queue(shop, tasks, queue, deck):
    tasks.pause_queue(name=queue)
    task, result = shop.python("task = MyTask.asap(x=21).task_id\nanswer = [task, MyTask.debug(task)]")
    assert result == {"doubled": 42}
    assert deck("tasks", "show", QUEUE, task)["payload"] == {"x": 21}


def test_discard_finds_its_class_over_more_than_one_page(shop, tasks, queue, deck):
    """More than 1000 tasks: the library deletes those of page one while it asks for page two."""
    tasks.pause_queue(name=queue)
    answer = shop.python(
        "from concurrent.futures import ThreadPoolExecutor\n"
        "push = lambda x: (MyTask if x % 10 else SendWelcomeEmailTask).push(task_kwargs=dict(x=x))\n"
        "list(ThreadPoolExecutor(8).map(push, range(1200)))\n"
        "answer = MyTask.discard(max_workers=4)"
    )
    assert len(answer) == len(set(answer)) == 1080
    assert all(name.startswith("MyTask/") for name in answer)
    assert [task["class"] for task in deck("tasks", "list", QUEUE)] == ["SendWelcomeEmailTask"] * 120


# What the worker answers


def test_a_failing_task_is_dispatched_again_until_its_worker_recovers(shop, queue, deck):
    shop.outage.touch()
    shop.serve()
    task = shop.python("answer = MyTask.asap(x=1).task_id")
    seen = wait_until(
        lambda: (shown := deck("tasks", "show", QUEUE, task)).get("responseCount", 0) >= 2 and shown, "2 answers"
    )
    assert (seen["class"], seen["payload"]) == ("MyTask", {"x": 1})
    assert seen["dispatchCount"] >= seen.get("responseCount", 0)
    assert "HTTP status code 500" in seen["lastAttempt"]["responseStatus"]["message"]
    wait_until(lambda: deck("tasks", "show", QUEUE, task)["dispatchCount"] > seen["dispatchCount"], "one dispatch more")

    shop.outage.unlink()
    wait_until(lambda: deck("tasks", "list", QUEUE) == [], "the task gone once its worker succeeded")


def test_discard_takes_only_what_was_dispatched_often_enough(shop, tasks, queue, deck):
    shop.outage.touch()
    shop.serve()
    tired, fresh = shop.python("answer = [MyTask.asap(x=1).task_id, MyTask.later(dict(x=2), eta=3600).task_id]")
    wait_until(lambda: deck("tasks", "show", QUEUE, tired).get("dispatchCount", 0) >= 2, "two dispatches")
    assert shop.python("answer = MyTask.discard(min_retries=2)") == [f"MyTask/{tired}"]
    (left,) = deck("tasks", "list", QUEUE)
    assert left["name"] == f"{queue}/tasks/{fresh}"


def test_a_task_that_discards_itself_is_not_tried_again(shop, queue, deck):
    shop.serve()
    shop.python("answer = ObsoleteTask.asap().task_id")
    wait_until(lambda: deck("tasks", "list", QUEUE) == [], "the discarded task gone")


# Periodic tasks


def test_schedule_tasks_makes_jobs_that_taskdeck_lists(shop, deck):
    printed = shop.manage("schedule_tasks", "--no-color")
    assert "Successfully scheduled 2 tasks" in printed
    assert re.findall(r"\[\+\] (\w+)", printed) == ["HourlyReportTask", "NightlyCleanupTask"]

    jobs = {job["name"]: job for job in deck("jobs", "list")}
    assert set(jobs) == {job_name("shop--NightlyCleanupTask"), job_name("shop--HourlyReportTask")}
    cleanup = jobs[job_name("shop--NightlyCleanupTask")]
    assert (cleanup["schedule"], cleanup["timeZone"], cleanup["attemptDeadline"]) == ("0 3 * * *", "Etc/UTC", "1800s")
    assert (cleanup["retryConfig"]["retryCount"], cleanup["state"]) == (3, "ENABLED")
    assert cleanup["httpTarget"]["headers"]["X-Job-Type"] == "cleanup"
    assert cleanup["httpTarget"]["oidcToken"]["audience"].endswith("/work/tasks/NightlyCleanupTask")
    assert "oidcToken" not in deck("jobs", "show", "shop--HourlyReportTask")["httpTarget"]


def test_schedule_tasks_deletes_the_jobs_it_no_longer_knows(shop, deck):
    shop.python(
        "from gcp_pilot.scheduler import CloudScheduler\n"
        "CloudScheduler().put(name='shop--Forgotten', url='http://127.0.0.1:9/', payload='{}', cron='0 0 * * *')\n"
        "answer = None"
    )
    assert "[-] Forgotten" in shop.manage("schedule_tasks", "--no-color")
    assert job_name("shop--Forgotten") not in {job["name"] for job in deck("jobs", "list")}


def test_a_job_that_is_run_reaches_its_periodic_task(shop, scheduler, deck):
    shop.serve()
    shop.manage("schedule_tasks")
    scheduler.run_job(name=job_name("shop--NightlyCleanupTask"))
    job = wait_until(
        lambda: (shown := deck("jobs", "show", "shop--NightlyCleanupTask")).get("status", {}).get("code", 0) != -1 and shown,
        "the end of the first attempt",
    )
    assert job.get("status", {}).get("code", 0) == 0


# The console


def test_the_console_shows_the_task_and_its_rising_dispatch_count(shop, queue, deck, emulator, taskdeck, terminal):
    shop.outage.touch()
    shop.serve()
    shop.python("answer = MyTask.asap(x=1).task_id")

    terminal.type(f"{taskdeck.path} --endpoint {emulator.url}")
    terminal.press("Enter")
    terminal.wait_for(QUEUE)
    assert terminal.is_full_screen()
    terminal.press("Enter")
    terminal.wait_for("MyTask")
    first = dispatches(terminal)
    wait_until(lambda: dispatches(terminal) > first, "a higher dispatch count on the screen")

    terminal.press("Enter")
    terminal.wait_for('"x": 1')
    leave(terminal)
    # The terminal is as it was: what is typed is echoed, and what is entered is run.
    terminal.type("echo $((6 * 7))")
    terminal.press("Enter")
    assert "echo $((6 * 7))\n42\n" in terminal.wait_for("\n42\n")
    assert terminal.cursor_is_shown()


def dispatches(terminal) -> int:
    """How often MyTask was dispatched, as its row says."""
    return int(terminal.cell("MyTask", under="TRIES"))


def leave(terminal) -> None:
    """`q` leads back one screen at a time, and out of the program from the first one."""

    def is_out() -> bool:
        if terminal.is_full_screen():
            terminal.press("q")
        return not terminal.is_full_screen()

    wait_until(is_out, "the shell again")
    terminal.wait_for(terminal.PROMPT.strip())
