"""Where a push service is that a rulebook names, as a rulebook and the functions read it."""

import re
from typing import Final

_NAMED: Final = re.compile(r"https://[a-z0-9.-]*\.[a-z][a-z0-9-]*(:[0-9]{1,5})?")
"""By its name: what ends in a number is an IPv4 address (WHATWG URL standard, "ends in a number checker")."""

_LOOPBACK: Final = re.compile(r"http://(127\.0\.0\.1|localhost)(:[0-9]{1,5})?")


def is_push_origin(text: str) -> bool:
    """Whether this can be the origin of a push service: HTTPS by a name, or HTTP on this machine itself."""
    return bool(_NAMED.fullmatch(text) or _LOOPBACK.fullmatch(text))
