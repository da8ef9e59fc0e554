"""When endpoints were last heard, from the archive."""

from collections.abc import Collection
from itertools import islice
from typing import Final

from jamwire.operations.archive import Archive, Selection
from lambdas.contracts.event import timestamp

MAX_READ: Final = 5_000
"""Events that are looked through, the newest: who is not among them has been silent while others were busy."""


def last_heard(archive: Archive, endpoints: Collection[str], now: float) -> dict[str, str]:
    """When the newest event of each endpoint was accepted, RFC 3339; those are missing that have not been found.

    Raises:
        OperationError: The account cannot be asked.
    """
    heard: dict[str, str] = {}
    everything = Selection(timestamp(now - archive.kept_seconds), timestamp(now))
    for summary in islice(archive.find(everything, newest_first=True), MAX_READ):
        if summary.endpoint in endpoints:
            heard.setdefault(summary.endpoint, summary.time)
        if len(heard) == len(endpoints):
            break
    return heard
