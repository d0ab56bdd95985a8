"""Configuration files and contexts, with the real binary: choice, sources, refusals, protection."""

import json
import stat
from pathlib import Path

import pytest

from helpers.terminal import Terminal

QUEUE = "orders"


def write(taskdeck, text: str, name: str = "taskdeck.yaml") -> Path:
    """A configuration file in the working directory, writable by its owner only."""
    path = taskdeck.home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)
    return path


def setting(shown: dict, key: str) -> tuple:
    """Value and source of one line of `contexts show`."""
    return next((line["value"], line["source"]) for line in shown["settings"] if line["key"] == key)


def contexts(emulator, **settings) -> str:
    """A configuration with the context `prod` on the emulator, and `spare`."""
    lines = "".join(f"    {key.replace('_', '-')}: {json.dumps(value)}\n" for key, value in settings.items())
    return f"contexts:\n  prod:\n    emulator: {emulator.url}\n{lines}  spare: {{emulator: {emulator.url}}}\n"


def test_list_and_show(taskdeck, run, emulator):
    path = write(taskdeck, contexts(emulator, project="acme", protected=True))
    listed = taskdeck.json("contexts", "list", "--context", "prod")
    assert [(row["name"], row["current"], row["protected"]) for row in listed] == [
        ("prod", True, True),
        ("spare", False, False),
    ]
    shown = taskdeck.json("contexts", "show", "prod")
    assert shown["name"] == "prod"
    assert setting(shown, "project") == ("acme", f"{path}:4")
    assert setting(shown, "endpoints.tasks") == (emulator.url, f"{path}:3")
    assert setting(shown, "protected") == (True, f"{path}:5")
    assert setting(shown, "app") == (None, "not set")
    assert all(set(line) == {"key", "value", "source"} for line in shown["settings"])
    table = run("contexts", "show", "prod")
    assert table.status == 0 and "acme" in table.stdout and f"{path}:4" in table.stdout


def test_a_context_wins_over_google_s_variables_and_flags_over_it(taskdeck, run, emulator):
    write(taskdeck, contexts(emulator, project="acme"))
    taskdeck.environment |= {"GOOGLE_CLOUD_PROJECT": "wrong", "CLOUD_TASKS_EMULATOR_HOST": "127.0.0.1:1"}
    made = taskdeck.json("queues", "create", QUEUE, "--context", "prod", "--yes")
    assert made["name"].startswith("projects/acme/")
    assert setting(taskdeck.json("contexts", "show", "prod", "--project", "flag"), "project") == ("flag", "--project")
    taskdeck.environment["TASKDECK_PROJECT"] = "own"
    assert setting(taskdeck.json("contexts", "show", "prod"), "project") == ("own", "TASKDECK_PROJECT")


def test_the_project_s_file_wins_over_the_person_s(taskdeck, emulator):
    write(taskdeck, f"contexts: {{prod: {{project: mine, emulator: {emulator.url}}}}}", "config/taskdeck/config.yaml")
    write(taskdeck, "contexts: {prod: {project: theirs}}")
    shown = taskdeck.json("contexts", "show")
    assert setting(shown, "project")[0] == "theirs" and setting(shown, "endpoints.tasks")[0] == emulator.url
    assert setting(shown, "context") == ("prod", "the only context")


def test_push_by_class_goes_to_the_app_s_endpoint(taskdeck, run, emulator):
    write(taskdeck, contexts(emulator, endpoint="https://app.example.com", service_account="runner@acme.example"))
    taskdeck.environment["TASKDECK_CONTEXT"] = "prod"
    taskdeck.json("queues", "create", QUEUE)
    taskdeck.json("queues", "pause", QUEUE, "--yes")
    pushed = taskdeck.json("tasks", "push", QUEUE, "--class", "SendMail")
    assert pushed["httpRequest"]["url"] == "https://app.example.com/tasks/SendMail" and pushed["class"] == "SendMail"
    assert pushed["httpRequest"]["oidcToken"]["audience"] == "https://app.example.com/tasks/SendMail"
    taskdeck.environment["TASKDECK_APP_ENDPOINT"] = "https://other.example/work/"
    pushed = taskdeck.json("tasks", "push", QUEUE, "--class", "SendMail", "--only-once")
    assert pushed["httpRequest"]["url"] == "https://other.example/work/SendMail"
    assert pushed["name"].endswith("/tasks/SendMail")
    for arguments in ([], ["--class", "a/b"], ["--class", "A", "--url", "http://x/A"]):
        assert run("tasks", "push", QUEUE, *arguments).status == 64
    del taskdeck.environment["TASKDECK_APP_ENDPOINT"]
    status, _, err = run("tasks", "push", QUEUE, "--class", "SendMail", "--context", "spare")
    assert status == 64 and "endpoint is not known" in err


