"""What to invalidate for a batch of events.

Limits and rules: CloudFront developer guide, "Specifying the files to invalidate" and
"Quotas on invalidations".
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import quote

from lambdas.event import Event

EVERYTHING: Final = "/*"
MOST_PATHS: Final = 3000
"""Paths in one invalidation; above this, everything is one wildcard and cheaper."""

# Characters of a path that stay as they are (RFC 3986, section 3.3), with escapes and CloudFront's wildcard.
_SAFE: Final = "/-._~!$&'()*+,;=:@%"


def paths_of(events: Iterable[Event]) -> list[str]:
    """The paths that the events have changed, encoded and in order; everything where one names none."""
    paths: set[str] = set()
    for event in events:
        paths.update(map(_encode, event.notice.paths) if event.notice.paths else [EVERYTHING])
    if EVERYTHING in paths or len(paths) > MOST_PATHS:
        return [EVERYTHING]
    return sorted(paths)


def caller_reference(events: Sequence[Event], paths: Sequence[str]) -> str:
    """A reference that is the same for a retry and another for anything else.

    CloudFront answers the same reference with the same paths by the invalidation it has made already, and the
    same reference with other paths by an error: so it is derived from both.
    """
    ids = sorted(event.key for event in events)
    digest = hashlib.sha256("\n".join([*ids, "", *paths]).encode()).hexdigest()
    return f"{min(event.id for event in events)}-{digest[:32]}"


def _encode(path: str) -> str:
    return quote(path if path.startswith("/") else f"/{path}", safe=_SAFE)
