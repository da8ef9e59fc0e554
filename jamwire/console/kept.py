"""Answers that cost time or money, kept for some seconds: the page asks for the same again and again."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Final, TypeVar

Answer = TypeVar("Answer")

KEPT: Final = 60.0
"""Seconds for which metrics and logs are not asked for again, which are paid for by the question."""

KEPT_LOCAL: Final = 2.0
"""The same on a local account, where nobody pays."""


class Kept:
    """Answers by their questions.

    Args:
        clock: Unix time in seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._answers: dict[Hashable, tuple[float, Any]] = {}

    def __call__(self, question: Hashable, seconds: float, ask: Callable[[], Answer]) -> Answer:
        """The answer, which is asked for where it is older than so many seconds."""
        with self._lock:
            until, answer = self._answers.get(question, (0.0, None))
        if self._clock() < until:
            kept: Answer = answer
            return kept
        fresh = ask()
        with self._lock:
            now = self._clock()
            self._answers = {asked: kept for asked, kept in self._answers.items() if now < kept[0]}
            self._answers[question] = (now + seconds, fresh)
        return fresh

    def forget(self) -> None:
        """Ask anew from now on."""
        with self._lock:
            self._answers.clear()
