"""A Django project whose PeriodicTasks a test writes itself, in a folder of its own."""

import shutil
import subprocess
import sys
from pathlib import Path

from helpers.google_clients import LOCATION, PROJECT
from helpers.shop import FOLDER

HEADER = "from datetime import timedelta\n\nfrom django_cloud_tasks.tasks import PeriodicTask, SubscriberTask\n"


class ScheduleProject:
    """`define` writes the tasks, `manage` runs the library's own commands."""

    def __init__(self, emulator: str, environment: dict[str, str], home: Path, app: str | None = "shop"):
        self.folder = home / "project"
        shutil.copytree(FOLDER, self.folder)
        (self.folder / "shop/messages.py").write_text("")
        self.environment = environment | {
            "SHOP_EMULATOR": emulator,
            "GCP_PROJECT": PROJECT,
            "GCP_LOCATION": LOCATION,
            "DJANGO_CLOUD_TASKS_ENDPOINT": "http://127.0.0.1:9",
            "PYTHONDONTWRITEBYTECODE": "1",
            # taskdeck looks for the interpreter of the active virtual environment.
            "VIRTUAL_ENV": sys.prefix,
        }
        if app:
            self.environment["DJANGO_CLOUD_TASKS_APP_NAME"] = app

    def define(self, code: str) -> None:
        (self.folder / "shop/tasks.py").write_text(HEADER + code)

    def manage(self, *arguments: str, **environment: str) -> str:
        """What a command of manage.py printed; it must succeed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            capture_output=True, text=True, env=self.environment | environment, cwd=self.folder, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def schedule_tasks(self, **environment: str) -> list[str]:
        """The library's own lines, without the first."""
        return self.manage("schedule_tasks", **environment).splitlines()[1:]
