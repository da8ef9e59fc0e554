"""The documents that pages read, by their paths."""

import re
from typing import Final

from lambdas.clients.live_states import LiveStates
from lambdas.contracts.live_channels import NOTICE, PRIVATE
from lambdas.contracts.live_state import family_document, site_document, topic_document, unforgotten

FAMILY: Final = "-family"
"""What follows the namespace in the path of a family's document."""

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


def document_at(path: str, states: LiveStates, now: int) -> str | None:
    """The document at a path; None where there can be none.

    Args:
        path: Its path, which begins with a slash.
        states: What is known of topics.
        now: Unix milliseconds.
    """
    if path == _SITE:
        return site_document(states.read_updates())
    asked = _TOPIC.fullmatch(path)
    if asked is None:
        return None
    channel = f"{asked['namespace']}/{asked['name']}"
    if asked["family"]:
        known = {state.topic: unforgotten(state.entries, now) for state in states.read_family(channel)}
        return family_document(asked["name"], {topic: entries for topic, entries in known.items() if entries})
    state = states.read(channel)
    entries = unforgotten(state.entries, now) if state else {}
    return topic_document((state and state.topic) or asked["name"], entries)
