"""When endpoints were last heard, from the archive."""

from collections.abc import Collection
from typing import Final

from jamwire.operations.archive import Archive
from jamwire.operations.event_pages import newest_parts
from jamwire.operations.selection import Selection
from lambdas.contracts.event import timestamp

MAX_READ: Final = 5_000
"""Events that are looked through, the newest: who is not among them has been silent while others were busy."""

READ_AT_ONCE: Final = 500


def last_heard(archive: Archive, endpoints: Collection[str], now: float) -> dict[str, str]:
    """When the newest event of each endpoint was accepted, RFC 3339; those are missing that have not been found.

    Raises:
        OperationError: The account cannot be asked.
    """
    heard: dict[str, str] = {}
    everything = Selection(timestamp(now - archive.kept_seconds), timestamp(now))
    read = 0
    for part in newest_parts(archive, everything, None, READ_AT_ONCE):
        for summary in part.found:
            if summary.endpoint in endpoints:
                heard.setdefault(summary.endpoint, summary.time)
        read += part.read
        if len(heard) == len(endpoints) or read >= MAX_READ:
            break
    return heard
