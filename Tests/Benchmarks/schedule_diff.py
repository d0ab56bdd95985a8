"""1,000 definitions against 1,000 jobs, each of them changed: what `schedule diff` takes beyond `jobs list`.

Usage: TASKDECK_BIN=... python Tests/Benchmarks/schedule_diff.py (from the repository's root; a release build)
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Clients"))
from helpers import taskdeck as program  # noqa: E402

COUNT, RUNS = 1000, 7


def definitions(hour: int) -> str:
    head = "app: shop\nendpoint: https://app.example.com/tasks\nschedules:\n"
    return head + "".join(
        f'  - {{name: Job{n}, run-every: "{n % 60} {hour} * * *", payload: {{n: {n}}}, oidc: false}}\n' for n in range(COUNT)
    )


def seconds(deck: program.Taskdeck, *arguments: str) -> float:
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        status, _, errors = deck.run(*arguments)
        times.append(time.perf_counter() - start)
        assert status == 0, errors
    return statistics.median(times)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        deck = program.Taskdeck(program.binary(), Path(folder))
        emulator = program.Emulator(deck).start()
        source = Path(folder) / "schedules.yaml"
        source.write_text(definitions(3))
        status, _, errors = deck.run("schedule", "apply", "--source", str(source), "--yes", "--endpoint", emulator.url)
        assert status == 0, errors
        source.write_text(definitions(4))
        listing = seconds(deck, "jobs", "list", "--endpoint", emulator.url, "-o", "json")
        diff = seconds(deck, "schedule", "diff", "--source", str(source), "--endpoint", emulator.url, "-o", "json")
        emulator.stop()
    print(f"jobs list {listing * 1000:.0f} ms, schedule diff {diff * 1000:.0f} ms: {1000 * (diff - listing):.0f} ms beyond")


if __name__ == "__main__":
    main()
