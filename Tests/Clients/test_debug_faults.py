"""`tasks debug` where something is not as it should be: every line of "Bad input and faults" of issue 6."""

import gzip
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from google.cloud import tasks_v2

from helpers.fault_proxy import PASS, FaultProxy
from helpers.google_clients import PARENT, queue_name
from helpers.shop import FOLDER, QUEUE
from helpers.waiting import wait_until

DJANGO = f"""
handlers:
  django: {{kind: django, directory: "{FOLDER}", python: "{sys.executable}", settings: shop.settings}}
"""


@pytest.fixture
def queue(tasks) -> str:
    """A queue that dispatches nothing."""
    name = tasks.create_queue(parent=PARENT, queue=tasks_v2.Queue(name=queue_name(QUEUE))).name
    return tasks.pause_queue(name=name).name


@pytest.fixture
def deck(taskdeck, emulator):
    """`deck(*arguments)` runs a command on the emulator."""
    return lambda *arguments, **more: taskdeck.run(*arguments, "--endpoint", emulator.url, **more)


@pytest.fixture
def config(taskdeck):
    """`config(text)` writes taskdeck.yaml into the person's folder."""

    def write(text: str) -> Path:
        taskdeck.home.chmod(0o700)
        path = taskdeck.home / "taskdeck.yaml"
        path.write_text(text)
        path.chmod(0o600)
        return path

    return write


@pytest.fixture
def push(tasks, queue):
    """`push(body)` puts a task of a class into the queue and gives its ID."""

    def make(body: bytes = b'{"x": 1}', taskclass: str = "MyTask", **headers: str) -> str:
        request = tasks_v2.HttpRequest(url=f"http://127.0.0.1:9/work/tasks/{taskclass}", body=body, headers=headers)
        return tasks.create_task(parent=queue, task=tasks_v2.Task(http_request=request)).name.rsplit("/", 1)[1]

    return make


@pytest.fixture
def django(config, taskdeck, emulator):
    """A project whose environment is complete."""
    config(DJANGO)
    taskdeck.environment |= {
        "SHOP_EMULATOR": emulator.url, "GCP_PROJECT": "local", "GCP_LOCATION": "us-central1",
        "DJANGO_CLOUD_TASKS_APP_NAME": QUEUE, "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip


def script(taskdeck, text: str) -> str:
    """Configuration of the handler `script`, which runs `text` with sh."""
    path = taskdeck.home / "handler.sh"
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o700)
    return 'handlers: {script: {kind: command, run: ["./handler.sh"]}}\n'


def failure(done) -> dict:
    return json.loads(done.stderr.splitlines()[-1])["error"]


# Fetching


def test_a_task_that_never_was_and_one_that_has_finished_are_told_apart(deck, queue, push, tasks, worker):
    never = deck("tasks", "debug", QUEUE, "nothing", "--handler", worker.url)
    assert never.status == 1 and "does not exist" in never.stderr
    task = push()
    tasks.delete_task(name=f"{queue}/tasks/{task}")
    for arguments in ([QUEUE, task], [task]):
        gone = deck("tasks", "debug", *arguments, "--handler", worker.url, "-o", "json")
        assert gone.status == 1
        assert "has finished or was deleted" in failure(gone)["title"]


def test_an_id_alone_is_found_in_whichever_queue_has_it(deck, push, tasks, worker):
    tasks.create_queue(parent=PARENT, queue=tasks_v2.Queue(name=queue_name("other")))
    task = push()
    found = deck("tasks", "debug", task, "--handler", worker.url, "-o", "json")
    assert json.loads(found.stdout)["task"] == f"{queue_name(QUEUE)}/tasks/{task}"
    assert deck("tasks", "debug", "nothing", "--handler", worker.url).status == 1


