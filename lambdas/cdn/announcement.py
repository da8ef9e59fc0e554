"""What others are told of an invalidation that CloudFront has completed."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from lambdas.cdn.items import EVERYTHING
from lambdas.cdn.state import Batch
from lambdas.contracts.announcements import Announcement
from lambdas.contracts.builds import PURGED
from lambdas.contracts.event import Notice, timestamp

MAX_SHOWN: Final = 20
"""How many paths are named to people."""

MAX_ANNOUNCED_BYTES: Final = 100_000
"""How much of the names machines are told: an event has 256 KiB."""


def announcements_of(batch: Batch) -> list[Announcement]:
    """That an invalidation is completed, for each build that it was for."""
    return [
        Announcement(
            type=PURGED,
            cause=f"{batch.reference}/{correlation}",
            notice=_notice(batch),
            correlation=correlation,
            body={
                "distributions": dict(batch.ids),
                "began": timestamp(batch.began),
                "items": len(batch.items),
            },
        )
        for correlation in batch.correlations or ("",)
    ]


def _notice(batch: Batch) -> Notice:
    items = batch.items
    named = _first(items, MAX_ANNOUNCED_BYTES)
    more = [f"and {len(items) - MAX_SHOWN} more"] if len(items) > MAX_SHOWN else []
    changed = "everything" if EVERYTHING in items else f"{len(items)} path{'s' * (len(items) != 1)}"
    return Notice(
        title=f"The CDN fetches {changed} anew",
        text="\n".join([*named[:MAX_SHOWN], *more, *_why_everything(batch)]),
        paths=tuple(item for item in named if item.startswith("/")),
        tags=tuple(item[1:] for item in named if item.startswith("#")),
    )


def _why_everything(batch: Batch) -> list[str]:
    if not batch.unplaced:
        return []
    entries = "an entry was" if batch.unplaced == 1 else f"{batch.unplaced} entries were"
    return [f"Where {entries} shown is not known, so everything is fetched."]


def _first(items: Sequence[str], max_bytes: int) -> list[str]:
    """The first items, of so many characters together."""
    lengths = accumulate(len(item) for item in items)
    return [item for item, length in zip(items, lengths, strict=True) if length <= max_bytes]
