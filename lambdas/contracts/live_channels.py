"""Channels: where visitors listen. The visitor's script (`live/jamwire-live.js`) names them by the same rules.

A channel has up to five segments of letters, digits and hyphens, 50 characters each (AppSync Events developer guide,
"Channels and namespaces"). The first is its namespace. A name that fits into the others stays as it is; any other one
becomes a digest, which no name that fits can look like, since it has two hyphens in a row.
"""

import re
from typing import Final
from urllib.parse import unquote_to_bytes

SITE_UPDATED: Final = "site/updated"
PAGE: Final = "page"
NOTICE: Final = "notice"
PRIVATE: Final = "private"
NAMESPACES: Final = ("site", PAGE, NOTICE)
"""The namespaces to which every visitor may listen."""

UPDATES: Final = frozenset({"cdn.invalidated", "deploy.succeeded"})
"""Event types by which the site has changed; visitors are told what has changed."""

NOTICES: Final = "notice."
"""How the types of notices begin; visitors are told those whose sender has named a topic."""

WILDCARD: Final = "*"
EVERYTHING: Final = "/*"
"""The path of an update that covers every page."""

_SEGMENT: Final = rb"(?![^/]{51})[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"
_FITS: Final = re.compile(rb"%b(?:/%b){0,3}" % (_SEGMENT, _SEGMENT))
_QUERY: Final = re.compile(r"[?#].*", re.DOTALL)
_INDEX: Final = re.compile(r"(?<![^/])index\.html?\Z")

# FNV-1a of 64 bits (Fowler, Noll, Vo): short in any language, and no secret hangs on it. Two names of one digest share
# a channel, and what is told there says which of them it is for.
_FNV_BASIS: Final = 0xCBF29CE484222325
_FNV_PRIME: Final = 0x100000001B3


def page_channel(path: str) -> str:
    """The channel of a page: ``/news/``, ``/news`` and ``/news/index.html`` are one page."""
    return channel(PAGE, _INDEX.sub("", _QUERY.sub("", path)))


def notice_channel(topic: str, private: str = "") -> str:
    """The channel of a topic.

    Args:
        topic: The topic.
        private: How the topics begin that one visitor each may follow; empty where there are none.
    """
    own = bool(private) and (b"%b/" % _plain(topic)).startswith(b"%b/" % private.encode())
    return channel(PRIVATE if own else NOTICE, topic)


def channel(namespace: str, name: str) -> str:
    """The channel of a name in a namespace; how the name's characters are escaped makes no difference."""
    plain = _plain(name)
    fits = _FITS.fullmatch(plain)
    return f"{namespace}/{plain.decode() if fits else f'x--{_digest(plain):016x}'}"


def _plain(name: str) -> bytes:
    return unquote_to_bytes(name.encode(errors="replace")).strip(b"/")


def _digest(data: bytes) -> int:
    digest = _FNV_BASIS
    for byte in data:
        digest = (digest ^ byte) * _FNV_PRIME % (1 << 64)
    return digest
