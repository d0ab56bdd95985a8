"""Schedules: the library's faults, and what taskdeck does about them; files, plans, failures and the way back."""

import json
import os
import stat
import subprocess

import pytest

from helpers.fault_proxy import CUT, LOST, PASS, FaultProxy
from helpers.google_clients import PARENT, job_name
from helpers.schedule_project import ScheduleProject

NIGHTLY = 'class Nightly(PeriodicTask):\n    run_every = "{}"\n\n    def run(self, **_):\n        print("nightly ran")\n'
HOURLY = 'class Hourly(PeriodicTask):\n    run_every = "@hourly"\n\n    def run(self, **_):\n        print("hourly ran")\n'
CUSTOM = NIGHTLY.replace("class Nightly", "class Custom") + (
    '\n    @classmethod\n    def schedule_name(cls):\n        return "shop-Custom-prod"\n'
)
OUTPUT_ONLY = ("userUpdateTime", "status", "scheduleTime", "lastAttemptTime")


@pytest.fixture
def project(emulator, taskdeck):
    return ScheduleProject(emulator.url, taskdeck.environment, taskdeck.home)


@pytest.fixture
def deck(taskdeck, emulator, project):
    """`deck(*arguments)` runs in the project's folder; gives status, decoded JSON (or None) and stderr."""

    def run(*arguments: str, endpoint: str = emulator.url, cwd=project.folder, **environment: str):
        done = subprocess.run(
            [taskdeck.path, *arguments, "--endpoint", endpoint, "-o", "json"],
            capture_output=True, text=True, env=project.environment | environment, cwd=cwd, timeout=120,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return done.returncode, json.loads(done.stdout) if done.stdout.strip() else None, done.stderr

    return run


@pytest.fixture
def jobs(deck):
    """All jobs as a client decides over them, by ID."""

    def read() -> dict[str, dict]:
        status, listed, errors = deck("jobs", "list")
        assert status == 0, errors
        return {
            job["name"].rsplit("/", 1)[1]: {key: job[key] for key in job if key not in OUTPUT_ONLY} for job in listed
        }

    return read


def foreign(scheduler, *names: str) -> None:
    """Jobs of other apps."""
    for name in names:
        target = {"uri": f"https://other.example.com/{name}", "http_method": "POST"}
        scheduler.create_job(
            parent=PARENT, job={"name": job_name(name), "schedule": "0 1 * * *", "http_target": target}
        )


# The faults of the library, and their end


def test_the_library_never_updates_a_job_and_taskdeck_does(project, deck, jobs):
    project.define(NIGHTLY.format("0 3 * * *"))
    assert project.schedule_tasks() == ["- [+] Nightly"]
    project.define(NIGHTLY.format("0 4 * * *"))
    assert project.schedule_tasks() == ["- [~] Nightly"]
    assert jobs()["shop--Nightly"]["schedule"] == "0 3 * * *"
    status, plan, _ = deck("schedule", "diff", "--exit-code")
    assert status == 2
    (update,) = plan["updated"]
    assert update["job"] == "shop--Nightly"
    assert update["changes"] == [{"field": "schedule", "before": "0 3 * * *", "after": "0 4 * * *"}]
    assert update["next"]["after"][0].endswith("T04:00:00Z")
    status, outcome, errors = deck("schedule", "apply", "--yes")
    assert (status, outcome["updated"]) == (0, ["shop--Nightly"]), errors
    assert jobs()["shop--Nightly"]["schedule"] == "0 4 * * *"
    assert deck("schedule", "diff", "--exit-code")[0] == 0


def test_the_library_deletes_jobs_of_other_apps_and_taskdeck_never_does(project, deck, jobs, scheduler):
    project.define(HOURLY)
    foreign(scheduler, "shop2--Billing", "shop-admin--X")
    assert sorted(project.schedule_tasks()) == ["- [+] Hourly", "- [-] Billing", "- [-] X"]
    assert set(jobs()) == {"shop--Hourly"}
    foreign(scheduler, "shop2--Billing", "shop-admin--X", "shop--Old")
    before = jobs()
    status, plan, _ = deck("schedule", "diff", "--prune")
    assert (plan["deleted"], plan["foreign"]) == (["shop--Old"], ["shop-admin--X", "shop2--Billing"])
    assert deck("schedule", "diff")[1]["stale"] == ["shop--Old"]
    status, outcome, errors = deck("schedule", "apply", "--prune", "--yes")
    assert (status, outcome["deleted"]) == (0, ["shop--Old"]), errors
    assert jobs() == {name: job for name, job in before.items() if name != "shop--Old"}


def test_the_library_lets_a_custom_name_flap_and_taskdeck_holds_it(project, deck, jobs):
    project.define(CUSTOM.format("0 3 * * *"))
    assert project.schedule_tasks() == ["- [+] Custom"]
    assert project.schedule_tasks() == ["- [+] Custom", "- [-] shop-Custom-prod"]
    assert jobs() == {}
    assert deck("schedule", "apply", "--prune", "--yes")[1]["added"] == ["shop-Custom-prod"]
    status, plan, _ = deck("schedule", "diff", "--prune", "--exit-code")
    assert (status, plan["unchanged"]) == (0, ["shop-Custom-prod"])


def test_the_library_deletes_although_eager_and_taskdeck_runs_only(project, deck, jobs, scheduler):
    project.define(NIGHTLY.format("0 3 * * *"))
    project.schedule_tasks()
    project.define(HOURLY)
    assert "- [-] Nightly" in project.schedule_tasks(DJANGO_CLOUD_TASKS_EAGER="true")
    assert jobs() == {}
    foreign(scheduler, "shop--Old")
    before = jobs()
    status, outcome, errors = deck("schedule", "apply", "--eager", "--prune")
    assert status == 0, errors
    assert outcome["ran"] == ["shop--Hourly"]
    assert "hourly ran" in errors
    assert (outcome["added"], outcome["updated"], outcome["deleted"]) == ([], [], [])
    assert jobs() == before


def test_eager_tells_which_task_failed(project, deck, jobs):
    project.define(HOURLY.replace('print("hourly ran")', 'raise RuntimeError("no stock")') + NIGHTLY.format("0 3 * * *"))
    status, outcome, errors = deck("schedule", "apply", "--eager")
    assert status == 3
    assert outcome["ran"] == ["shop--Nightly"]
    assert outcome["failed"][0]["job"] == "shop--Hourly"
    assert "no stock" in outcome["failed"][0]["error"] + errors
    assert jobs() == {}


# Reading the project


def test_what_the_library_scheduled_is_unchanged(project, deck):
    project.define(NIGHTLY.format("0 3 * * *") + HOURLY)
    project.schedule_tasks()
    status, plan, _ = deck("schedule", "diff", "--exit-code")
    assert (status, plan["unchanged"]) == (0, ["shop--Hourly", "shop--Nightly"])


def test_every_hook_is_read(project, deck, jobs):
    project.define(
        "class Every(PeriodicTask):\n"
        "    run_every = timedelta(minutes=30)\n"
        "    schedule_use_oidc = False\n"
        "    def run(self, **_): ...\n"
        + "".join(
            f"    @classmethod\n    def {name}(cls): return {value}\n"
            for name, value in {
                "schedule_headers": '{"X-One": "1"}',
                "schedule_retries": "4",
                "schedule_body_payload": '{"region": "emea"}',
                "schedule_description": '"Words"',
                "schedule_time_zone": '"Europe/Paris"',
                "schedule_attempt_deadline": "timedelta(minutes=5)",
                "schedule_min_backoff": "timedelta(seconds=30)",
                "schedule_max_backoff": "timedelta(minutes=10)",
                "schedule_max_doublings": "3",
            }.items()
        )
        + 'class Spoken(PeriodicTask):\n    run_every = "every 2 hours"\n    def run(self, **_): ...\n'
    )
    status, outcome, errors = deck("schedule", "apply", "--yes")
    assert status == 0, errors
    assert jobs()["shop--Spoken"]["schedule"] == "every 2 hours"
    job = jobs()["shop--Every"]
    assert (job["schedule"], job["timeZone"], job["description"]) == ("*/30 * * * *", "Europe/Paris", "Words")
    assert (job["attemptDeadline"], job["payload"]) == ("300s", {"region": "emea"})
    assert "oidcToken" not in job["httpTarget"]
    assert job["httpTarget"]["headers"]["X-One"] == "1"
    assert job["retryConfig"] == {
        "retryCount": 4, "maxRetryDuration": "0s", "minBackoffDuration": "30s", "maxBackoffDuration": "600s",
        "maxDoublings": 3,
    }  # fmt: skip
    assert deck("schedule", "diff", "--exit-code")[0] == 0


def test_a_class_that_cannot_be_read_is_reported_and_the_rest_goes_on(project, deck, scheduler, jobs):
    foreign(scheduler, "shop--Broken")
    project.define(
        HOURLY + "class Broken(PeriodicTask):\n    run_every = timedelta(days=1)\n    def run(self): ...\n"
        "    @classmethod\n    def schedule_headers(cls): raise ValueError('no token')\n"
    )
    status, plan, _ = deck("schedule", "diff", "--prune")
    assert (plan["added"], plan["deleted"]) == (["shop--Hourly"], [])
    assert plan["unread"][0]["name"] == "Broken" and "no token" in plan["unread"][0]["reason"]
    status, outcome, errors = deck("schedule", "apply", "--prune", "--yes")
    assert (status, outcome["added"]) == (3, ["shop--Hourly"]), errors
    assert outcome["failed"][0]["job"] == "shop--Broken"
    assert set(jobs()) == {"shop--Broken", "shop--Hourly"}


def test_a_project_that_does_not_import_is_told_with_its_line(project, deck):
    project.define("import nothing_of_this_name\n")
    status, _, errors = deck("schedule", "diff")
    assert status == 1
    assert "nothing_of_this_name" in errors and "tasks.py" in errors


def test_without_an_app_name_nothing_is_deleted_and_it_is_said(emulator, taskdeck, deck, project, scheduler):
    project.environment.pop("DJANGO_CLOUD_TASKS_APP_NAME")
    project.define(HOURLY)
    foreign(scheduler, "Other", "shop--X")
    status, plan, _ = deck("schedule", "diff", "--prune")
    assert (plan["added"], plan["deleted"]) == (["Hourly"], [])
    assert any("No app name is set" in note and "nothing is deleted" in note for note in plan["notes"])


def test_scheduled_tasks_of_the_task_scheduler_app_are_mapped_to_cron(project, deck, jobs):
    project.define(
        "from types import SimpleNamespace as Config\n"
        "def report(): ...\n"
        "def cleanup(): ...\n"
        "def poll(): ...\n"
        "SCHEDULED_TASKS = [\n"
        "  Config(func=report, schedule_type='daily', schedule_hour=9, schedule_minute=30, tag='reports'),\n"
        "  Config(func=cleanup, schedule_type='weekly', schedule_day_of_week=6, schedule_hour=2, schedule_minute=0),\n"
        "  Config(func=poll, schedule_type='minutes', schedule_interval=5),\n"
        "  Config(func=poll, schedule_type='monthly', schedule_hour=1, schedule_minute=0),\n"
        "]\n"
    )
    status, plan, errors = deck("schedule", "diff")
    assert status == 0, errors
    assert plan["added"] == ["shop--cleanup", "shop--poll", "shop--report"]
    assert "schedule_day_of_month" in plan["unread"][0]["reason"]
    deck("schedule", "apply", "--yes")
    schedules = {name: job["schedule"] for name, job in jobs().items()}
    assert schedules == {"shop--cleanup": "0 2 * * 0", "shop--poll": "*/5 * * * *", "shop--report": "30 9 * * *"}


# Definitions in a file


@pytest.fixture
def write(taskdeck):
    def write(text: str, name: str = "schedules.yaml") -> str:
        path = taskdeck.home / name
        path.write_text(text)
        return str(path)

    return write


FILE = """\
app: shop
endpoint: https://app.example.com/tasks/
schedules:
  - name: Digest
    run-every: "0 0 * * 1-5"
    payload: {report: daily}
    headers: {X-Auth-Token: sesame}
    retries: {count: 2}
    description: Daily digest
  - {name: Often, run-every: {minutes: 30}, oidc: false, state: paused}
"""


def test_applying_a_file_twice_changes_nothing_and_a_rollback_returns_every_job(write, deck, jobs, scheduler):
    source = write(FILE)
    foreign(scheduler, "shop--Old", "shop-admin--X")
    scheduler.pause_job(name=job_name("shop--Old"))
    assert deck("schedule", "apply", "--source", source, "--yes")[0] == 0
    first = jobs()
    assert first["shop--Often"]["state"] == "PAUSED"
    again = deck("schedule", "apply", "--source", source, "--yes")
    assert (again[0], again[1]["journal"], again[1]["unchanged"]) == (0, None, ["shop--Digest", "shop--Often"])
    source = write(FILE.replace("0 0 * * 1-5", "0 6 * * *").replace("sesame", "other").split("  - {name: Often")[0])
    status, outcome, errors = deck("schedule", "apply", "--source", source, "--prune", "--yes")
    assert (status, outcome["updated"], outcome["deleted"]) == (0, ["shop--Digest"], ["shop--Often", "shop--Old"]), errors
    status, back, errors = deck("schedule", "rollback", str(outcome["journal"]), "--yes")
    assert status == 0, errors
    assert (sorted(back["restored"]), back["deleted"]) == (["shop--Digest", "shop--Often", "shop--Old"], [])
    assert jobs() == first
    # Without a number it is the newest apply that stands.
    status, back, errors = deck("schedule", "rollback", "--yes")
    assert (status, sorted(back["deleted"])) == (0, ["shop--Digest", "shop--Often"]), errors


def test_secrets_are_masked_and_their_change_is_said(write, deck):
    deck("schedule", "apply", "--source", write(FILE), "--yes")
    status, plan, errors = deck("schedule", "diff", "--source", write(FILE.replace("sesame", "opened")))
    text = json.dumps(plan) + errors
    assert "sesame" not in text and "opened" not in text and "*** (changed)" in text


def test_a_plan_file_is_applied_as_it_is_and_refused_when_stale(write, deck, jobs, taskdeck, scheduler):
    out = str(taskdeck.home / "plan.json")
    assert deck("schedule", "diff", "--source", write(FILE), "--out", out)[0] == 0
    assert stat.S_IMODE(os.stat(out).st_mode) == 0o600
    assert deck("schedule", "apply", out, "--yes")[1]["added"] == ["shop--Digest", "shop--Often"]
    deck("schedule", "diff", "--source", write(FILE.replace("0 0 * * 1-5", "0 6 * * *")), "--out", out)
    deck("jobs", "update", "shop--Digest", "--schedule", "0 7 * * *", "--yes")
    status, outcome, errors = deck("schedule", "apply", out, "--yes")
    assert (status, outcome) == (1, None)
    assert "stale" in errors and "shop--Digest (schedule)" in errors
    assert jobs()["shop--Digest"]["schedule"] == "0 7 * * *"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("schedules: [", [":1:"]),
        (FILE.replace("run-every: \"0 0", "run-evry: \"0 0"), [":5:5:", "run-evry", "run-every"]),
        (FILE.replace("    payload", "    name: Again\n    payload"), [":6:5:", "twice"]),
        (FILE.replace("0 0 * * 1-5", "0 24 * * 1-5"), [":5:", "0 24 * * 1-5", "  ^^"]),
        (FILE.replace("description", "time-zone: Europe/Pari\n    description"), ["Europe/Paris"]),
        (FILE + "  - {name: Digest, run-every: '@daily'}\n", [":11:", ":4"]),
        (FILE.replace("description", "attempt-deadline: 5s\n    description"), ["15 s and 30 m"]),
    ],
)  # fmt: skip
def test_a_file_that_is_wrong_is_refused_with_its_place(write, deck, jobs, text, words):
    for command in ("diff", "apply"):
        status, outcome, errors = deck("schedule", command, "--source", write(text), "--yes")
        assert (status, outcome) == (64, None)
        reason = json.loads(errors)["error"]["reason"]
        assert all(word in reason for word in words), reason
    assert jobs() == {}