def test_tasks_come_from_files_and_standard_input_without_a_project(taskdeck, deck, push, worker):
    task = push()
    shown = deck("tasks", "show", QUEUE, task, "-o", "json").stdout
    exported = deck("tasks", "export", QUEUE).stdout
    for text in (shown, exported, f"[{shown}]"):
        done = taskdeck.run("tasks", "debug", "--from", "-", "--handler", worker.url, "-o", "json", stdin=text)
        assert (json.loads(done.stdout)["outcome"], done.status) == ("succeeded", 0), done.stderr
    assert [request.body for request in worker.received("/work/tasks/MyTask")] == [b'{"x": 1}'] * 3
    nothing = taskdeck.run("tasks", "debug", "--from", "-", "--handler", worker.url, stdin="{")
    assert nothing.status == 64 and "line 1" in nothing.stderr


def test_permission_for_bodies_is_named(push, worker, taskdeck, emulator):
    task = push()
    proxy = FaultProxy(emulator.url)
    proxy.rule = lambda method, path, number: 403 if "/tasks/" in path else PASS
    try:
        done = taskdeck.run("tasks", "debug", QUEUE, task, "--handler", worker.url, "--endpoint", proxy.url)
    finally:
        proxy.stop()
    assert done.status == 1 and "cloudtasks.tasks.fullView" in done.stderr, done.stderr


# Payloads


def test_a_payload_that_is_not_json_is_refused_for_django_only(django, deck, push, worker):
    task = push(b"\xff\xfe\x00binary", "MyTask")
    refused = deck("tasks", "debug", QUEUE, task, "-o", "json")
    assert refused.status == 1 and failure(refused)["title"] == "The payload is not a JSON object"
    sent = deck("tasks", "debug", QUEUE, task, "--handler", worker.url, "-o", "json")
    assert sent.status == 0
    assert worker.received("/work/tasks/MyTask")[0].body == b"\xff\xfe\x00binary"
    array = push(b"[1]", "MyTask")
    assert "no object" in deck("tasks", "debug", QUEUE, array).stderr


def test_a_compressed_payload_is_unpacked_for_programs_and_sent_untouched_over_http(
    taskdeck, config, deck, push, worker
):
    packed = gzip.compress(b'{"b": 1.50, "a": 2}', mtime=0)
    task = push(packed, **{"Content-Encoding": "gzip"})
    config(script(taskdeck, "cat"))
    assert deck("tasks", "debug", QUEUE, task, "-o", "json").stdout.count('{\\"b\\": 1.50, \\"a\\": 2}') == 1
    deck("tasks", "debug", QUEUE, task, "--handler", worker.url)
    assert worker.received("/work/tasks/MyTask")[0].body == packed


def test_a_payload_of_a_mebibyte_arrives_whole(taskdeck, config, deck, queue):
    payload = json.dumps({"x": "y" * (1 << 20)})
    file = taskdeck.home / "task.json"
    file.write_text(json.dumps({"httpRequest": {"url": "http://x/MyTask"}, "payload": json.loads(payload)}))
    config(script(taskdeck, "wc -c"))
    done = deck("tasks", "debug", "--from", str(file), "-o", "json")
    assert abs(int(json.loads(done.stdout)["stdout"]) - len(payload)) < 4


def test_another_payload_runs_instead_and_its_changed_keys_are_shown(taskdeck, config, deck, push):
    task = push(b'{"x": 1, "y": {"z": 2}}')
    config(script(taskdeck, "cat"))
    done = deck("tasks", "debug", QUEUE, task, "--payload", '{"x": 1, "y": {"z": 3}, "new": null}')
    assert '{"x": 1, "y": {"z": 3}, "new": null}' in done.stdout
    assert "~ y.z: 2 → 3" in done.stderr and "+ new: null" in done.stderr
    wrong = deck("tasks", "debug", QUEUE, task, "--payload", '{"x": }')
    assert wrong.status == 64 and "column 7" in wrong.stderr


# The editor


def editor(taskdeck, text: str) -> None:
    path = taskdeck.home / "editor.sh"
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o700)
    taskdeck.environment["EDITOR"] = str(path)


