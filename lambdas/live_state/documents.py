"""The documents that pages read, by their paths."""

import re
from collections.abc import Callable, Iterable
from typing import Final

from lambdas.clients.live_states import LiveStates
from lambdas.contracts.live_channels import NOTICE, PRIVATE
from lambdas.contracts.live_state import Entries, family_document, site_document, topic_document, unforgotten
from lambdas.contracts.live_state_table import TopicState

FAMILY: Final = "-family"
"""What follows the namespace in the path of a family's document."""

MAX_FAMILY_BYTES: Final = 1_000_000
"""Bytes of a family's topics. A visitor reads all of them, DynamoDB gives as much at a time, and Lambda answers with
6 MB at most (Lambda quotas), in which quotation marks are escaped once more."""

_SITE: Final = "/site.json"
_NAME: Final = r"[A-Za-z0-9-]{1,50}(?:/[A-Za-z0-9-]{1,50}){0,3}"
_TOPIC: Final = re.compile(
    rf"/(?P<namespace>{NOTICE}|{PRIVATE})(?P<family>{FAMILY})?/(?P<name>{_NAME})\.json"
)


def visitor_of(path: str) -> str | None:
    """The visitor whom a private document is about, who alone may read it; None for a document that is public."""
    asked = _TOPIC.fullmatch(path)
    if asked is None or asked["namespace"] != PRIVATE:
        return None
    return asked["name"].split("/")[1] if "/" in asked["name"] else ""


def document_at(path: str, states: LiveStates, now: int, on_cut: Callable[[], None]) -> str | None:
    """The document at a path; None where there can be none.

    Args:
        path: Its path, which begins with a slash.
        states: What is known of topics.
        now: Unix milliseconds.
        on_cut: Told where a family has more topics than its document takes.
    """
    if path == _SITE:
        return site_document(states.read_updates())
    asked = _TOPIC.fullmatch(path)
    if asked is None:
        return None
    channel = f"{asked['namespace']}/{asked['name']}"
    if asked["family"]:
        topics, cut = _topics(states.read_family(channel), now)
        if cut:
            on_cut()
        return family_document(asked["name"], topics, cut=cut)
    state = states.read(channel)
    entries = unforgotten(state.entries, now) if state else {}
    return topic_document((state and state.topic) or asked["name"], entries)


def _topics(family: Iterable[TopicState], now: int) -> tuple[dict[str, Entries], bool]:
    """What is not forgotten of a family's topics, up to the document's size; and whether that cut it."""
    topics: dict[str, Entries] = {}
    size = 0
    for state in family:
        entries = unforgotten(state.entries, now)
        if not entries:
            continue
        size += len(topic_document(state.topic, entries).encode())
        if size > MAX_FAMILY_BYTES:
            return topics, True
        topics[state.topic] = entries
    return topics, False
