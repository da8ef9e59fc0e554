"""Texts as Slack takes them.

Slack API reference, "Formatting text for app surfaces": escape exactly ``&``, ``<`` and ``>``.
"""

import datetime as dt
from typing import Any, Final

_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_URL_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "%3C", ">": "%3E", "|": "%7C", " ": "%20"})


def escape(text: str, length: int) -> str:
    """Text that Slack shows as it is, cut to so many characters after escaping."""
    pieces: list[str] = []
    room = length
    for character in text:
        piece = _ESCAPES.get(character, character)
        room -= len(piece)
        pieces.append(piece)
        if room < 0:
            break
    else:
        return "".join(pieces)
    while room < 1:  # make room for the ellipsis, piece by piece, so that no escape is cut in two
        room += len(pieces.pop())
    return "".join(pieces) + "…"


def line(text: str, length: int) -> str:
    """Text as one escaped line."""
    return escape(" ".join(text.split()), length)


def link(text: str, url: str, max_length: int) -> str:
    """Escaped text as a link; text only where the URL is not a web address or is longer than `max_length`."""
    address = url.translate(_URL_ESCAPES)
    if not url.startswith(("https://", "http://")) or len(address) > max_length:
        return text
    return f"<{address}|{text}>"


def when(time: str, shown: str = "{date_short_pretty} {time}") -> str:
    """An event's time, which Slack shows in the time zone of whoever reads it."""
    return f"<!date^{int(dt.datetime.fromisoformat(time).timestamp())}^{shown}|{time}>"


def size(value: Any) -> int:
    """Characters that a message has in Slack's eyes: all texts, and the containers around them."""
    match value:
        case dict():
            return sum(len(name) + size(item) + _CONTAINER for name, item in value.items())
        case list():
            return sum(size(item) + 1 for item in value)
        case _:
            return len(str(value))


_CONTAINER: Final = 6