def test_warnings_carry_the_line_of_the_definition(write, deck):
    text = FILE.replace("0 0 * * 1-5", "0 0 30 2 *")
    status, plan, _ = deck("schedule", "diff", "--source", write(text))
    (warning,) = plan["warnings"]
    assert (status, warning["job"], warning["line"]) == (0, "shop--Digest", 5)
    assert "never fires" in warning["message"]


def test_a_file_without_app_deletes_nothing(write, deck, scheduler, project):
    project.environment.pop("DJANGO_CLOUD_TASKS_APP_NAME")
    foreign(scheduler, "shop--Old", "Digest2")
    status, plan, _ = deck("schedule", "diff", "--prune", "--source", write(FILE.replace("app: shop\n", "")))
    assert (plan["added"], plan["deleted"]) == (["Digest", "Often"], [])


def test_without_yes_and_terminal_nothing_is_changed(write, deck, jobs):
    assert deck("schedule", "apply", "--source", write(FILE))[0] == 64
    status, outcome, _ = deck("schedule", "apply", "--source", write(FILE), "--dry-run")
    assert (status, outcome["journal"], outcome["added"]) == (0, None, ["shop--Digest", "shop--Often"])
    status, _, errors = deck("schedule", "apply", "--source", write(FILE), "--yes", "--read-only")
    assert status == 1 and "read-only" in errors
    assert jobs() == {}