@pytest.mark.parametrize("how", ["flag", "variable"])
def test_an_unknown_context_is_64_with_the_nearest(taskdeck, run, emulator, how):
    write(taskdeck, contexts(emulator))
    if how == "variable":
        taskdeck.environment["TASKDECK_CONTEXT"] = "prd"
    for command in (["queues", "list"], ["contexts", "show"], ["contexts", "list"]):
        status, out, err = run(*command, *(["--context", "prd"] if how == "flag" else []))
        assert (status, out) == (64, "") and "Did you mean prod?" in err, err
    assert run("contexts", "show", "sparre").status == 64


@pytest.mark.parametrize(
    "text, place, words",
    [
        ("contexts:\n  prod:\n    protcted: true\n", "3:5", 'did you mean "protected"?'),
        ("theme: dusk\ntheme: dawn\n", "2:1", "twice"),
        ("contexts: {p: {locations: 7/8}}", "1:27", "not a location"),
        ("contexts: {p: {read-only: maybe}}", "1:27", "true or false"),
        ("keys: {task.discrad: D}", "1:8", 'did you mean "task.discard"?'),
        ("keys: {task.discard: Hyper-D}", "1:22", 'unknown key "Hyper-D"'),
        ("keys: {task.discard: z}", "1:22", "journal.undo as well"),
        ("contexts:\n\tprod: {}\n", "2:1", "not YAML"),
    ],
)
def test_mistakes_are_64_with_file_line_and_column(taskdeck, run, text, place, words):
    path = write(taskdeck, text)
    for command in (["queues", "list"], ["contexts", "list", "-o", "json"]):
        status, out, err = run(*command, "--endpoint", "http://127.0.0.1:1")
        assert (status, out) == (64, "")
        assert f"{path}:{place}:" in err and words in err.replace("\\", ""), err


def test_an_unreadable_file_and_bytes_that_are_no_text_are_64(taskdeck, run):
    path = write(taskdeck, "")
    path.write_bytes(b"theme: \xff\xfe\n")
    status, _, err = run("contexts", "list")
    assert status == 64 and str(path) in err


@pytest.mark.parametrize("where", ["file", "folder"])
@pytest.mark.parametrize("mode", [stat.S_IWOTH, stat.S_IWGRP])
def test_programs_of_a_file_that_others_can_write_are_refused(taskdeck, run, where, mode):
    path = write(taskdeck, 'handlers: {x: {kind: command, run: ["./x.sh"]}}')
    place = path if where == "file" else path.parent
    before = place.stat().st_mode
    assert run("contexts", "list").status == 0
    place.chmod(before | mode)
    status, _, err = run("contexts", "list")
    assert status == 64 and f"{path}:1:12" in err and "writable by" in err and "chmod go-w" in err
    # Without a program to run there is nothing that others could make it do.
    path.write_text("handlers: {x: {kind: http, base: 'http://127.0.0.1:1'}}")
    assert run("contexts", "list").status == 0
    place.chmod(before)


@pytest.fixture
def protected(taskdeck, emulator):
    """A protected context with two tasks in a queue."""
    write(taskdeck, contexts(emulator, protected=True))
    taskdeck.environment["TASKDECK_CONTEXT"] = "prod"
    taskdeck.json("queues", "create", QUEUE)
    taskdeck.json("queues", "pause", QUEUE, "--yes", "--confirm", QUEUE)
    for number in (1, 2):
        taskdeck.json("tasks", "push", QUEUE, "--url", "http://127.0.0.1:1/Work", "--name", f"t{number}")
    return taskdeck


@pytest.mark.parametrize(
    "command",
    [
        ["tasks", "discard", QUEUE, "--all"],
        ["tasks", "discard", QUEUE, "--id", "t1"],
        ["tasks", "run", QUEUE, "t1"],
        ["queues", "resume", QUEUE],
        ["queues", "update", QUEUE, "--max-attempts", "3"],
        ["queues", "purge", QUEUE],
        ["queues", "delete", QUEUE],
    ],
)
def test_a_protected_context_wants_the_name_besides_yes(protected, run, command):
    for more in (["--yes"], ["--yes", "--confirm", "other"], []):
        status, out, err = run(*command, *more)
        assert (status, out) == (64, ""), err
        assert QUEUE in err
    assert len(protected.json("tasks", "list", QUEUE)) == 2
    assert protected.json("journal", "list") == []
    done = run(*command, "--yes", "--confirm", QUEUE)
    assert done.status in (0, 1) and "protected" not in done.stderr, done.stderr