def test_the_editor_gets_the_payload_and_its_faults_back(taskdeck, config, deck, push):
    task = push(b'{"x":1}')
    config(script(taskdeck, "cat"))
    # The first visit leaves what is no JSON; the second one sees the place and mends it.
    editor(
        taskdeck,
        'cp "$1" "$HOME/seen.$(ls $HOME/seen.* 2>/dev/null | wc -l)"\n'
        'if grep -q "^#!" "$1"; then echo \'{"x": 5}\' > "$1"; else printf \'{\\n  "x": oops\\n}\' > "$1"; fi\n',
    )
    done = deck("tasks", "debug", QUEUE, task, "--edit")
    assert done.status == 0, done.stderr
    assert "~ x: 1 → 5" in done.stderr and "line 2, column 8" in done.stderr
    assert '{"x": 5}' in done.stdout
    assert (taskdeck.home / "seen.0").read_text() == '{\n  "x": 1\n}\n'
    assert (taskdeck.home / "seen.1").read_text().startswith("#! line 3, column 8")


def test_an_editor_that_fails_is_missing_or_gives_up_runs_nothing(taskdeck, config, deck, push):
    task = push()
    config(script(taskdeck, "touch $HOME/ran"))
    editor(taskdeck, "exit 3")
    assert "ended with status 3" in deck("tasks", "debug", QUEUE, task, "--edit").stderr
    taskdeck.environment["EDITOR"] = "/no/such/editor"
    assert "There is no editor" in deck("tasks", "debug", QUEUE, task, "--edit").stderr
    editor(taskdeck, 'echo "{" > "$1"')
    given_up = deck("tasks", "debug", QUEUE, task, "--edit")
    assert given_up.status == 64 and "is kept in" in given_up.stderr
    assert not (taskdeck.home / "ran").exists()


# Handlers


def test_unknown_handlers_and_missing_programs_say_what_there_is(taskdeck, config, deck, push):
    task = push()
    none = deck("tasks", "debug", QUEUE, task)
    assert none.status == 64 and "There is no handler" in none.stderr
    config('handlers: {a: {kind: http, base: "http://127.0.0.1:9"}, b: {kind: command, run: ["./nothing"]}}\n')
    several = deck("tasks", "debug", QUEUE, task)
    assert several.status == 64 and "Which handler" in several.stderr
    unknown = deck("tasks", "debug", QUEUE, task, "--handler", "aa")
    assert unknown.status == 64 and "Did you mean a?" in unknown.stderr
    silent = deck("tasks", "debug", QUEUE, task, "--handler", "a")
    assert silent.status == 1 and "Nothing listens at http://127.0.0.1:9" in silent.stderr
    missing = deck("tasks", "debug", QUEUE, task, "--handler", "b")
    assert missing.status == 1 and "there is no such file" in missing.stderr


def test_rules_choose_by_class_and_the_first_wins(taskdeck, config, deck, push, worker):
    config(
        script(taskdeck, "echo script")
        + f'replay:\n  - {{class: "Sync*", handler: script}}\n  - {{handler: {"web"}}}\n'
    )
    text = (taskdeck.home / "taskdeck.yaml").read_text()
    config(text.replace("handlers: {", f'handlers: {{web: {{kind: http, base: "{worker.url}"}}, '))
    synced = deck("tasks", "debug", QUEUE, push(taskclass="SyncAll"), "-o", "json")
    assert json.loads(synced.stdout)["handler"] == "script"
    other = deck("tasks", "debug", QUEUE, push(), "-o", "json")
    assert json.loads(other.stdout)["handler"] == "web"


def test_programs_in_a_file_that_others_can_write_are_refused(taskdeck, config, deck, push):
    task = push()
    config(script(taskdeck, "touch $HOME/ran")).chmod(0o666)
    refused = deck("tasks", "debug", QUEUE, task)
    assert refused.status != 0 and "writable" in refused.stderr
    assert not (taskdeck.home / "ran").exists()


def test_a_base_that_is_not_this_machine_wants_a_yes(deck, push):
    task = push()
    asked = deck("tasks", "debug", QUEUE, task, "--handler", "http://192.0.2.1:8000", "--timeout", "1s")
    assert asked.status == 64 and "which is not this machine" in asked.stderr
    sent = deck("tasks", "debug", QUEUE, task, "--handler", "http://192.0.2.1:8000", "--timeout", "1s", "--yes")
    assert sent.status == 1