# Faults of the service and of the network


@pytest.fixture
def faulty(emulator):
    """`faulty(rule)` is the URL of a proxy before the emulator."""
    proxies = []

    def make(rule) -> str:
        proxies.append(FaultProxy(emulator.url))
        proxies[-1].rule = rule
        return proxies[-1].url

    yield make
    for proxy in proxies:
        proxy.stop()


def test_403_on_the_list_is_told_and_nothing_is_changed(write, deck, jobs, faulty):
    url = faulty(lambda method, path, count: 403 if method == "GET" else PASS)
    status, outcome, errors = deck("schedule", "apply", "--source", write(FILE), "--yes", endpoint=url)
    assert (status, outcome) == (1, None)
    assert "PERMISSION_DENIED" in errors
    assert jobs() == {}


def test_409_on_create_fails_that_job_alone_when_asked_to_go_on(write, deck, jobs, faulty):
    url = faulty(lambda method, path, count: 409 if method == "POST" and count == 1 else PASS)
    status, outcome, _ = deck("schedule", "apply", "--source", write(FILE), "--yes", "--keep-going", endpoint=url)
    assert (status, outcome["added"]) == (3, ["shop--Often"])
    assert outcome["failed"][0]["job"] == "shop--Digest"
    assert set(jobs()) == {"shop--Often"}


