"""Handshakes: what a sender asks before it sends events, and the answer that it wants.

An answer must never sign what a stranger chose so that it could be passed off as a body: such handshakes are answered
after verification, or only for texts that can be no body. What is given back is a text that no browser takes for a page
and that can end no header. A handshake changes nothing: no event, no secret.

Most are data, a `Handshake`; what has to compute its answer is a `ComputedHandshake` in its source's module.
"""

import hmac
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import Any, ClassVar, Final

from lambdas.ingest.answer import TEXT, Answer, json_answer
from lambdas.ingest.body import BadBodyError, parse_json
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.places import in_body
from lambdas.ingest.schemes.scheme import as_bytes

MAX_ECHO_LENGTH: Final = 2000
"""Characters of a challenge; the longest known has a few hundred."""

MAX_UNSIGNED_BODY: Final = 16 * 1024
"""Bytes of a body that is read before anybody has proven anything."""

_PRINTABLE: Final = re.compile(f"[ -~]{{1,{MAX_ECHO_LENGTH}}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake:
    """What a sender asks of an endpoint before it sends events. It is answered with 200, and nothing else happens.

    A *place* is a part of the request: the name of a header, ``query.<parameter>`` or ``body.<field>.<field>``.

    Attributes:
        methods: How it is asked: ``GET``, ``HEAD`` or ``POST``, or several of them.
        challenge: The place of the text that is given back; without it, the answer is empty.
        echo: How it is given back: ``text``, ``json.<key>``, or the name of a header.
        when: Places, and the text that each must have, or several of which it must have one. Any other request is none.
        token: The place of a verify token, which must be one of the endpoint's secrets.
        signed: Whether it is verified first, as any event is.
        brings_secret: Whether the challenge is the secret that the sender has made. It is answered before the endpoint
            has a secret, and becomes none by that: a person adds it, from where the sender shows it.
    """

    methods: "str | Sequence[str]" = "GET"
    challenge: str = ""
    echo: str = "text"
    when: Mapping[str, "str | Sequence[str]"] = field(default_factory=dict)
    token: str = ""
    signed: bool = False
    brings_secret: bool = False

    def answer(self, request: Request, payload: Any, secrets: Sequence[str]) -> Answer | None:
        """The answer to a request with this payload (None before verification); None for what is no handshake."""
        if request.method not in _texts(self.methods):
            return None
        body = payload if self.signed else self._unsigned_body(request)
        if any(_at(place, request, body) not in _texts(of) for place, of in self.when.items()):
            return None
        if self.token and not _is_one_of(secrets, _at(self.token, request, body)):
            return None
        return _echo(_at(self.challenge, request, body), self.echo) if self.challenge else Answer("", TEXT)

    def _unsigned_body(self, request: Request) -> Any:
        """The body's JSON where a place is in it; None where it is none, or too large for a handshake."""
        if not any(in_body(place) for place in self.places) or len(request.body) > MAX_UNSIGNED_BODY:
            return None
        try:
            return parse_json(request.body)
        except BadBodyError:
            return None

    @property
    def places(self) -> tuple[str, ...]:
        """All places of it."""
        return tuple(place for place in (self.challenge, self.token, *self.when) if place)


@dataclass(frozen=True, slots=True)
class ComputedHandshake:
    """A handshake of which the answer has to be computed.

    Attributes:
        answer: See `Handshake.answer`.
        signed: See `Handshake.signed`.
    """

    answer: Callable[[Request, Any, Sequence[str]], Answer | None]
    signed: bool

    brings_secret: ClassVar[bool] = False


def handshake_document(handshake: Handshake) -> dict[str, Any]:
    """A handshake as JSON, without the fields that have their default value."""
    defaults = {of.name: of.default if of.default is not MISSING else {} for of in fields(handshake)}
    return {name: value for name, value in asdict(handshake).items() if value != defaults[name]}


def sign_challenge(secret: str, text: str) -> bytes:
    """The HMAC-SHA256 of a challenge."""
    return hmac.digest(as_bytes(secret), as_bytes(text), "sha256")


def could_be_body(text: str) -> bool:
    """Whether a text is JSON: its signature could be passed off as that of a body."""
    try:
        parse_json(as_bytes(text))
    except BadBodyError:
        return False
    return True


def _texts(given: "str | Sequence[str]") -> Sequence[str]:
    return (given,) if isinstance(given, str) else given


def _at(place: str, request: Request, body: Any) -> str:
    """The text or whole number at a place of a request; empty where there is none."""
    where, _, name = place.partition(".")
    if where == "query":
        return request.query.get(name, "")
    if where != "body":
        return request.headers.get(place.lower(), "")
    for key in name.split("."):
        body = body.get(key) if isinstance(body, dict) else None
    return str(body) if isinstance(body, str | int) and not isinstance(body, bool) else ""


def _is_one_of(secrets: Iterable[str], given: str) -> bool:
    return any(hmac.compare_digest(as_bytes(secret), as_bytes(given)) for secret in secrets)


def _echo(challenge: str, how: str) -> Answer | None:
    """An answer that gives a stranger's text back; None for a text that no sender's challenge is."""
    if not _PRINTABLE.fullmatch(challenge):
        return None
    form, _, key = how.partition(".")
    match form:
        case "text":
            return Answer(challenge, TEXT)
        case "json":
            return json_answer({key: challenge})
        case _:
            return Answer("", TEXT, headers={how.lower(): challenge})
