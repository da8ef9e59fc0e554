"""Push services: to whom a push may be sent, since its address is a URL that a stranger gives."""

import re
from collections.abc import Sequence
from typing import Final

from lambdas.contracts.push_origin import is_push_origin

_KNOWN: Final = re.compile(
    r"""https://(
        fcm\.googleapis\.com                     # Chrome and most of what is made of Chromium
        | jmt17\.google\.com                     # Chromium as Linux distributions build it
        | ([a-z0-9-]+\.)?push\.services\.mozilla\.com  # Firefox
        | ([a-z0-9-]+\.)?push\.apple\.com        # Safari: "allow *.push.apple.com" (Apple developer documentation)
        | [a-z0-9-]+\.notify\.windows\.com       # Edge on Windows
    )""",
    re.VERBOSE,
)
"""Their origins: HTTPS on its own port."""

_URL: Final = re.compile(r"(https?://[a-z0-9.-]+(?::[0-9]{1,5})?)/[!-\[\]-~]*")
"""An origin and a path, in the one form that browsers write: lower case, ASCII, no user, the scheme's port left out."""

MAX_CHARACTERS: Final = 2048
"""The longest are those of Windows, with some 500."""


def origin_of(url: str) -> str:
    """The origin of a push service's URL (RFC 6454), as RFC 8292 signs it; empty for what is no such URL."""
    found = _URL.fullmatch(url) if len(url) <= MAX_CHARACTERS else None
    return found[1] if found else ""


def is_push_service(url: str, further: Sequence[str] = ()) -> bool:
    """Whether a push may be sent to a URL.

    Args:
        url: The endpoint of a browser's subscription.
        further: Origins of push services beside the known ones (`PushSettings.push_services`).
    """
    origin = origin_of(url)
    return bool(_KNOWN.fullmatch(origin)) or (origin in further and is_push_origin(origin))