@pytest.mark.parametrize("fate", [LOST, CUT])
def test_after_a_lost_network_running_again_goes_on(write, deck, jobs, faulty, fate):
    url = faulty(lambda method, path, count: fate if method == "POST" and count >= 2 else PASS)
    text = "app: shop\nendpoint: https://app.example.com/tasks\nschedules:\n"
    text += "".join(f"  - {{name: Job{n}, run-every: '@daily', oidc: false}}\n" for n in range(4))
    source = write(text)
    status, outcome, errors = deck("schedule", "apply", "--source", source, "--yes", endpoint=url)
    assert (status, outcome["added"]) == (3, ["shop--Job0"]), errors
    entry = deck("journal", "show", str(outcome["journal"]))[1]
    assert entry["state"] == "interrupted"
    assert [item["state"] for item in entry["items"]] == ["done", "sent", "planned", "planned"]
    status, outcome, errors = deck("schedule", "apply", "--source", source, "--yes")
    assert (status, outcome["failed"]) == (0, []), errors
    assert set(jobs()) == {f"shop--Job{n}" for n in range(4)}


def test_a_journal_entry_of_jobs_can_be_resumed(write, deck, jobs, faulty):
    url = faulty(lambda method, path, count: LOST if method == "POST" and count == 1 else PASS)
    status, outcome, _ = deck("schedule", "apply", "--source", write(FILE), "--yes", endpoint=url)
    assert status == 1
    status, done, errors = deck("journal", "resume", str(outcome["journal"]), endpoint=url)
    assert status == 0, errors
    assert set(jobs()) == {"shop--Digest", "shop--Often"}


