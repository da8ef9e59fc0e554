"""Endpoints that tell of everything but the site: perhaps it has another name by now, and what is live grows old."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from jamwire.operations.archive import Archive
from jamwire.operations.selection import EventSummary, Selection
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
"""How many events of a type are looked into, the newest."""

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
    def advice(self) -> str:
        """What a person is told of it."""
        return (
            f"within {LOOKED_BACK.days} days it told of {', '.join(self.words)} and not of the site's "
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
    heard: dict[str, dict[str, list[EventSummary]]] = {name: {} for name in sources}
    for summary in archive.find(Selection(since, until), newest_first=True):
        if (types := heard.get(summary.endpoint)) is not None:
            types.setdefault(summary.type, []).append(summary)
    found: list[Elsewhere] = []
    for endpoint, source in sources.items():
        types = heard[endpoint]
        told = [s for type in (*_PREVIEWS, *_own_types(source)) for s in types.get(type, ())[:MAX_READ]]
        if told and types.keys().isdisjoint(_SITE) and (words := sorted(set(_words(archive, told)))):
            found.append(Elsewhere(endpoint, tuple(words)))
    return found


def _own_types(source: Source) -> set[str]:
    """What a source's deploys and entries are called where they are not of the site."""
    natives = [native for native, type in source.types.items() if type.startswith(_FAMILIES)]
    return {source.own_type(name) for native in natives for name in (native, native.partition(".")[0])}


def _words(archive: Archive, told: list[EventSummary]) -> Iterator[str]:
    for event in archive.read(told).values():
        if word := event.sender.environment or event.sender.site:
            yield word
