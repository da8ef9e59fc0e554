"""How the state of topics is laid out in its table: the function that pushes writes it, others read it.

A topic is known by its channel's name (`lambdas.contracts.live_channels`). All topics of a family have one partition
key, so that a family is read by one query.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lambdas.contracts.live_state import Entries, forgotten_at, read_entries

PARTITION_KEY: Final = "family"
SORT_KEY: Final = "channel"

SITE: Final = "site"
"""The key of the item that holds the newest updates of the site."""

SITE_KEPT: Final = 31 * 24 * 3600
"""Seconds after the newest update for which the site's are kept."""


class UnreadableStateError(Exception):
    """An item is no state: somebody has changed it by hand, or a part of it is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicState:
    """What is known of a topic.

    Attributes:
        topic: The topic as its sender wrote it.
        entries: The newest entry of each name.
        published_at: When it was last pushed, unix milliseconds.
        promised_until: Until when somebody may push what is merged meanwhile, who has promised it; 0 where nobody has.
        version: Counts the writes; 0 before the first.
    """

    topic: str
    entries: Entries = field(default_factory=dict)
    published_at: int = 0
    promised_until: int = 0
    version: int = 0


def family_of(channel: str) -> str:
    """The partition of a topic: the first segment of its name, with its namespace."""
    return "/".join(channel.split("/", 2)[:2])


def key_of(channel: str) -> dict[str, str]:
    """The key of a topic's item."""
    return {PARTITION_KEY: family_of(channel), SORT_KEY: channel}


def item_of(channel: str, state: TopicState) -> dict[str, str | int]:
    """The item of a topic's state."""
    return {
        **key_of(channel),
        "topic": state.topic,
        "entries": _json(state.entries),
        "published_at": state.published_at,
        "promised_until": state.promised_until,
        "version": state.version,
        "ttl": forgotten_at(state.entries) // 1000,
    }


def state_of(item: Mapping[str, Any]) -> TopicState:
    """The inverse of `item_of`.

    Raises:
        UnreadableStateError: It is no such item.
    """
    try:
        return TopicState(
            topic=item["topic"],
            entries=read_entries(json.loads(item["entries"])),
            published_at=int(item["published_at"]),
            promised_until=int(item["promised_until"]),
            version=int(item["version"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableStateError from error


def site_item(updates: list[Mapping[str, Any]], version: int, now: float) -> dict[str, str | int]:
    """The item of the site's updates, newest first; `now` in unix seconds."""
    return {
        PARTITION_KEY: SITE,
        SORT_KEY: SITE,
        "updates": _json(updates),
        "version": version,
        "ttl": int(now) + SITE_KEPT,
    }


def updates_of(item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The site's updates, newest first; none where there is no item.

    Raises:
        UnreadableStateError: It is no such item.
    """
    try:
        updates = json.loads(item["updates"]) if item else []
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableStateError from error
    if not isinstance(updates, list) or not all(_is_update(update) for update in updates):
        raise UnreadableStateError
    return updates


def _is_update(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(value.get(name), str) for name in ("id", "time"))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
