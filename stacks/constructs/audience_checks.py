"""What can be wrong with what a rulebook says of an audience: URLs, addresses, words and times."""

import re
from email.utils import getaddresses
from typing import Final
from urllib.parse import urlsplit

from aws_cdk import Duration

ADDRESS: Final = re.compile(r"[^@\s,;:<>\"()\[\]\\]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
"""An e-mail address of a site's own, which it knows how to write plainly."""

_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


def is_url(url: str) -> bool:
    """Whether this is an address of the web without a query: https, or http on this machine."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    is_plain = not (parts.query or parts.fragment or "@" in parts.netloc or re.search(r"\s", url))
    return is_safe and is_plain and bool(parts.hostname)


def origin_of(url: str) -> str:
    """The origin of an address (RFC 6454, 4)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def check_url(name: str, what: str, url: str) -> None:
    """Check an address of the web.

    Raises:
        ValueError: It is none.
    """
    if not is_url(url):
        raise ValueError(
            f"The {name} of {what} is {url!r}, expected one such as 'https://example.com'; http:// on this "
            "machine only."
        )


def check_words(name: str, what: str, words: str) -> None:
    """Check what people are to read.

    Raises:
        ValueError: There is nothing to read.
    """
    if not words.strip():
        raise ValueError(f"The {name} of {what} is {words!r}, expected words that people read.")


def check_address(name: str, sender: str) -> None:
    """Check an address with or without a name before it.

    Raises:
        ValueError: It is none, or more than one.
    """
    addresses = getaddresses([sender])
    is_one = len(addresses) == 1 and ADDRESS.fullmatch(addresses[0][1])
    if not is_one or not sender.isprintable():
        raise ValueError(
            f"The {name} of Email is {sender!r}, expected one address such as 'news@example.com' or "
            "'Harbour Buses <news@example.com>'."
        )


def check_give_up_after(what: str, after: Duration) -> None:
    """Check for how long something is tried.

    Raises:
        ValueError: It is too short for one more try, or longer than a queue keeps it.
    """
    if not 60 <= after.to_seconds() <= 7 * 86_400:
        raise ValueError(
            f"The give_up_after of {what} is {after.to_seconds()} s, expected a minute to seven days."
        )
