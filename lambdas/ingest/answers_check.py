"""An endpoint's own answers, checked before they are deployed. Ingest does not import this module."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from lambdas.ingest.answer import Reply
from lambdas.ingest.handshakes import Handshake
from lambdas.ingest.schemes.places import in_body, is_place, normalised
from lambdas.ingest.source import Source

METHODS: Final = ("GET", "HEAD", "POST")
CONTENT_TYPES: Final = ("text/plain", "application/json", "application/xml", "text/xml")
"""Types of a reply; a page of HTML would be run by a browser."""

STATUSES: Final = (200, 201, 202, 204)
MAX_REPLY_LENGTH: Final = 1000
"""Characters of a reply, which travels in ingest's environment."""

_ECHO: Final = re.compile(r"text|json\..+|(x|webhook)-[a-z0-9_-]+", re.IGNORECASE)
_OBEYED: Final = re.compile(r"x-(accel|amz|content|dns|frame|permitted|robots|sendfile|xss)", re.IGNORECASE)
"""Headers of an answer that a browser or a proxy obeys, so that no stranger may write them."""

_PLACES: Final = "a place such as 'query.challenge', 'x-hook-secret' or 'body.challenge'"

Mistake = tuple[str, Any, str]
"""What is wrong: the part, what was given, what was expected."""


def check_handshake(name: str, handshake: Any, source: Source) -> None:
    """Check the handshake of an endpoint.

    Raises:
        ValueError: Something is not what it must be; one sentence says what was given and what is expected.
    """
    if not isinstance(handshake, Handshake):
        raise _mistake(name, "handshake", handshake, "one such as Handshake(challenge='query.challenge')")
    if source.handshake:
        raise _mistake(name, "handshake", handshake, f"none, since {source.name} has its own")
    for part, given, expected in _mistakes(handshake):
        raise _mistake(name, f"handshake's {part}", given, expected)


def check_reply(name: str, reply: Any) -> None:
    """Check the reply of an endpoint.

    Raises:
        ValueError: Something is not what it must be; one sentence says what was given and what is expected.
    """
    if not isinstance(reply, Reply):
        raise _mistake(name, "reply", reply, "one such as Reply('ok')")
    for part, given, expected in _mistakes_of_reply(reply):
        raise _mistake(name, f"reply's {part}", given, expected)


def _mistake(name: str, part: str, given: Any, expected: str) -> ValueError:
    return ValueError(f"The {part} of {name!r} is {given!r}, expected {expected}.")


def _mistakes(handshake: Handshake) -> Iterator[Mistake]:
    yield from _mistakes_of_parts(handshake)
    yield from _mistakes_together(handshake)


def _mistakes_of_parts(handshake: Handshake) -> Iterator[Mistake]:
    """What is wrong with a part by itself."""
    methods = _list(handshake.methods)
    if not methods or not set(methods) <= set(METHODS):
        yield "methods", handshake.methods, f"one or several of {', '.join(METHODS)}"
    if not isinstance(handshake.when, Mapping):
        yield "when", handshake.when, "places and texts such as {'query.hub.mode': 'subscribe'}"
        return
    for place in handshake.places:
        if not _is_place(place):
            yield "place", place, _PLACES
    for place, of in handshake.when.items():
        if not _list(of) or not all(isinstance(text, str) and text for text in _list(of)):
            yield "when", {place: of}, "a text, or several of which one must be there"
    if (
        not isinstance(handshake.echo, str)
        or not _ECHO.fullmatch(handshake.echo)
        or _OBEYED.match(handshake.echo)
    ):
        yield (
            "echo",
            handshake.echo,
            "'text', 'json.<key>' or a header such as 'x-hook-secret'",
        )


def _mistakes_together(handshake: Handshake) -> Iterator[Mistake]:
    """What is wrong with parts that do not fit."""
    methods = _list(handshake.methods)
    if "POST" in methods and not handshake.places:
        yield (
            "methods",
            handshake.methods,
            "no POST without a challenge or a condition, or no POST would be an event",
        )
    if "HEAD" in methods and handshake.challenge and handshake.echo.partition(".")[0] in ("text", "json"):
        yield (
            "methods",
            handshake.methods,
            f"no HEAD with the echo {handshake.echo!r}, since its answer has no body",
        )
    if methods != ["POST"] and any(in_body(place) for place in handshake.places):
        yield "methods", handshake.methods, "'POST', since a place is in the body"
    if handshake.signed and methods != ["POST"]:
        yield "methods", handshake.methods, "'POST', since only that is signed; a token proves the others"
    if handshake.echo != "text" and not handshake.challenge:
        yield "challenge", handshake.challenge, f"{_PLACES}, since the echo is {handshake.echo!r}"
    if handshake.brings_secret and (handshake.signed or handshake.token or not handshake.challenge):
        yield (
            "brings_secret",
            True,
            "it beside a challenge, and neither signed nor with a token: no secret is there yet",
        )


def _mistakes_of_reply(reply: Reply) -> Iterator[Mistake]:
    if not isinstance(reply.body, str) or len(reply.body) > MAX_REPLY_LENGTH:
        yield "body", reply.body, f"a text of at most {MAX_REPLY_LENGTH} characters"
    elif not reply.body.isprintable():
        yield "body", reply.body, "a text without line breaks and other unprintable characters"
    elif reply.content_type == "application/json" and not _reads(json.loads, reply.body):
        yield "body", reply.body, "JSON, since that is its content type"
    if reply.content_type not in CONTENT_TYPES:
        yield "content_type", reply.content_type, f"one of {', '.join(CONTENT_TYPES)}"
    if reply.status not in STATUSES:
        yield "status", reply.status, f"one of {', '.join(map(str, STATUSES))}"
    if reply.status == 204 and reply.body:
        yield "body", reply.body, "none, since the status 204 has no body"


def _is_place(given: Any) -> bool:
    """Whether this is a place; a header's name with a dot is rather one without its beginning."""
    if not isinstance(given, str) or not is_place(normalised(given)):
        return False
    return "." not in given or given.startswith(("query.", "body."))


def _list(given: Any) -> list[Any]:
    return [given] if isinstance(given, str) else list(given) if isinstance(given, list | tuple | set) else []


def _reads(read: Callable[[str], Any], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True
