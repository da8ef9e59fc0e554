"""The template of what is signed, and why no two requests have the same message.

A signature proves a message, not where one part of it ends and the next begins. Whoever could move the end of a part
could make another request of a signed one. So the ends are certain: before the body a part ends at the first
occurrence of the text that follows it in the template, after the body a part begins at the last occurrence of the text
that precedes it; a part that holds this text itself is refused. Times and digests have a length of their own. The
secret is known to nobody who could move an end to it. A URL without its query is the endpoint's own.
"""

import hashlib
import re
import string
from base64 import b64encode
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final, NamedTuple

from lambdas.ingest.schemes.places import is_place, normalised
from lambdas.ingest.schemes.scheme import VerificationError, as_bytes, is_header
from lambdas.ingest.schemes.times import TimestampUnit

_PLAIN: Final = frozenset({"body", "timestamp", "id", "method", "url", "path", "secret"})
_DIGEST: Final = re.compile(r"digest\.(md5|sha1|sha256|sha512)\.(hex|base64)")
_ADDRESSES: Final = ("url", "path")
_TIMES_WITH_COLONS: Final[tuple[TimestampUnit, ...]] = ("rfc3339", "http-date")


class Part(NamedTuple):
    """A part of a template: either literal text or the name of a value."""

    text: str = ""
    name: str = ""


class Limit(NamedTuple):
    """A text that a value must not hold, since the value ends (or begins) there."""

    name: str
    text: str
    follows: bool


@cache
def parts_of(message: str) -> tuple[Part, ...]:
    """The parts of a template.

    Raises:
        ValueError: The message is not a valid template.
    """
    try:
        parsed = list(string.Formatter().parse(message))
    except ValueError:
        raise ValueError(f"The message is {message!r}, expected a template such as '{{body}}'.") from None
    if any(format_ or conversion for _, _, format_, conversion in parsed):
        raise ValueError(f"The message is {message!r}, expected plain names such as '{{body}}'.")
    parts = [(Part(text=text), Part(name=normalised(name or ""))) for text, name, _, _ in parsed]
    if any(name is not None and not name for _, name, _, _ in parsed):
        raise ValueError(f"The message is {message!r}, expected a name in its braces such as '{{body}}'.")
    return tuple(part for pair in parts for part in pair if part.text or part.name)


def names_of(message: str) -> tuple[str, ...]:
    """The names of a template."""
    return tuple(part.name for part in parts_of(message) if part.name)


def is_digest(name: str) -> bool:
    """Whether a name is a digest of the body."""
    return bool(_DIGEST.fullmatch(name))


def covers_body(message: str) -> bool:
    """Whether the whole body is signed."""
    return any(name == "body" or is_digest(name) for name in names_of(message))


def check_message(message: str, unit: TimestampUnit, *, with_secret: bool) -> None:
    """Check a template.

    Raises:
        ValueError: A name is unknown, nothing of the body is signed, or two parts have no certain border.
    """
    names = names_of(message)
    for name in names:
        if not _is_known(name) or (name == "secret" and not with_secret):
            raise ValueError(
                f"The message has {{{name}}}, expected one of {', '.join(sorted(_allowed(with_secret)))}."
            )
    if names.count("body") > 1 or not any(name.startswith("body") or is_digest(name) for name in names):
        raise ValueError(
            f"The message is {message!r}, expected '{{body}}' once, or its digest or fields: what is not signed "
            "proves nothing."
        )
    limits(message, unit)


@cache
def limits(message: str, unit: TimestampUnit) -> tuple[Limit, ...]:
    """What the values of a template must not hold.

    Raises:
        ValueError: Two parts have no certain border.
    """
    return tuple(_limits(message, unit))


def check_limits(message: str, unit: TimestampUnit, values: Mapping[str, bytes]) -> None:
    """Check that each value of a message ends where it seems to.

    Raises:
        VerificationError: A value holds what separates it from its neighbour.
    """
    for limit in limits(message, unit):
        value, text = values[limit.name], as_bytes(limit.text)
        if limit.name in _ADDRESSES:
            value = b"?" + value.partition(b"?")[2] if b"?" in value else b""
        ends = (value + text).find(text) == len(value) if limit.follows else (text + value).rfind(text) == 0
        if not ends:
            raise VerificationError("a signed part holds what separates it from the next")


def compose(message: str, values: Mapping[str, bytes]) -> bytes:
    """The bytes that are signed."""
    return b"".join(values[part.name] if part.name else as_bytes(part.text) for part in parts_of(message))


def digest_of(name: str, body: bytes) -> bytes:
    """A digest of the body by its name; base64 has its padding."""
    _, algorithm, encoding = name.split(".")
    digest = hashlib.new(algorithm, body, usedforsecurity=False)
    return digest.hexdigest().encode() if encoding == "hex" else b64encode(digest.digest())


def _is_known(name: str) -> bool:
    if name.startswith("header."):
        return is_header(name.removeprefix("header."))
    return name in _PLAIN or is_digest(name) or (name.startswith(("query.", "body.")) and is_place(name))


def _allowed(with_secret: bool) -> set[str]:
    plain = _PLAIN if with_secret else _PLAIN - {"secret"}
    wider = ("header.<name>", "query.<name>", "body.<field>", "digest.sha256.hex")
    return {f"{{{name}}}" for name in (*plain, *wider)}


def _limits(message: str, unit: TimestampUnit) -> Iterator[Limit]:
    parts = parts_of(message)
    open_ = [place for place, part in enumerate(parts) if part.name and not _has_own_length(part.name)]
    # The one part that may hold anything: the body, or the last one.
    free = next((place for place in open_ if parts[place].name == "body"), open_[-1] if open_ else -1)
    for place in open_:
        follows = place < free
        name, other = parts[place].name, parts[place + (1 if follows else -1)]
        if place != free and not _is_certain(name, other.name, follows):
            yield Limit(name, _border(message, unit, name, other, follows), follows)


def _has_own_length(name: str) -> bool:
    return name in ("timestamp", "secret") or is_digest(name)


def _is_certain(name: str, other: str, follows: bool) -> bool:
    """Whether nothing must be asked of a value beside this part."""
    return other == "secret" or (follows and name == "method" and other in _ADDRESSES)


def _border(message: str, unit: TimestampUnit, name: str, other: Part, follows: bool) -> str:
    """The text that must not be in a value; empty for an address, which must have no query."""
    if other.text or name in _ADDRESSES:
        return other.text
    if follows and other.name == "timestamp" and unit in _TIMES_WITH_COLONS:
        return ":"
    pair = (name, other.name) if follows else (other.name, name)
    raise ValueError(
        f"The message is {message!r}, expected a text between {{{pair[0]}}} and {{{pair[1]}}}: without one, "
        "a part of one could be moved to the other."
    )
