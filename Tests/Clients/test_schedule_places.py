"""Definitions and jobs in several locations of one project."""

import json

import pytest

from test_schedule import deck, jobs, project, write  # noqa: F401

BOTH = ["--location", "us-central1", "--location", "europe-west1"]
FILE = """\
app: shop
endpoint: https://app.example.com/tasks/
schedules:
  - {name: Here, run-every: "@daily", oidc: false}
  - {name: There, location: europe-west1, run-every: "@hourly", oidc: false}
"""


@pytest.fixture
def places(deck):  # noqa: F811
    """Location and schedule of every job, by ID."""

    def read() -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = {}
        for job in deck("jobs", "list", *BOTH, "--location", "asia-east1")[1]:
            parts = job["name"].split("/")
            found.setdefault(parts[5], []).append((parts[3], job["schedule"]))
        return found

    return read


def create(deck, job: str, location: str, schedule: str = "@daily") -> None:  # noqa: F811
    target = ["--uri", f"https://app.example.com/tasks/{job.split('--')[-1]}", "--payload", "{}"]
    status, _, errors = deck("jobs", "create", job, "--schedule", schedule, *target, "--location", location)
    assert status == 0, errors


def test_a_definition_chooses_its_location_and_the_rest_go_to_the_first(deck, write, places):  # noqa: F811
    source = write(FILE)
    status, plan, errors = deck("schedule", "diff", "--source", source, *BOTH)
    assert (status, plan["added"]) == (0, ["shop--Here", "shop--There"]), errors
    assert any("New jobs go to us-central1" in note for note in plan["notes"])
    assert deck("schedule", "apply", "--source", source, *BOTH, "--yes")[0] == 0
    assert places() == {"shop--Here": [("us-central1", "@daily")], "shop--There": [("europe-west1", "@hourly")]}
    again = deck("schedule", "apply", "--source", source, *BOTH, "--yes")[1]
    assert (again["journal"], again["unchanged"]) == (None, ["shop--Here", "shop--There"])
    # The flag chooses for what the definitions leave open.
    moved = deck("schedule", "diff", "--source", source, "--location", "asia-east1")[1]
    assert (moved["added"], moved["unchanged"]) == (["shop--Here"], ["shop--There"])


def test_a_job_in_another_location_of_the_context_is_not_missing(deck, write, places):  # noqa: F811
    create(deck, "shop--Here", "europe-west1", "0 7 * * *")
    source = write(FILE)
    [update] = deck("schedule", "diff", "--source", source, *BOTH)[1]["updated"]
    assert (update["job"], update["location"]) == ("shop--Here", "europe-west1")
    assert deck("schedule", "apply", "--source", source, *BOTH, "--yes")[0] == 0
    assert places()["shop--Here"] == [("europe-west1", "@daily")]


def test_a_second_job_of_the_same_id_is_never_pruned_on_a_guess(deck, write, places):  # noqa: F811
    create(deck, "shop--Here", "us-central1")
    create(deck, "shop--Here", "europe-west1")
    create(deck, "shop--Old", "europe-west1")
    plan = deck("schedule", "diff", "--source", write(FILE), *BOTH, "--prune")[1]
    assert plan["deleted"] == ["shop--Old"]
    [warning] = plan["warnings"]
    assert (warning["job"], warning["line"]) == ("shop--Here", 4)
    assert "another job of this ID in europe-west1" in warning["message"]
    # Once the definition says where, the other one is the app's own and unnamed.
    said = FILE.replace("{name: Here,", "{name: Here, location: us-central1,")
    assert deck("schedule", "diff", "--source", write(said), *BOTH, "--prune")[1]["deleted"] == ["shop--Here", "shop--Old"]


def test_a_plan_file_of_another_project_is_refused(deck, write, taskdeck, places):  # noqa: F811
    out = taskdeck.home / "plan.json"
    assert deck("schedule", "diff", "--source", write(FILE), *BOTH, "--out", str(out))[0] == 0
    plan = json.loads(out.read_text())
    plan["changes"] = json.loads(json.dumps(plan["changes"]).replace("projects/local/", "projects/other/"))
    out.write_text(json.dumps(plan))
    status, _, errors = deck("schedule", "apply", str(out), *BOTH, "--yes")
    assert (status, "of another place" in errors) == (64, True)
    assert places() == {}


def test_a_location_that_is_none_is_told_with_its_line(deck, write):  # noqa: F811
    status, _, errors = deck("schedule", "diff", "--source", write(FILE.replace("europe-west1", "'no where'")))
    assert status == 64
    assert ":5:" in errors and "is not a location" in errors
