"""The real console against services that are slow, refuse, go away and come back: what it shows meanwhile."""

import json
from collections.abc import Callable, Iterator

import pytest

from helpers.scripted_google import Answer, ScriptedGoogle, refusal
from helpers.taskdeck import Emulator, Taskdeck
from helpers.terminal import Terminal


def queue(location: str, name: str) -> dict:
    return {"name": f"projects/shop/locations/{location}/queues/{name}", "state": "RUNNING"}


@pytest.fixture
def google() -> Iterator[ScriptedGoogle]:
    server = ScriptedGoogle()
    yield server
    server.stop()


@pytest.fixture
def console(taskdeck: Taskdeck, terminal: Terminal) -> Callable[..., Terminal]:
    """`console(*flags)` opens the console in a terminal."""

    def open_it(*flags: str) -> Terminal:
        terminal.type(f"{taskdeck.path} {' '.join(flags)}")
        terminal.press("Enter")
        return terminal

    return open_it


def test_a_location_that_takes_a_minute_does_not_hold_back_the_other(console, google):
    google.answers = {
        "/locations/us-central1/queues": Answer(body={"queues": [queue("us-central1", "orders")]}),
        "/locations/europe-west1/queues": Answer(body={"queues": []}, after=60),
        "/locations/asia-east1/queues": refusal(403, "PERMISSION_DENIED", "no entry"),
    }
    places = " ".join(f"--location {name}" for name in ("us-central1", "europe-west1", "asia-east1"))
    shown = console(f"--endpoint {google.url} --project shop {places}")
    shown.wait_for("orders")
    screen = shown.wait_for("Waiting for europe-west1")
    assert "asia-east1 of project shop: not allowed" in " ".join(screen.split())
    shown.press("q")
    shown.wait_for(Terminal.PROMPT.strip())


def test_a_list_of_several_pages_is_shown_page_by_page(console, google):
    pages = [{"queues": [queue("us-central1", "first")], "nextPageToken": "2"}, {}]
    google.answers = {"/queues": Answer(body=pages[0])}
    # The second page never comes: the same path answers late once the first has been given.
    real = google._answer

    def answer(path: str) -> Answer:
        found = real(path)
        if path.endswith("/queues"):
            google.answers["/queues"] = Answer(body={"queues": []}, after=60)
        return found

    google._answer = answer
    shown = console(f"--endpoint {google.url} --project shop --location us-central1")
    shown.wait_for("first")
    shown.wait_for("Waiting for us-central1")


def test_an_endpoint_that_goes_away_and_comes_back(console, taskdeck, terminal):
    data = taskdeck.home / "emulator.db"
    emulator = Emulator(taskdeck, "--data", str(data)).start()
    port = int(emulator.url.rsplit(":", 1)[1])
    assert taskdeck.run("queues", "create", "orders", "--endpoint", emulator.url).status == 0
    shown = console(f"--endpoint {emulator.url}")
    shown.wait_for("● live")
    emulator.stop()
    screen = shown.wait_for("✗ stale")
    assert "orders" in screen, "the last good rows stay"
    shown.wait_for("sked again in")
    again = Emulator(taskdeck, "--data", str(data), port=port).start()
    try:
        shown.press("r")
        shown.wait_for("● live")
        assert "stale" not in shown.screen()
        shown.press("q")
        shown.wait_for(Terminal.PROMPT.strip())
    finally:
        again.stop()


def test_a_plan_that_waits_for_the_list_budget_says_so(console, taskdeck, emulator):
    taskdeck.run("queues", "create", "orders", "--endpoint", emulator.url)
    taskdeck.run("tasks", "push", "orders", "--url", "http://127.0.0.1:9/x", "--in", "2h", "--endpoint", emulator.url)
    shown = console(f"--endpoint {emulator.url} --list-calls 2")
    shown.wait_for("orders")
    shown.press("Enter")
    shown.wait_for("Loading") if "1 task" not in shown.screen() else None
    shown.press("r")
    shown.press("r")
    shown.wait_for("for the list budget (2 a minute); it goes on in")


def test_too_many_calls_are_told_before_the_client_gives_up(console, google):
    google.answers = {"/queues": refusal(429, "RESOURCE_EXHAUSTED", "Quota exceeded")}
    shown = console(f"--endpoint {google.url} --project shop --location us-central1")
    shown.wait_for("too many calls, says the service (429)")


def test_lists_of_several_locations_are_aligned_and_a_refused_one_hides_no_other(taskdeck, google):
    google.answers = {
        "/locations/a/queues": Answer(body={"queues": [queue("a", "short")]}),
        "/locations/b/queues": refusal(403, "PERMISSION_DENIED", "no entry"),
        "/locations/c/queues": Answer(body={"queues": [queue("c", "a-queue-with-a-long-name")]}),
    }
    flags = ("--endpoint", google.url, "--project", "shop", "--location", "a", "--location", "b", "--location", "c")
    status, stdout, stderr = taskdeck.run("queues", "list", *flags)
    lines = stdout.splitlines()
    assert status == 1
    assert "Location b of project shop: not allowed" in stderr
    column = lines[0].index("LOCATION")
    assert [line[column] for line in lines[1:]] == ["a", "c"]
    _, stdout, _ = taskdeck.run("queues", "list", "-o", "json", *flags)
    with pytest.raises(json.JSONDecodeError):
        json.loads(stdout)
