"""The shop's background work, one class for each way in which a task can behave."""

import os
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

from django_cloud_tasks.exceptions import DiscardTaskException
from django_cloud_tasks.tasks import PeriodicTask, Task


def fail_during_outage() -> None:
    """Raises for as long as the file $SHOP_OUTAGE exists; the library's view then answers 500."""
    outage = os.environ.get("SHOP_OUTAGE")
    if outage and Path(outage).exists():
        raise RuntimeError("the warehouse does not answer")


class MyTask(Task):
    """Depends on something that may be down."""

    def run(self, x: int) -> dict:
        fail_during_outage()
        return {"doubled": 2 * x}


class SendWelcomeEmailTask(Task):
    """A plain task with a payload of several fields."""

    def run(self, user_id: int, language: str = "en") -> str:
        return f"welcomed {user_id} in {language}"


class ResizeImageTask(Task):
    """Takes long, so that it asks for a longer deadline than the default."""

    @classmethod
    def get_task_timeout(cls) -> timedelta:
        return timedelta(minutes=15)

    def run(self, image: str) -> str:
        return image


class RebuildIndexTask(Task):
    """At most one at a time: its task's ID is the class name."""

    only_once = True

    def run(self) -> None:
        return None


class ObsoleteTask(Task):
    """Gives up for good: the view answers 202, so that Cloud Tasks does not try again."""

    def run(self) -> None:
        raise DiscardTaskException("nobody needs this any more")


class DescribeAttemptTask(Task):
    """Tells all that it knows of its own attempt."""

    called = "run"

    def process(self, **payload: object) -> dict:
        self.called = "process"
        return super().process(**payload)

    def run(self, note: str) -> dict:
        fail_during_outage()
        known = self._metadata
        names = [field.name for field in fields(known)] + ["attempt_number", "max_retries", "last_attempt"]
        return {name: getattr(known, name) for name in names} | {"note": note, "called": self.called}


class NightlyCleanupTask(PeriodicTask):
    """A job with headers and retries of its own."""

    run_every = "0 3 * * *"

    @classmethod
    def schedule_headers(cls) -> dict:
        return {"X-Job-Type": "cleanup"}

    @classmethod
    def schedule_retries(cls) -> int:
        return 3

    def run(self) -> str:
        return "clean"


class HourlyReportTask(PeriodicTask):
    """A job with the library's defaults, except that it sends no OIDC token."""

    run_every = "5 * * * *"

    @classmethod
    def schedule_use_oidc(cls) -> bool:
        return False

    def run(self) -> str:
        return "reported"
