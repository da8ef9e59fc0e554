"""Fields of a request: what JSON and forms say, checked one by one."""

import re
from collections.abc import Mapping
from typing import Any, Final

from lambdas.audience_api.problem import Problem
from lambdas.contracts.audience_topics import MAX_TOPICS, Topics
from lambdas.contracts.sms_limits import is_zone

MAX_TEXT: Final = 2048
"""Characters of a field: a push service's URL is the longest, and Windows' have about 900."""

_TIME: Final = re.compile(r"([01]\d|2[0-3]):(00|15|30|45)")
_UNKNOWN_ZONE: Final = "Etc/Unknown"
"""Unicode's name for none (UTS 35, "Time zone identifiers"), which browsers say."""

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
"""Half a character, which JSON can say and no service takes."""

_YES: Final = (True, "true", "on", "yes", "1")
"""JSON's word, and what forms send of a box that is ticked."""


def text(fields: Mapping[str, Any], name: str) -> str:
    """A text; empty where it is missing.

    Raises:
        Problem: It is none, or too long.
    """
    value = fields.get(name, "")
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > MAX_TEXT or _SURROGATE.search(value):
        raise Problem(400, "wrong_text")
    return value


def is_agreed(fields: Mapping[str, Any]) -> bool:
    """Whether the person has agreed to be told."""
    return any(fields.get("consent") == yes for yes in _YES)


def topics_of(fields: Mapping[str, Any], topics: Topics) -> tuple[str, ...]:
    """The topics that are named, each once, in their order.

    Raises:
        Problem: They are no list of topics that can be followed, or too many.
    """
    said = fields.get("topics")
    if not isinstance(said, list | tuple):
        raise Problem(400, "no_topics")
    if len(said) > MAX_TOPICS:
        raise Problem(400, "too_many_topics")
    if not all(isinstance(topic, str) and topics.can_follow(topic) for topic in said):
        raise Problem(400, "wrong_topic")
    return tuple(dict.fromkeys(said))


def zone_of(fields: Mapping[str, Any], default: str = "") -> str:
    """A time zone (IANA); the default where it is missing, or where a browser does not know its own.

    Raises:
        Problem: There is none of that name.
    """
    zone = text(fields, "zone")
    if zone in ("", _UNKNOWN_ZONE):
        return default
    if not is_zone(zone):
        raise Problem(400, "wrong_zone")
    return zone


def time_of(fields: Mapping[str, Any]) -> str:
    """The time of day of a digest, ``HH:MM`` on a quarter of an hour; empty for at once.

    Raises:
        Problem: It is none.
    """
    at = text(fields, "at")
    if at and not _TIME.fullmatch(at):
        raise Problem(400, "wrong_time")
    return at
