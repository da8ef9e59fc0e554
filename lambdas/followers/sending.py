"""Sends one message to each of many, many at once, and what a message that was not sent means for its recipient."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from lambdas.contracts.not_sent import Fate, NotSentError
from lambdas.followers.outcomes import Gone, Later, Outcome, Refused, Unknown

Failed = Callable[[NotSentError], object]
"""Reports a message that was not sent (`lambdas.runtime.not_sent_report`)."""

Count = Callable[[str, int], object]
"""Counts by a metric's name (`lambdas.runtime.report.count`)."""

OF_FATE: Final[Mapping[Fate, Callable[[str], Outcome]]] = {
    "gone": Gone,
    "refused": Refused,
    "later": partial(Later, None),
    "account": partial(Later, None),
    "unknown": Unknown,
}
"""What becomes of the recipient."""


def all_at_once(sends: Mapping[str, Callable[[], Outcome]], at_once: int) -> dict[str, Outcome]:
    """Make all sends, so many at once; what became of each by its id."""
    with ThreadPoolExecutor(at_once) as pool:
        return dict(zip(sends, pool.map(lambda send: send(), sends.values()), strict=True))
