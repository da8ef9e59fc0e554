"""The base of signing schemes: where the signatures, the time and the id are, and what is signed."""

import datetime as dt
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, Final, Literal, NamedTuple, get_args

from lambdas.ingest.request import Request
from lambdas.ingest.schemes.scheme import (
    ENCODINGS,
    MAX_SIGNATURES,
    Encoding,
    Scheme,
    VerificationError,
    as_bytes,
    check_choice,
    header_of,
    normalise_header,
)

TimestampUnit = Literal["s", "ms", "rfc3339", "http-date"]
_DIGITS: Final = re.compile(r"[0-9]{1,15}")
_NAMES: Final = frozenset({"body", "timestamp", "id", "method", "url", "path", "secret"})


class SignedFacts(NamedTuple):
    """What is signed beside the body; empty where it is not."""

    id: str
    time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedMessage(Scheme):
    """A signature over a message that the body is part of.

    Attributes:
        header: The header with the signature or signatures.
        encoding: How the signature is written; hex in either case, base64 with or without padding.
        prefix: What stands before each signature, such as ``sha256=``; signatures without it are ignored.
        split: What separates several signatures, such as ``,``; any one of them may match. Empty: there is one.
        key: For a header of pairs, such as ``t=…,v1=…``: the key of its signatures. Pairs are separated by `split`.
        message: What is signed, from ``{body}``, ``{timestamp}``, ``{id}``, ``{method}``, ``{url}``, ``{path}`` (with
            its query) and ``{header.<name>}``: ``{id}.{timestamp}.{body}``.
        timestamp: The header with the signed time.
        timestamp_key: For a header of pairs: the key of the signed time.
        timestamp_unit: Seconds, milliseconds, RFC 3339, or the form of HTTP's ``Date``.
        tolerance: Seconds by which the signed time may differ from ours, in both directions.
        id: The header with the signed id of the delivery; needed where the message has ``{id}``.

    Raises:
        ValueError: The parts do not fit; one sentence says what was expected.
    """

    header: str = "x-signature"
    encoding: Encoding = "hex"
    prefix: str = ""
    split: str = ""
    key: str = ""
    message: str = "{body}"
    timestamp: str = ""
    timestamp_key: str = ""
    timestamp_unit: TimestampUnit = "s"
    tolerance: int = 300
    id: str = ""

    def __post_init__(self) -> None:
        for field in ("header", "timestamp", "id"):
            normalise_header(self, field, required=field == "header")
        check_choice("encoding", self.encoding, ENCODINGS)
        check_choice("timestamp_unit", self.timestamp_unit, get_args(TimestampUnit))
        self._check_message()
        if self.key and not self.split:
            raise ValueError(
                f"The key is {self.key!r} and split is empty, expected what separates the pairs."
            )
        if (self.timestamp and self.timestamp_key) or (self.timestamp_key and not self.key):
            raise ValueError(
                f"The timestamp_key is {self.timestamp_key!r}, expected it beside a key and instead of a timestamp."
            )
        if self.tolerance <= 0:
            raise ValueError(f"The tolerance is {self.tolerance}, expected a number of seconds above 0.")

    def _check_message(self) -> None:
        names = [name for _, name in message_parts(self.message) if name]
        unknown = {name for name in names if name not in _NAMES and not name.startswith("header.")}
        if names.count("body") != 1 or unknown:
            raise ValueError(
                f"The message is {self.message!r}, expected '{{body}}' once, and such as '{{timestamp}}' or '{{id}}'."
            )
        for name, place in (("timestamp", self.timestamp or self.timestamp_key), ("id", self.id)):
            if (name in names) != bool(place):
                raise ValueError(
                    f"The message is {self.message!r} and the place of its {name} {place!r}, "
                    "expected both of them or neither: what is not signed proves nothing."
                )

    def read(self, request: Request, now: float) -> tuple[list[str], dict[str, bytes], SignedFacts]:
        """The signatures as received, the values of the message's names, and what is signed beside the body.

        Raises:
            VerificationError: A part is missing, or the signed time is outside the tolerance.
        """
        header = header_of(request, self.header)
        texts = header.split(self.split, MAX_SIGNATURES)[:MAX_SIGNATURES] if self.split else [header]
        pairs = [text.strip() for text in texts]
        delivery_id = header_of(request, self.id) if self.id else ""
        timestamp = header_of(request, self.timestamp) if self.timestamp else ""
        if self.key:
            values = [text.partition("=") for text in pairs]
            pairs = [value for name, _, value in values if name == self.key]
            if self.timestamp_key:
                timestamp = _only([value for name, _, value in values if name == self.timestamp_key])
        if self.timestamp or self.timestamp_key:
            check_time(timestamp, self.timestamp_unit, self.tolerance, now)
        signatures = [text.removeprefix(self.prefix) for text in pairs if text.startswith(self.prefix)]
        return signatures, self.values(request, timestamp, delivery_id), SignedFacts(delivery_id, timestamp)

    def values(self, request: Request, timestamp: str, delivery_id: str) -> dict[str, bytes]:
        """The values of the message's names."""
        values = {
            "body": request.body,
            "timestamp": as_bytes(timestamp),
            "id": as_bytes(delivery_id),
            "method": as_bytes(request.method),
            "url": as_bytes(request.url),
            "path": as_bytes(request.path),
        }
        for _, name in message_parts(self.message):
            if name.startswith("header."):
                values[name] = as_bytes(header_of(request, name.removeprefix("header.")))
        return values

    def compose(self, values: Mapping[str, bytes]) -> bytes:
        """The bytes that are signed."""
        parts = message_parts(self.message)
        return b"".join(as_bytes(literal) + (values[name] if name else b"") for literal, name in parts)


@cache
def message_parts(message: str) -> tuple[tuple[str, str], ...]:
    """A message template as pairs of literal text and the name that follows it, empty for none.

    Raises:
        ValueError: The message is not a valid template.
    """
    try:
        parts = list(string.Formatter().parse(message))
    except ValueError:
        raise ValueError(f"The message is {message!r}, expected a template such as '{{body}}'.") from None
    if any(format_ or conversion for _, _, format_, conversion in parts):
        raise ValueError(f"The message is {message!r}, expected plain names such as '{{body}}'.")
    return tuple((literal, (name or "").lower()) for literal, name, _, _ in parts)


def check_time(text: str, unit: TimestampUnit, tolerance: int, now: float) -> None:
    """Check that a signed time differs from ours by no more than the tolerance.

    Raises:
        VerificationError: The difference is larger, or the text is not a valid time.
    """
    if not abs(now - _seconds(text, unit)) <= tolerance:
        raise VerificationError("timestamp outside the tolerance")


def _seconds(text: str, unit: TimestampUnit) -> float:
    if unit in ("s", "ms"):
        if not _DIGITS.fullmatch(text):
            raise VerificationError("the timestamp is not a valid time")
        return int(text) / (1000 if unit == "ms" else 1)
    read: Any = dt.datetime.fromisoformat if unit == "rfc3339" else parsedate_to_datetime
    try:
        moment: dt.datetime = read(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        raise VerificationError("the timestamp is not a valid time") from None
    if moment.tzinfo is None:
        raise VerificationError("the timestamp has no zone")
    return moment.timestamp()


def _only(values: list[str]) -> str:
    """The one value; with two times in one header, none of them is the signed one."""
    if len(values) != 1:
        raise VerificationError("not exactly one timestamp")
    return values[0]
