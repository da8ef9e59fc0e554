"""Endpoints that tell of everything but the site: perhaps it has another name by now, and what is live grows old."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from jamwire.operations.archive import Archive, EventSummary, Selection
from lambdas.contracts.event import timestamp
from lambdas.contracts.event_types import (
    BUILD_FAMILY,
    CONTENT_FAMILY,
    DEPLOY_FAMILY,
    EVENT_TYPES,
    PREVIEW_FAMILY,
)
from lambdas.ingest.source import Source

LOOKED_BACK: Final = dt.timedelta(days=7)
MAX_READ: Final = 5
"""How many events of a type are looked into, newest first."""

_FAMILIES: Final = (DEPLOY_FAMILY, BUILD_FAMILY, CONTENT_FAMILY)
_SITE: Final = tuple(type for type in EVENT_TYPES if type.startswith(_FAMILIES))
_PREVIEWS: Final = tuple(type for type in EVENT_TYPES if type.startswith(PREVIEW_FAMILY))


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An endpoint of which nothing was heard that is of the site.

    Attributes:
        endpoint: Its name.
        words: What the sender called the environments and sites of the newest events.
    """

    endpoint: str
    words: tuple[str, ...]

    @property
    def warning(self) -> str:
        """What a person is told of it."""
        return (
            f"{self.endpoint}: within {LOOKED_BACK.days} days it told of {', '.join(self.words)} and not of the site's "
            "production. If the site was changed, name it: Endpoint(…, production=…, site=…)"
        )


def find_elsewhere(archive: Archive, sources: Mapping[str, Source], now: float) -> list[Elsewhere]:
    """The endpoints that have told of other environments or sites lately, and of nothing that is of the site.

    Args:
        archive: The deployment's.
        sources: The source of each endpoint.
        now: Unix seconds.

    Raises:
        OperationError: The account cannot be asked.
    """
    since, until = timestamp(now - LOOKED_BACK.total_seconds()), timestamp(now)
    found: list[Elsewhere] = []
    for endpoint, source in sources.items():
        told = [
            summary
            for type in (*_PREVIEWS, *sorted(_own_types(source)))
            for summary in islice(_find(archive, Selection(since, until, type, endpoint)), MAX_READ)
        ]
        words = sorted(set(_words(archive, told)))
        if words and not any(_is_any(archive, Selection(since, until, type, endpoint)) for type in _SITE):
            found.append(Elsewhere(endpoint, tuple(words)))
    return found


def _own_types(source: Source) -> set[str]:
    """What a source's deploys and entries are called where they are not of the site."""
    natives = [native for native, type in source.types.items() if type.startswith(_FAMILIES)]
    return {source.own_type(name) for native in natives for name in (native, native.partition(".")[0])}


def _find(archive: Archive, selection: Selection) -> Iterator[EventSummary]:
    return archive.find(selection, newest_first=True)


def _is_any(archive: Archive, selection: Selection) -> bool:
    return next(archive.find(selection), None) is not None


def _words(archive: Archive, told: list[EventSummary]) -> Iterator[str]:
    for event in archive.read(told).values():
        if word := event.sender.environment or event.sender.site:
            yield word
