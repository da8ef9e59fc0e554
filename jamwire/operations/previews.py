"""Endpoints that tell of previews only: perhaps production has another name by now, and the site stands still."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from jamwire.operations.archive import Archive, EventSummary, Selection
from lambdas.contracts.event import timestamp

LOOKED_BACK: Final = dt.timedelta(days=7)
MAX_READ: Final = 1000
"""How many previews of a type are looked through, newest first."""

_PREVIEWS: Final = ("preview.succeeded", "preview.failed", "preview.cancelled")
_PRODUCTION: Final = tuple(
    f"{family}.{verb}"
    for family in ("deploy", "build")
    for verb in ("succeeded", "failed", "cancelled", "started")
)


@dataclass(frozen=True, slots=True)
class PreviewsOnly:
    """An endpoint of which nothing but previews was heard.

    Attributes:
        endpoint: Its name.
        environments: What the sender called the environments of the newest ones.
    """

    endpoint: str
    environments: tuple[str, ...]

    @property
    def warning(self) -> str:
        """What a person is told of it."""
        named = f" ({', '.join(self.environments)})" if self.environments else ""
        return (
            f"{self.endpoint}: within {LOOKED_BACK.days} days there were previews{named} and no deploy of production. "
            "If the site was deployed, name its environment: Endpoint(…, production=…)"
        )


def find_previews_only(archive: Archive, now: float) -> list[PreviewsOnly]:
    """The endpoints that have told of previews lately, and of no deploy or build of production.

    Args:
        archive: The deployment's.
        now: Unix seconds.

    Raises:
        OperationError: The account cannot be asked.
    """
    since, until = timestamp(now - LOOKED_BACK.total_seconds()), timestamp(now)
    previews: dict[str, list[EventSummary]] = {}
    for type in _PREVIEWS:
        found = archive.find(Selection(since=since, until=until, type=type), newest_first=True)
        for summary in islice(found, MAX_READ):
            previews.setdefault(summary.endpoint, []).append(summary)
    return [
        PreviewsOnly(endpoint, tuple(sorted(set(_environments(archive, told)))))
        for endpoint, told in sorted(previews.items())
        if not any(_any(archive, Selection(since, until, type, endpoint)) for type in _PRODUCTION)
    ]


def _any(archive: Archive, selection: Selection) -> bool:
    return next(archive.find(selection), None) is not None


def _environments(archive: Archive, told: list[EventSummary]) -> Iterator[str]:
    for event in archive.read(told[:10]).values():
        if event.sender.environment:
            yield event.sender.environment