def test_a_protected_context_warns_with_the_handlers_name(taskdeck, config, push, emulator):
    task = push()
    config(
        f"contexts: {{prod: {{project: local, locations: [us-central1], emulator: '{emulator.url}', protected: true}}}}\n"
        + script(taskdeck, "true")
    )
    done = taskdeck.run("tasks", "debug", QUEUE, task, "--context", "prod")
    assert done.status == 0
    assert "protected context prod will run in the handler script" in done.stderr


# Children


@pytest.mark.parametrize("text", ["sleep 60", "trap '' TERM; while :; do sleep 0.1; done"])
def test_a_child_that_is_late_or_ignores_sigterm_is_ended(taskdeck, config, deck, push, text):
    task = push()
    config(script(taskdeck, text))
    start = time.monotonic()
    done = deck("tasks", "debug", QUEUE, task, "--timeout", "1s", "-o", "json")
    assert time.monotonic() - start < 20
    assert (json.loads(done.stdout)["outcome"], done.status) == ("timed-out", 1)


def test_a_child_that_writes_a_gigabyte_or_closes_its_output(taskdeck, config, deck, push):
    task = push()
    config(script(taskdeck, "yes | head -c 1000000000; exit 3"))
    done = deck("tasks", "debug", QUEUE, task, "-o", "json")
    assert json.loads(done.stdout)["exitStatus"] == 3
    assert len(done.stdout) < 8 << 20
    config(script(taskdeck, "echo first; exec 1>&- 2>&-; sleep 0.2; exit 5"))
    closed = json.loads(deck("tasks", "debug", QUEUE, task, "-o", "json").stdout)
    assert (closed["exitStatus"], closed["stdout"]) == (5, "first\n")


def test_what_a_child_prints_cannot_act_on_the_terminal(taskdeck, config, deck, push):
    task = push()
    config(script(taskdeck, "printf '\\033[31mred\\033[0m \\033[2J\\033]0;t\\007x\\n'"))
    done = deck("tasks", "debug", QUEUE, task)
    assert "red x" in done.stdout and "\x1b" not in done.stdout


# The project


def test_an_unknown_class_names_its_neighbours(django, deck, push):
    done = deck("tasks", "debug", QUEUE, push(taskclass="MyTsk"), "-o", "json")
    error = failure(done)
    assert (error["title"], done.status) == ("The project has no task class MyTsk", 1)
    assert "MyTask" in error["reason"]


def test_a_missing_interpreter_and_missing_settings_are_named(config, django, deck, push):
    task = push()
    config(f'handlers: {{django: {{kind: django, directory: "{FOLDER}", python: "/no/such/python"}}}}\n')
    assert "/no/such/python: there is no such file" in deck("tasks", "debug", QUEUE, task).stderr
    config(DJANGO.replace("shop.settings", "shop.nothing"))
    missing = deck("tasks", "debug", QUEUE, task)
    assert missing.status == 1 and "shop.nothing" in missing.stderr
    config(DJANGO.replace(sys.executable, "/usr/bin/python3"))
    assert "lacks django" in deck("tasks", "debug", QUEUE, task).stderr


def test_an_import_error_of_the_project_shows_its_traceback(taskdeck, config, django, deck, push):
    broken = taskdeck.home / "project"
    (broken / "mine").mkdir(parents=True)
    (broken / "mine/__init__.py").write_text("")
    (broken / "mine/settings.py").write_text("import mine.missing_thing\n")
    config(
        f'handlers: {{django: {{kind: django, directory: "{broken}", python: "{sys.executable}", settings: mine.settings}}}}\n'
    )
    done = deck("tasks", "debug", QUEUE, push())
    assert done.status == 1
    assert f'> File "{broken}/mine/settings.py", line 1' in done.stderr
    assert "The project cannot be imported" in done.stderr


