"""What is told to visitors of an event, and on which channels.

All of it is public: whoever has the site's key, and so every visitor, can listen to every channel. So a payload is
never pushed; of a deploy nothing but what has changed; and of notices only those whose sender has named a topic.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from lambdas.contracts.event import Event, to_json
from lambdas.contracts.live_channels import (
    NOTICES,
    SITE_UPDATED,
    UPDATES,
    WILDCARD,
    notice_channel,
    page_channel,
)
from lambdas.runtime import count

MAX_BYTES: Final = 240_000
"""Bytes of one event as it is sent, a text within JSON (AppSync Events, "Quotas": 240 KB)."""

MAX_NAMED: Final = 100
"""Paths, and tags, that are told one by one; where more have changed, everything counts as changed."""

EVERYTHING: Final = "/*"

_CUT_TEXT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Push:
    """An event's text for one channel."""

    event: Event
    channel: str
    text: str


def pushes_of(event: Event) -> list[Push]:
    """What to push of an event; nothing of what no visitor is to be told."""
    if event.type in UPDATES:
        return list(_update(event))
    if event.type.startswith(NOTICES) and event.subject:
        return list(_notice(event))
    count("NotForVisitors")
    return []


def _update(event: Event) -> Iterator[Push]:
    paths, tags = sorted(set(event.notice.paths)), sorted(set(event.notice.tags))
    text = _text(event, paths=paths, tags=tags)
    if max(len(paths), len(tags)) > MAX_NAMED or _too_large(text):
        count("TooLarge")
        paths, tags = [EVERYTHING], []
        text = _text(event, paths=paths, tags=tags)
    yield Push(event, SITE_UPDATED, text)
    for channel, named in _pages(paths).items():
        yield Push(event, channel, _text(event, paths=named, tags=[]))


def _pages(paths: list[str]) -> dict[str, list[str]]:
    """Paths that name one page each, by that page's channel."""
    pages: dict[str, list[str]] = {}
    for path in paths:
        if not path.endswith(WILDCARD):
            pages.setdefault(page_channel(path), []).append(path)
    return pages


def _notice(event: Event) -> Iterator[Push]:
    text = _notice_text(event)
    if _too_large(text):
        count("TooLarge")
        notice = replace(event.notice, text=event.notice.text[:_CUT_TEXT], fields={})
        text = _notice_text(replace(event, notice=notice))
    if not _too_large(text):
        yield Push(event, notice_channel(event.subject), text)


def _notice_text(event: Event) -> str:
    notice = event.notice
    return _text(
        event,
        topic=event.subject,
        title=notice.title,
        text=notice.text,
        url=notice.url,
        severity=notice.severity,
        fields=dict(notice.fields),
    )


def _text(event: Event, **said: Any) -> str:
    known: Mapping[str, Any] = {"id": event.id, "type": event.type, "time": event.time, **said}
    return to_json(known)


def _too_large(text: str) -> bool:
    return len(to_json(text).encode()) > MAX_BYTES
