"""Fixtures for tests that let real clients talk to the real binary. Nothing here is mocked."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from google.cloud import pubsub_v1, scheduler_v1, tasks_v2

from helpers import google_clients
from helpers import taskdeck as program
from helpers.counting_proxy import CountingProxy
from helpers.terminal import Terminal
from helpers.worker import Worker


@pytest.fixture
def taskdeck(tmp_path: Path) -> program.Taskdeck:
    """The binary under test; a missing one fails the test."""
    return program.Taskdeck(program.binary(), tmp_path)


@pytest.fixture
def run(taskdeck: program.Taskdeck) -> Callable[..., program.Finished]:
    """`run(*arguments)` is (exit status, stdout, stderr) of one taskdeck command."""
    return taskdeck.run


@pytest.fixture
def emulator(taskdeck: program.Taskdeck) -> Iterator[program.Emulator]:
    """A running emulator; SIGTERM must end it with status 0 when the test is over."""
    running = program.Emulator(taskdeck)
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture
def worker() -> Iterator[Worker]:
    """Where tasks and jobs are sent to."""
    server = Worker()
    yield server
    server.stop()


@pytest.fixture
def counted(emulator: program.Emulator) -> Iterator[CountingProxy]:
    """The emulator behind a proxy that counts calls."""
    proxy = CountingProxy(emulator.url)
    yield proxy
    proxy.stop()


@pytest.fixture
def terminal(taskdeck: program.Taskdeck) -> Iterator[Terminal]:
    """A shell in a terminal of 120x36."""
    shown = Terminal(taskdeck.home, taskdeck.environment)
    try:
        yield shown.open()
    finally:
        shown.close()


@pytest.fixture
def tasks(emulator: program.Emulator) -> tasks_v2.CloudTasksClient:
    """Google's Cloud Tasks client."""
    return google_clients.tasks_client(emulator.url)


@pytest.fixture
def scheduler(emulator: program.Emulator) -> scheduler_v1.CloudSchedulerClient:
    """Google's Cloud Scheduler client."""
    return google_clients.scheduler_client(emulator.url)


@pytest.fixture
def publisher(emulator: program.Emulator) -> pubsub_v1.PublisherClient:
    """Google's Pub/Sub client, for topics."""
    return google_clients.publisher_client(emulator.url)


@pytest.fixture
def subscriber(emulator: program.Emulator) -> pubsub_v1.SubscriberClient:
    """Google's Pub/Sub client, for subscriptions."""
    return google_clients.subscriber_client(emulator.url)