def test_function_paths_of_the_task_scheduler_app_run(taskdeck, config, deck):
    project = taskdeck.home / "project"
    (project / "reports").mkdir(parents=True)
    (project / "reports/__init__.py").write_text("")
    (project / "reports/settings.py").write_text("SECRET_KEY = 'x'\nINSTALLED_APPS = []\n")
    (project / "reports/tasks.py").write_text(
        "class RetryableFunction:\n"
        "    def __init__(self, func): self.func = func\n"
        "    def execute(self, **kwargs): raise AssertionError('execute swallows failures')\n"
        "def daily(kind='summary'): return {'kind': kind}\n"
        "retryable = RetryableFunction(daily)\n"
    )
    config(
        f'handlers: {{django: {{kind: django, directory: "{project}", python: "{sys.executable}", settings: reports.settings}}}}\n'
    )
    for path in ("reports.tasks.daily", "reports.tasks.retryable"):
        done = taskdeck.run("tasks", "debug", "--function", path, "--payload", '{"kind": "full"}', "-o", "json")
        assert json.loads(done.stdout)["result"] == {"kind": "full"}, done.stderr
    assert taskdeck.run("tasks", "debug", "--function", "reports.tasks.daly").status == 1


def test_no_credentials_are_needed_to_run_a_task_that_publishes(taskdeck, config, deck, push, emulator):
    project = taskdeck.home / "project"
    (project / "mine").mkdir(parents=True)
    (project / "mine/__init__.py").write_text("")
    (project / "mine/settings.py").write_text(
        "SECRET_KEY = 'x'\nINSTALLED_APPS = ['django.contrib.contenttypes', 'django_cloud_tasks', 'mine']\n"
        "REST_FRAMEWORK = {}\n"
    )
    (project / "mine/tasks.py").write_text(
        "from django_cloud_tasks.tasks import PublisherTask\nclass Told(PublisherTask):\n    pass\n"
    )
    config(
        f'handlers: {{django: {{kind: django, directory: "{project}", python: "{sys.executable}", settings: mine.settings, '
        'environment: {NO_GCE_CHECK: "true", GCP_PROJECT: p, GCP_LOCATION: l}}}\n'
    )
    done = deck("tasks", "debug", QUEUE, push(b'{"message": {"id": 1}}', "Told"), "-o", "json")
    assert done.stdout, done.stderr
    outcome = json.loads(done.stdout)
    assert outcome["outcome"] == "succeeded", outcome["stderr"]
    assert "not published" in outcome["stdout"]


def test_a_newcomer_with_a_manage_py_needs_no_configuration(taskdeck, deck, push, django):
    (taskdeck.home / "taskdeck.yaml").unlink()
    for path in FOLDER.iterdir():
        (taskdeck.home / path.name).symlink_to(path)
    taskdeck.environment["VIRTUAL_ENV"] = sys.prefix
    done = deck("tasks", "debug", QUEUE, push(), "-o", "json")
    outcome = json.loads(done.stdout)
    assert (outcome["handler"], outcome["result"]) == ("django", {"doubled": 2}), outcome["stderr"]


# Afterwards


def test_then_discard_removes_the_task_and_undo_brings_it_back(taskdeck, config, deck, push, tasks, queue):
    task = push()
    config(script(taskdeck, "exit $(cat $HOME/status)"))
    (taskdeck.home / "status").write_text("1")
    assert deck("tasks", "debug", QUEUE, task, "--then", "discard").status == 64
    kept = deck("tasks", "debug", QUEUE, task, "--then", "discard", "--yes", "-o", "json")
    assert kept.status == 1 and json.loads(kept.stdout)["outcome"] == "failed"
    assert tasks.get_task(name=f"{queue}/tasks/{task}")
    (taskdeck.home / "status").write_text("0")
    done = deck("tasks", "debug", QUEUE, task, "--then", "discard", "--yes", "-o", "json")
    discarded = json.loads(done.stdout)["then"]
    assert discarded["discarded"] == [f"{queue}/tasks/{task}"]
    assert list(tasks.list_tasks(parent=queue)) == []
    # From the trash it can still be run.
    again = deck("tasks", "debug", "--journal", str(discarded["journal"]), "-o", "json")
    assert (json.loads(again.stdout)["outcome"], again.status) == ("succeeded", 0)
    undone = deck("journal", "undo", str(discarded["journal"]), "--yes", "-o", "json")
    assert len(json.loads(undone.stdout)["restored"]) == 1
    (back,) = tasks.list_tasks(parent=queue)
    assert back.http_request.url.endswith("/MyTask")


