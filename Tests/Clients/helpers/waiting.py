"""Waiting for something to become true, so that no test has to guess how long a thing takes."""

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")

# Seconds. Long enough for a loaded machine of two cores; a passing test never waits for it.
PATIENCE = 30.0
PAUSE = 0.05


def wait_until(condition: Callable[[], Value], what: str, patience: float = PATIENCE) -> Value:
    """The first true value of `condition`, asked again and again; fails with `what` when none came in time."""
    deadline = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {patience:g} s in vain for: {what} (last seen: {value!r})")
        time.sleep(PAUSE)
