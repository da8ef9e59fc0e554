"""Waiting for a condition, instead of for a time."""

import time
from collections.abc import Callable
from typing import Final, TypeVar
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

POLL_SECONDS: Final = 0.05
Result = TypeVar("Result")


def wait_for(condition: Callable[[], Result | None], *, seconds: float, what: str) -> Result:
    """The condition's first result that is true.

    Raises:
        TimeoutError: It did not come in time; the text says what.
    """
    deadline = time.monotonic() + seconds
    while True:
        if result := condition():
            return result
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come within {seconds:g} seconds")
        time.sleep(POLL_SECONDS)


def answers(url: str) -> bool:
    """Whether something at a local address answers with success."""
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