def test_a_task_that_goes_between_the_run_and_its_discard_is_no_failure(taskdeck, config, deck, push, queue, emulator):
    task = push()
    config(script(taskdeck, 'curl -s -X DELETE "$DELETE"'))
    taskdeck.environment["DELETE"] = f"{emulator.url}/v2/{queue}/tasks/{task}"
    done = deck("tasks", "debug", QUEUE, task, "--then", "discard", "--yes", "-o", "json")
    assert done.status == 0, done.stderr
    assert json.loads(done.stdout)["then"]["gone"] == [f"{queue}/tasks/{task}"]


def test_a_dry_run_runs_nothing(taskdeck, config, deck, push):
    config(script(taskdeck, "touch $HOME/ran"))
    done = deck("tasks", "debug", QUEUE, push(), "--dry-run", "-o", "json")
    assert (json.loads(done.stdout)["outcome"], done.status) == (None, 0)
    assert not (taskdeck.home / "ran").exists()


# Many at once, and the history


def test_many_run_in_parallel_with_a_row_each_and_a_summary(taskdeck, config, deck, push):
    ids = [push(json.dumps({"n": n}).encode()) for n in range(6)]
    config(script(taskdeck, 'read line; case "$line" in *3*|*4*) exit 1;; esac'))
    done = deck("tasks", "debug", QUEUE, "--all", "--parallel", "3", "-o", "json")
    summary = json.loads(done.stdout)
    assert (summary["succeeded"], summary["failed"], summary["skipped"], done.status) == (4, 2, 0, 3)
    assert {replay["task"].rsplit("/", 1)[1] for replay in summary["replays"]} == set(ids)
    rows = deck("tasks", "debug", QUEUE, "--class", "MyTask").stdout.splitlines()
    assert rows[0].split() == ["CLASS", "ID", "OUTCOME", "STATUS", "TIME", "WHY"]
    assert len(rows) == 7
    config(script(taskdeck, "exit 1"))
    stopped = deck("tasks", "debug", QUEUE, "--all", "--stop-after", "2", "-o", "json")
    assert (json.loads(stopped.stdout)["skipped"], stopped.status) == (4, 1)
    nothing = deck("tasks", "debug", QUEUE, "--class", "Nothing", "-o", "json")
    assert (json.loads(nothing.stdout)["replays"], nothing.status) == ([], 0)


def test_replays_are_remembered_and_compared(taskdeck, config, deck, push):
    task = push()
    config(script(taskdeck, "cat; echo; echo same"))
    deck("tasks", "debug", QUEUE, task)
    deck("tasks", "debug", QUEUE, task, "--payload", '{"x": 2}')
    newest, oldest = json.loads(deck("journal", "replays", "list", "-o", "json").stdout)
    assert (newest["replay"], oldest["replay"], newest["edited"], oldest["edited"]) == (2, 1, True, False)
    shown = json.loads(deck("journal", "replays", "show", "1", "-o", "json").stdout)
    assert (shown["payload"], shown["stdout"]) == ({"x": 1}, '{"x": 1}\nsame\n')
    compared = json.loads(deck("journal", "replays", "diff", "1", "2", "-o", "json").stdout)
    assert compared["payload"] == [{"field": "x", "before": 1, "after": 2}]
    assert compared["output"] == [{"left": '{"x": 1}', "right": '{"x": 2}'}]
    assert "~ x: 1 → 2" in deck("journal", "replays", "diff", "1", "2").stdout
    assert deck("journal", "replays", "show", "9").status == 1


def test_ctrl_c_ends_the_whole_group(taskdeck, config, deck, push, emulator):
    task = push()
    config(script(taskdeck, "echo $$ > $HOME/pid; sleep 60"))
    child = subprocess.Popen(
        [taskdeck.path, "tasks", "debug", QUEUE, task, "--endpoint", emulator.url],
        env=taskdeck.environment, cwd=taskdeck.home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    pid = wait_until(lambda: (path := taskdeck.home / "pid").exists() and path.read_text().strip(), "the child")
    child.send_signal(2)
    _, errors = child.communicate(timeout=20)
    assert child.returncode == 130 and "was called off" in errors
    assert not Path(f"/proc/{pid}").exists()
