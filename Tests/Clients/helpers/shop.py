"""The Django project in django_project/, run in processes of its own as a deployment would."""

import json
import subprocess
import sys
from pathlib import Path

from helpers.google_clients import LOCATION, PROJECT

FOLDER = Path(__file__).resolve().parents[1] / "django_project"
QUEUE = "shop"


class Shop:
    """The project's manage.py and, once `serve` was called, its worker."""

    def __init__(self, emulator: str, environment: dict[str, str], home: Path):
        self.outage = home / "outage"
        self._log = home / "shop.log"
        self._worker: subprocess.Popen | None = None
        self.environment = environment | {
            "SHOP_EMULATOR": emulator,
            "SHOP_OUTAGE": str(self.outage),
            "GCP_PROJECT": PROJECT,
            "GCP_LOCATION": LOCATION,
            "DJANGO_CLOUD_TASKS_APP_NAME": QUEUE,
            # Nothing listens on port 9 ("discard"): until `serve`, tasks have nowhere to go.
            "DJANGO_CLOUD_TASKS_ENDPOINT": "http://127.0.0.1:9",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def manage(self, *arguments: str) -> str:
        """What a command of manage.py printed; it must succeed."""
        done = self._manage(*arguments)
        assert done.returncode == 0, f"manage.py {' '.join(arguments)} ended with {done.returncode}\n{done.stderr}"
        return done.stdout

    def python(self, code: str) -> object:
        """Runs `code`, which sets `answer`, in `manage.py shell`; the answer comes back through JSON."""
        lines = ["import json", "from shop.tasks import *", code, "print('answer:', json.dumps(answer))"]
        printed = self.manage("shell", "--verbosity", "0", "-c", "\n".join(lines))
        (answer,) = [line for line in printed.splitlines() if line.startswith("answer: ")]
        return json.loads(answer.removeprefix("answer: "))

    def serve(self) -> str:
        """Starts the worker and gives its base URL; from now on tasks are sent there."""
        with self._log.open("w") as log:
            self._worker = subprocess.Popen(
                [sys.executable, "serve.py"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=self.environment,
                cwd=FOLDER,
            )
        # It prints one line and no more, so that reading one line is reading all.
        line = self._worker.stdout.readline()
        assert line.startswith("serving on "), f"the worker did not start:\n{self._log.read_text()}"
        url = line.removeprefix("serving on ").strip()
        self.environment["DJANGO_CLOUD_TASKS_ENDPOINT"] = url
        return url

    def stop(self) -> None:
        """Ends the worker, if there is one."""
        if self._worker:
            self._worker.terminate()
            self._worker.wait(timeout=15)

    def _manage(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            capture_output=True,
            text=True,
            env=self.environment,
            cwd=FOLDER,
            timeout=60,
        )
