"""The base of signing schemes: where the signatures, the time and the id are, and what is signed."""

from dataclasses import dataclass, replace
from typing import Final, NamedTuple, get_args

from lambdas.ingest.request import Request
from lambdas.ingest.schemes.message import (
    check_limits,
    check_message,
    compose,
    covers_body,
    digest_of,
    is_digest,
    names_of,
)
from lambdas.ingest.schemes.places import Places, in_body, is_place, normalised
from lambdas.ingest.schemes.scheme import (
    ENCODINGS,
    MAX_SIGNATURES,
    Encoding,
    Scheme,
    VerificationError,
    Verified,
    as_bytes,
    check_choice,
    check_no_header_beside,
    check_texts,
    header_of,
    normalise_header,
    split_list,
)
from lambdas.ingest.schemes.times import TimestampUnit, check_time, check_tolerance

_TEXTS: Final = (
    "encoding",
    "prefix",
    "split",
    "query",
    "field",
    "message",
    "timestamp",
    "timestamp_unit",
    "id",
)


class Signed(NamedTuple):
    """What a request says.

    Attributes:
        signatures: The signatures as received.
        values: The values of the message's names.
        id: The signed id; empty where none is signed.
        time: The signed time; empty where none is signed.
    """

    signatures: list[str]
    values: dict[str, bytes]
    id: str
    time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedMessage(Scheme):
    """A signature over a message that the body is part of.

    A place is the name of a header, ``query.<parameter>`` or ``body.<field>`` (`lambdas.ingest.schemes.places`).

    Attributes:
        header: The header with the signature or signatures; of several, ``("x-one", "x-two")``, any may hold it.
        query: The query's parameter with the signature, instead of a header.
        field: The body's field with the signature, instead of a header: ``signature.signature``.
        encoding: How the signature is written; hex in either case, base64 with or without padding.
        prefix: What stands before each signature, such as ``sha256=``; signatures without it are ignored.
        split: What separates several signatures, such as ``,``; any one of them may match. Empty: there is one.
        key: For a header of pairs, such as ``t=…,v1=…``: the key of its signatures. For a header of bare parts, such
            as ``1800000000,abc…``: the place of its signature, counted from 0. `split` separates pairs and parts.
        message: What is signed, from ``{body}``, ``{timestamp}``, ``{id}``, ``{method}``, ``{url}``, ``{path}`` (with
            its query), ``{header.<name>}``, ``{query.<parameter>}``, ``{body.<field>}`` and the body's digest, such as
            ``{digest.sha256.hex}`` or ``{digest.md5.base64}``: ``{id}.{timestamp}.{body}``. Where only fields of the
            body are signed, the rest of the body is not proven: whoever has seen a request can change it.
        timestamp: The place of the signed time.
        timestamp_key: For a header of pairs: the key of the signed time; for one of bare parts: its place.
        timestamp_unit: Seconds, milliseconds, RFC 3339, or the form of HTTP's ``Date``.
        tolerance: Seconds by which the signed time may differ from ours, in both directions; at most a week.
        id: The place of the signed id of the delivery; needed where the message has ``{id}``.

    Raises:
        ValueError: The parts do not fit; one sentence says what was expected.
    """

    header: "str | tuple[str, ...]" = "x-signature"
    query: str = ""
    field: str = ""
    encoding: Encoding = "hex"
    prefix: str = ""
    split: str = ""
    key: "str | int" = ""
    message: str = "{body}"
    timestamp: str = ""
    timestamp_key: "str | int" = ""
    timestamp_unit: TimestampUnit = "s"
    tolerance: int = 300
    id: str = ""

    def __post_init__(self) -> None:
        check_texts(self, *_TEXTS)
        normalise_header(self, "header")
        check_choice("encoding", self.encoding, ENCODINGS)
        check_choice("timestamp_unit", self.timestamp_unit, get_args(TimestampUnit))
        check_tolerance(self.tolerance)
        self._check_places()
        self._check_keys()
        check_message(self.message, self.timestamp_unit, with_secret=self.hashes_secrets)
        self._check_what_is_signed()

    @property
    def hashes_secrets(self) -> bool:
        """Whether the message may have ``{secret}``."""
        return False

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers that may hold the signature."""
        return (self.header,) if isinstance(self.header, str) else self.header

    @property
    def signs_time(self) -> bool:
        """Whether a request is too old after a time."""
        return bool(self.timestamp) or self.timestamp_key != ""

    def _check_places(self) -> None:
        for name in ("timestamp", "id"):
            place = normalised(getattr(self, name))
            if place and not is_place(place):
                raise ValueError(
                    f"The {name} is {place!r}, expected a header such as 'x-{name}', or such as 'body.{name}'."
                )
            object.__setattr__(self, name, place)
        if self.field and not is_place(f"body.{self.field}"):
            raise ValueError(f"The field is {self.field!r}, expected one such as 'signature'.")
        if self.query and self.field:
            raise ValueError(
                f"The query is {self.query!r} and the field {self.field!r}, expected one of them."
            )
        check_no_header_beside(self, "query", "field")

    def _check_keys(self) -> None:
        for name in ("key", "timestamp_key"):
            value = getattr(self, name)
            if not (type(value) is int and 0 <= value < MAX_SIGNATURES) and not isinstance(value, str):
                raise ValueError(f"The {name} is {value!r}, expected a text, or a place counted from 0.")
            if isinstance(value, str) and value.isdecimal():
                raise ValueError(
                    f"The {name} is {value!r}, expected a name, or a place as a number: {value}."
                )
        if self.key != "" and (not self.split or len(self.headers) > 1 or self.query or self.field):
            raise ValueError(
                f"The key is {self.key!r}, expected it beside one header and what separates its parts (split)."
            )
        beside_key = self.key != "" and type(self.key) is type(self.timestamp_key)
        if self.timestamp_key != "" and (self.timestamp or not beside_key):
            raise ValueError(
                f"The timestamp_key is {self.timestamp_key!r}, expected it beside a key of its kind, without timestamp."
            )
        if self.key != "" and self.key == self.timestamp_key:
            raise ValueError(f"The timestamp_key is {self.timestamp_key!r}, expected another than the key.")

    def _check_what_is_signed(self) -> None:
        if self.field and covers_body(self.message):
            raise ValueError(
                f"The message is {self.message!r}, expected fields of the body: the signature is one of them, "
                "and cannot sign itself."
            )
        names = names_of(self.message)
        for name, place in (("timestamp", self.timestamp or self.timestamp_key), ("id", self.id)):
            in_signed_body = isinstance(place, str) and in_body(place) and covers_body(self.message)
            if (name in names) != (place != "") and not in_signed_body:
                raise ValueError(
                    f"The message is {self.message!r} and the place of its {name} {place!r}, "
                    "expected both of them or neither: what is not signed proves nothing."
                )

    def read(self, request: Request, now: float) -> Signed:
        """What a request says.

        Raises:
            VerificationError: A part is missing or not where it belongs, or the signed time is outside the tolerance.
        """
        places = Places(request)
        texts = [item for text in self._written(places) for item in split_list(text, self.split)]
        delivery_id = places.at(self.id) if self.id else ""
        timestamp = places.at(self.timestamp) if self.timestamp else ""
        if self.key != "":
            texts, times = self._parts(texts)
            if self.timestamp_key != "":
                timestamp = _only(times)
        if self.signs_time:
            check_time(timestamp, self.timestamp_unit, self.tolerance, now)
        signatures = [text.removeprefix(self.prefix) for text in texts if text.startswith(self.prefix)]
        values = self.values(request, timestamp, delivery_id)
        check_limits(self.message, self.timestamp_unit, values)
        return Signed(signatures, values, delivery_id, timestamp)

    def verified(self, position: int, signed: Signed) -> Verified:
        """The request as proven by the secret at a position."""
        content = None if covers_body(self.message) else self.compose(signed.values)
        return Verified(position, signed.id, signed.time, content=content)

    def values(self, request: Request, timestamp: str, delivery_id: str) -> dict[str, bytes]:
        """The values of the message's names."""
        # A signature in the query is no part of the URL that it signs.
        called = replace(request, url=_without_parameter(request.url, self.query)) if self.query else request
        values = {
            "body": request.body,
            "timestamp": as_bytes(timestamp),
            "id": as_bytes(delivery_id),
            "method": as_bytes(request.method),
            "url": as_bytes(called.url),
            "path": as_bytes(called.path),
            "secret": b"",
        }
        places = Places(request)
        for name in names_of(self.message):
            if is_digest(name):
                values[name] = digest_of(name, request.body)
            elif name.startswith("header."):
                values[name] = as_bytes(header_of(request, name.removeprefix("header.")))
            elif name not in values:
                values[name] = as_bytes(places.at(name))
        return values

    def compose(self, values: dict[str, bytes]) -> bytes:
        """The bytes that are signed."""
        return compose(self.message, values)

    def _written(self, places: Places) -> list[str]:
        """The texts with the signatures."""
        if self.query or self.field:
            return [places.at(f"query.{self.query}" if self.query else f"body.{self.field}")]
        texts = [text for name in self.headers if (text := places.request.headers.get(name, ""))]
        if not texts:
            raise VerificationError(f"no header {' or '.join(self.headers)}")
        return texts

    def _parts(self, texts: list[str]) -> tuple[list[str], list[str]]:
        """The signatures and the times of a header of pairs or of bare parts."""
        if isinstance(self.key, str):
            pairs = [text.partition("=") for text in texts]
            return (
                [value for name, _, value in pairs if name == self.key],
                [value for name, _, value in pairs if name == self.timestamp_key],
            )
        places = [place for place in (self.key, self.timestamp_key) if isinstance(place, int)]
        if len(texts) != max(places) + 1:
            raise VerificationError("the header has another number of parts")
        return [texts[self.key]], [texts[place] for place in places[1:]]


def _without_parameter(url: str, name: str) -> str:
    address, _, query = url.partition("?")
    kept = [pair for pair in query.split("&") if pair.partition("=")[0] != name]
    return "?".join(filter(None, (address, "&".join(kept))))


def _only(values: list[str]) -> str:
    """The one value; with two times in one header, none of them is the signed one."""
    if len(values) != 1:
        raise VerificationError("not exactly one timestamp")
    return values[0]
