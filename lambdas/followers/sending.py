"""Sends one message to each of many, many at once, and says what became of each."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from lambdas.contracts.not_sent import Fate, NotSentError
from lambdas.followers.outcomes import Gone, Later, Outcome, Refused, Sent

Failed = Callable[[Fate], object]
"""Counts that a message was not sent."""

OF_FATE: Final[Mapping[Fate, Callable[[str], Outcome]]] = {
    "gone": Gone,
    "refused": Refused,
    "later": lambda reason: Later(None, reason),
    "account": lambda reason: Later(None, reason),
    "unknown": lambda reason: Later(None, reason),
}
"""A message that may have been sent is sent again: rather twice than not at all."""

NEVER_TWICE: Final[Mapping[Fate, Callable[[str], Outcome]]] = OF_FATE | {"unknown": Refused}
"""The same where each message is paid for, and interrupts somebody."""


def attempt(
    send: Callable[[], Outcome | None],
    failed: Failed,
    of_fate: Mapping[Fate, Callable[[str], Outcome]] = OF_FATE,
) -> Outcome:
    """Send one message; an outcome that `send` gives is its outcome, else it was sent."""
    try:
        return send() or Sent()
    except NotSentError as error:
        failed(error.fate)
        return of_fate[error.fate](error.reason)


def all_at_once(sends: Mapping[str, Callable[[], Outcome]], at_once: int) -> dict[str, Outcome]:
    """Make all sends, so many at once; what became of each by its id."""
    with ThreadPoolExecutor(at_once) as pool:
        return dict(zip(sends, pool.map(lambda send: send(), sends.values()), strict=True))
