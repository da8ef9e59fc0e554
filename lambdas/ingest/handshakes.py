"""Handshakes: what a sender asks before it sends events, and the answer that it wants.

An answer must never sign what a stranger chose so that it could be passed off as a body: such handshakes are answered
after verification, or only for texts that can be no body. Each handshake is written in its source's module.
"""

import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from lambdas.ingest.body import BadBodyError, parse_json
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.scheme import as_bytes

MAX_ECHO_LENGTH: Final = 2000

_JSON: Final = "application/json"
_TEXT: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Reply:
    """The body and headers of an answer of 200, where the answer is not the event's id in JSON."""

    body: str
    content_type: str = _JSON
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Handshake:
    """A source's handshake.

    Attributes:
        answer: Gives the reply to a request with this payload (None before verification), by the endpoint's secrets;
            None for what is no handshake.
        signed: Whether it is verified first, as any event is.
    """

    answer: Callable[[Request, Any, Sequence[str]], Reply | None]
    signed: bool


def json_reply(document: Mapping[str, Any]) -> Reply:
    """A reply in JSON."""
    return Reply(json.dumps(document))


def echo(text: str) -> Reply | None:
    """A reply that gives a stranger's text back, as text that no browser takes for anything else."""
    if not text or len(text) > MAX_ECHO_LENGTH:
        return None
    return Reply(text, _TEXT, {"x-content-type-options": "nosniff"})


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