def test_undo_in_a_protected_context_wants_the_name_too(protected, run):
    done = protected.json("tasks", "discard", QUEUE, "--all", "--yes", "--confirm", QUEUE)
    assert run("journal", "undo", str(done["journal"]), "--yes").status == 64
    undone = protected.json("journal", "undo", str(done["journal"]), "--yes", "--confirm", QUEUE)
    assert len(undone["restored"]) == 2


def test_the_journal_knows_the_context(protected):
    protected.json("tasks", "discard", QUEUE, "--all", "--yes", "--confirm", QUEUE)
    assert protected.json("journal", "list")[0]["context"] == "prod"


@pytest.mark.parametrize("how", ["flag", "variable", "context"])
def test_read_only_by_flag_variable_and_context_refuses_with_1(taskdeck, run, emulator, how):
    write(taskdeck, contexts(emulator))
    taskdeck.environment["TASKDECK_CONTEXT"] = "prod"
    taskdeck.json("queues", "create", QUEUE)
    more = ["--read-only"] if how == "flag" else []
    if how == "variable":
        taskdeck.environment["TASKDECK_READ_ONLY"] = "1"
    if how == "context":
        write(taskdeck, contexts(emulator, read_only=True))
    status, out, err = run("queues", "delete", QUEUE, "--yes", *more)
    assert (status, out) == (1, "") and "read-only" in err
    assert [queue["name"].rsplit("/", 1)[1] for queue in taskdeck.json("queues", "list")] == [QUEUE]


def test_the_console_s_start_refuses_a_broken_file(taskdeck, run):
    path = write(taskdeck, "contexts: [")
    status, _, err = run()
    assert status == 64 and f"{path}:" in err


def test_a_command_on_a_terminal_wants_the_name_typed_in_a_protected_context(protected, terminal):
    terminal.type(f"{protected.path} tasks discard {QUEUE} --id t1; echo status $?")
    terminal.press("Enter")
    terminal.wait_for(f"Type {QUEUE} to go ahead:")
    assert "Protected: prod" in terminal.screen()
    terminal.type("y")
    terminal.press("Enter")
    terminal.wait_for("status 1")
    assert len(protected.json("tasks", "list", QUEUE)) == 2


def test_the_console_is_loud_in_a_protected_context_and_wants_the_queue_s_name(protected, terminal):
    terminal.type(str(protected.path))
    terminal.press("Enter")
    shown = terminal.wait_for(QUEUE)
    assert "@prod" in shown and "PROTECTED" in shown
    terminal.press("Enter")
    terminal.wait_for("t1")
    terminal.press("D")
    terminal.press("Enter")
    terminal.wait_for(f"Type {QUEUE} and press Enter")
    terminal.type("other")
    terminal.press("Enter")
    terminal.wait_for("other")
    assert len(protected.json("tasks", "list", QUEUE)) == 2
    terminal.press("C-u")
    terminal.type(QUEUE)
    terminal.press("Enter")
    terminal.wait_for("1 task discarded")
    assert len(protected.json("tasks", "list", QUEUE)) == 1
    assert protected.json("journal", "list")[0]["context"] == "prod"


def test_the_console_takes_read_only_theme_and_keys_from_the_files(taskdeck, emulator, run):
    taskdeck.json("queues", "create", QUEUE, "--endpoint", emulator.url)
    more = "theme: dawn\nkeys: {app.help: F5}\n"
    write(taskdeck, contexts(emulator, read_only=True) + more)
    taskdeck.environment["TASKDECK_CONTEXT"] = "prod"
    terminal = Terminal(taskdeck.home, taskdeck.environment).open()
    try:
        terminal.type(str(taskdeck.path))
        terminal.press("Enter")
        shown = terminal.wait_for(QUEUE)
        assert "read-only" in shown.lower()
        terminal.press("Enter")
        terminal.wait_for(f"> {QUEUE}")
        terminal.press("D")
        terminal.wait_for("nothing can be changed here")
        terminal.press("F5")
        terminal.wait_for("Help: all keys")
    finally:
        terminal.close()
    del taskdeck.environment["TASKDECK_CONTEXT"]
    write(taskdeck, "theme: dask\n")
    status, _, err = run("--endpoint", emulator.url)
    assert status == 64 and "dask" in err
