"""Jobs by hand: the editor, and jobs whose last update failed."""

import base64
import json

import pytest

from helpers.fault_proxy import FaultProxy
from test_schedule import deck, jobs, project, write  # noqa: F401

TARGET = ["--uri", "https://app.example.com/tasks/Hand", "--payload", '{"a": 1}', "--header", "X-Auth-Token:sesame"]


@pytest.fixture
def hand(deck):  # noqa: F811
    status, _, errors = deck("jobs", "create", "hand", "--schedule", "0 3 * * *", *TARGET)
    assert status == 0, errors


@pytest.fixture
def editor(taskdeck, project):  # noqa: F811
    """`editor(text)` makes a shell script $EDITOR; the file is its $1."""

    def make(text: str) -> None:
        path = taskdeck.home / "editor.sh"
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        project.environment.pop("VISUAL", None)
        project.environment["EDITOR"] = str(path)

    return make


def test_an_edited_job_is_patched_where_it_differs_and_rolled_back(deck, hand, jobs, editor):  # noqa: F811
    before = jobs()
    editor("""sed -i 's/0 3 \\* \\* \\*/0 4 * * */; s/"timeZone": ".*"/"timeZone": "Europe\\/Paris"/' "$1" """)
    status, changed, errors = deck("jobs", "update", "hand", "--edit", "--yes")
    assert status == 0, errors
    assert (changed["schedule"], changed["timeZone"]) == ("0 4 * * *", "Europe/Paris")
    assert "sesame" not in errors
    assert jobs()["hand"]["httpTarget"] == before["hand"]["httpTarget"]
    assert deck("schedule", "rollback", "--yes")[0] == 0
    assert jobs() == before


def test_the_payload_is_edited_decoded(deck, hand, jobs, editor, taskdeck):  # noqa: F811
    editor(f"""cp "$1" {taskdeck.home}/shown; sed -i 's/"a": 1/"a": 2/' "$1" """)
    status, changed, errors = deck("jobs", "update", "hand", "--edit", "--yes")
    assert (status, changed["payload"]) == (0, {"a": 2}), errors
    assert json.loads((taskdeck.home / "shown").read_text())["httpTarget"]["payload"] == {"a": 1}
    assert changed["httpTarget"]["body"] == base64.b64encode(b'{"a":2}').decode()


def test_an_editor_that_changes_nothing_sends_nothing(deck, hand, jobs, editor):  # noqa: F811
    before = jobs()
    editor("true")
    status, shown, errors = deck("jobs", "update", "hand", "--edit", "--yes")
    assert (status, shown["schedule"]) == (0, "0 3 * * *"), errors
    assert jobs() == before
    assert [entry["action"] for entry in deck("journal", "list")[1]] == ["job-change"]


@pytest.mark.parametrize(
    ("script", "status", "word"),
    [
        ("exit 3", 1, "3"),
        ("""echo '{"schedule": "0 3 * * *", ' > "$1" """, 64, "line"),
        ("""sed -i 's/0 3 \\* \\* \\*/0 99 * * */' "$1" """, 64, "column"),
        ("""sed -i 's/"timeZone": ".*"/"timeZone": "Mars\\/Base"/' "$1" """, 64, "zone"),
        ("""sed -i 's/"schedule"/"schedul"/' "$1" """, 64, 'did you mean \\"schedule\\"'),
        ("""sed -i 's/"schedule"/"state": "PAUSED", "schedule"/' "$1" """, 64, "jobs pause"),
        ("""echo '[]' > "$1" """, 64, "not a json object"),
    ],
)
def test_what_an_editor_spoils_changes_nothing(deck, hand, jobs, editor, script, status, word):  # noqa: F811
    before = jobs()
    editor(script)
    code, _, errors = deck("jobs", "update", "hand", "--edit", "--yes")
    assert code == status, errors
    assert word in errors.lower()
    assert jobs() == before


@pytest.fixture
def broken(emulator):
    """A proxy that shows every job as UPDATE_FAILED until a PATCH of it has passed. (An emulator keeps no such job: there
    an update is done when it is answered.)"""
    proxy, patched = FaultProxy(emulator.url), []

    def rewrite(method: str, path: str, content: bytes) -> bytes:
        if method == "PATCH":
            patched.append(path)
        return content if patched else content.replace(b'"state":"ENABLED"', b'"state":"UPDATE_FAILED"')

    proxy.rewrite = rewrite
    proxy.patched = patched
    yield proxy
    proxy.stop()


def test_a_job_whose_update_failed_is_updated_again_whole(deck, jobs, write, broken):  # noqa: F811
    source = write("app: shop\nendpoint: https://app.example.com\nschedules:\n  - {name: A, run-every: '@daily', oidc: false}\n")
    assert deck("schedule", "apply", "--source", source, "--yes")[0] == 0
    before = jobs()
    assert deck("jobs", "list", endpoint=broken.url)[1][0]["state"] == "UPDATE_FAILED"
    [update] = deck("schedule", "diff", "--source", source, endpoint=broken.url)[1]["updated"]
    assert update["changes"] == [{"field": "state", "before": "UPDATE_FAILED", "after": "ENABLED"}]
    status, outcome, errors = deck("schedule", "apply", "--source", source, "--yes", endpoint=broken.url)
    assert (status, outcome["updated"]) == (0, ["shop--A"]), errors
    assert len(broken.patched) == 1
    assert jobs() == before
    assert deck("schedule", "diff", "--source", source, endpoint=broken.url)[1]["unchanged"] == ["shop--A"]


def test_a_failed_update_is_told_in_words(deck, hand, broken, taskdeck):  # noqa: F811
    done = taskdeck.run("jobs", "show", "hand", "--endpoint", broken.url)
    assert done.status == 0
    assert "UPDATE_FAILED" in done.stdout
    assert json.loads(taskdeck.run("jobs", "show", "hand", "--endpoint", broken.url, "-o", "json").stdout)["state"] == "UPDATE_FAILED"
