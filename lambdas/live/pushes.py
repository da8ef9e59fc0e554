"""What is told to visitors of an event, and on which channels.

All of it is public: whoever has the site's key, and so every visitor, can listen to every channel. So a payload is
never pushed; of a deploy nothing but what has changed; and of notices only those whose sender has named a topic.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from lambdas.contracts.event import Event, Notice, to_json
from lambdas.contracts.live_channels import (
    EVERYTHING,
    NOTICES,
    SITE_UPDATED,
    UPDATES,
    WILDCARD,
    page_channel,
)
from lambdas.contracts.live_state import FIELDS, Entries
from lambdas.contracts.live_state_table import TopicState
from lambdas.runtime import count

Update = Mapping[str, Any]
"""An update of the site as pages are told: `id`, `type`, `time`, `paths`, `tags`."""

MAX_BYTES: Final = 240_000
"""Bytes of one event as it is sent, a text within JSON (AppSync Events, "Quotas": 240 KB)."""

MAX_NAMED: Final = 100
"""Paths, and tags, that are told one by one; where more have changed, everything counts as changed."""

PLAIN: Final = ("title", "text", "url", "severity")
"""What a notice says beside its fields, of which the state has entries."""

EMPTY: Final = Notice(title="")

_CUT_TEXT: Final = 10_000


def is_for_visitors(event: Event) -> bool:
    """Whether visitors are told of the event."""
    return event.type in UPDATES or (event.type.startswith(NOTICES) and bool(event.subject))


def is_dated(event: Event) -> bool:
    """Whether anybody can know how old the event is."""
    try:
        return dt.datetime.fromisoformat(event.time).tzinfo is not None
    except ValueError:
        return False


def update_of(event: Event) -> Update:
    """What pages are told of an update; everything has changed where it would be too much to tell."""
    paths, tags = sorted(set(event.notice.paths)), sorted(set(event.notice.tags))
    told = _said(event, paths=paths, tags=tags)
    if max(len(paths), len(tags)) > MAX_NAMED or _too_large(to_json(told)):
        count("TooLarge")
        return _said(event, paths=[EVERYTHING], tags=[])
    return told


def update_texts(update: Update) -> Iterator[tuple[str, str]]:
    """The texts to push of an update by channel: to the site, and to each page that it names."""
    yield SITE_UPDATED, to_json(update)
    for channel, named in _pages(update["paths"]).items():
        yield channel, to_json({**update, "paths": named, "tags": []})


def notice_text(event: Event, entries: Entries, *, merged: bool = False) -> str:
    """The text to push of a notice; empty where it is too large even without its fields.

    Args:
        event: The newest notice.
        entries: What it says, or what several say together.
        merged: Whether it is several.
    """
    said = _notice(event, entries)
    text = to_json({**said, "entries": entries} if merged else said)
    if not _too_large(text):
        return text
    count("TooLarge")
    notice = replace(event.notice, text=event.notice.text[:_CUT_TEXT], fields={})
    text = to_json(_notice(replace(event, notice=notice), entries))
    return "" if _too_large(text) else text


def state_text(event: Event, state: TopicState) -> str:
    """The text to push of all that is known of a topic, where pages were told of a part only; likewise.

    Args:
        event: A notice of the topic.
        state: What is known of it.
    """
    entries = state.entries
    newest = entries["time"]
    fields = {name[len(FIELDS) :]: entry.value for name, entry in entries.items() if name.startswith(FIELDS)}
    plain: dict[str, Any] = {name: entries[name].value for name in PLAIN if name in entries}
    notice = replace(EMPTY, **plain, fields=fields)
    known = replace(event, id=newest.id, time=newest.value, subject=state.topic, notice=notice)
    return notice_text(known, entries, merged=True)


def _pages(paths: Sequence[str]) -> dict[str, list[str]]:
    """Paths that name one page each, by that page's channel."""
    pages: dict[str, list[str]] = {}
    for path in paths:
        if not path.endswith(WILDCARD):
            pages.setdefault(page_channel(path), []).append(path)
    return pages


def _notice(event: Event, entries: Entries) -> dict[str, Any]:
    notice, newest = event.notice, entries["time"]
    return _said(
        event,
        topic=event.subject,
        title=notice.title,
        text=notice.text,
        url=notice.url,
        severity=notice.severity,
        fields=dict(notice.fields),
        order=newest.order,
        ends=newest.ends,
    )


def _said(event: Event, **said: Any) -> dict[str, Any]:
    return {"id": event.id, "type": event.type, "time": event.time, **said}


def _too_large(text: str) -> bool:
    return len(to_json(text).encode()) > MAX_BYTES
