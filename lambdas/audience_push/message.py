"""What is pushed of an event: JSON that Safari shows by itself, and the site's worker elsewhere.

The shape is that of a declarative web push (W3C Push API, "Declarative push message"; WebKit, "Meet Declarative Web
Push"); ``data`` is for the site's worker.
"""

import base64
import bisect
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from lambdas.clients.push_encryption import MAX_PLAIN_BYTES
from lambdas.clients.web_push import Push, Urgency
from lambdas.contracts.audience_settings import SiteOfAudience
from lambdas.contracts.event import Severity
from lambdas.followers.plan import Told

URGENCIES: Final[Mapping[Severity, Urgency]] = {
    "critical": "high",  # "time-sensitive alert" (RFC 8030, 5.3, with all of these examples)
    "error": "high",
    "warning": "normal",
    "success": "low",  # "topic updates"
    "info": "low",
}

MAX_TITLE_BYTES: Final = 400
"""As JSON. It is more than any device shows; a sender may have written two thousand characters."""

MAX_URL_BYTES: Final = 600
"""As JSON, and it is said twice. A longer one is left out, since it would be wrong if it were cut."""

MAX_LANGUAGE_CHARACTERS: Final = 35
"""Of a language tag (RFC 5646, 4.4.1); a sender may call its languages by other names."""

_TOPIC_CHARACTERS: Final = 32
_ELLIPSIS: Final = "…"


def push_of(told: Told, site: SiteOfAudience, now: float, give_up_after: float) -> Push:
    """The push of what is told, the same for each follower.

    Args:
        told: What is told.
        site: The site that tells.
        now: Unix seconds.
        give_up_after: Seconds for which it is worth knowing, where the notice does not say.
    """
    ends = told.expires or now + give_up_after
    return Push(
        message=message_of(told, site),
        ttl=max(0, int(ends - now)),
        urgency=URGENCIES[told.severity],
        topic=_topic(told.topic),
    )


def message_of(told: Told, site: SiteOfAudience) -> bytes:
    """The message, of at most 3,993 bytes: the text gives way where it is longer."""
    title = _cut(told.title, MAX_TITLE_BYTES)
    url = told.url if _size(told.url) <= MAX_URL_BYTES else ""
    room = MAX_PLAIN_BYTES - len(_written(told, site, title, "", url))
    return _written(told, site, title, _cut(told.text, room), url)


def _written(told: Told, site: SiteOfAudience, title: str, body: str, url: str) -> bytes:
    address = url or site.url
    notification: dict[str, Any] = {
        "title": title,
        "body": body,
        "navigate": address,
        "tag": told.topic,
        "lang": told.locale if 0 < len(told.locale) <= MAX_LANGUAGE_CHARACTERS else site.locale,
        "dir": "auto",
        "silent": False,
        "data": {
            "id": told.event_id,
            "topic": told.topic,
            "severity": told.severity,
            "time": told.time,
            "url": address,
        },
    }
    return _json({"web_push": 8030, "notification": notification})


def _topic(topic: str) -> str:
    """The topic's name as a push service keeps it: of one length, and nothing to read in it."""
    digest = hashlib.sha256(topic.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode()[:_TOPIC_CHARACTERS]


def _cut(text: str, limit: int) -> str:
    """The text, or a beginning of it with an ellipsis, in so many bytes of JSON."""
    if _size(text) <= limit:
        return text
    counts = range(len(text))
    kept = bisect.bisect_right(counts, limit, key=lambda count: _size(text[:count] + _ELLIPSIS)) - 1
    return text[:kept].rstrip() + _ELLIPSIS


def _size(text: str) -> int:
    """Bytes of a text in JSON, without its quotes."""
    return len(_json(text)) - 2


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