# Jobs by hand, and times


def test_jobs_are_created_changed_paused_run_and_deleted(deck, jobs, worker, emulator):
    where = ["--schedule", "0 3 * * *", "--uri", f"{worker.url}/tasks/Hand", "--payload", '{"a": 1}']
    assert deck("jobs", "create", "hand", *where)[0] == 0
    before = jobs()
    assert deck("jobs", "create", "hand", *where)[0] == 1
    assert deck("jobs", "update", "hand", "--schedule", "0 25 * * *", "--yes")[0] == 64
    assert deck("jobs", "update", "hand", "--schedule", "0 4 * * *", "--description", "Words", "--yes")[0] == 0
    assert jobs()["hand"]["schedule"] == "0 4 * * *"
    assert deck("jobs", "pause", "hand", "--yes")[1]["state"] == "PAUSED"
    assert deck("jobs", "resume", "hand", "--yes")[1]["state"] == "ENABLED"
    assert deck("jobs", "run", "hand", "--yes")[0] == 0
    assert deck("jobs", "delete", "hand", "--yes")[0] == 0
    assert jobs() == {}
    for _ in range(4):
        status, _, errors = deck("schedule", "rollback", "--yes")
        assert status == 0, errors
    assert jobs() == before


def test_next_prints_times_or_says_never(run):
    status, out, _ = run("schedule", "next", "0 3 * * *", "--after", "2026-03-28T12:00:00Z", "--time-zone", "Europe/Paris", "--count", "2")
    assert (status, out) == (0, "2026-03-29T01:00:00Z\n2026-03-30T01:00:00Z\n")
    assert run("schedule", "next", "0 0 30 2 *") == (1, "", "never\n")
    status, out, errors = run("schedule", "next", "0 0 * * 8")
    assert (status, out) == (64, "") and "^" in errors
    assert run("schedule", "next", "@hourly", "--time-zone", "Mars/Base")[0] == 64
    assert run("schedule", "explain", "@hourly")[1].startswith("Every hour")
