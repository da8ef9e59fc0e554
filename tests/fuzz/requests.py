"""One request of chance: a sender's own, changed before it is signed, or after, or signed by somebody else."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from jamwire.samples.signing import sign
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.scheme import VerificationError
from tests.fakes.choices import Choices
from tests.fuzz import mutations
from tests.fuzz.mutations import one_of
from tests.fuzz.senders import BODIES, Sender
from tests.fuzz.words import METHODS, TEXTS

CHALLENGES: Final = ("abc", "1158201444", *TEXTS)


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """A request of chance.

    Attributes:
        sender: Whose it is, or is said to be.
        request: The request.
        forged: Whether it is signed by a secret that the endpoint does not have.
    """

    sender: Sender
    request: Request
    forged: bool


def fuzzed(choices: Choices, senders: Sequence[Sender], now: float) -> Fuzzed:
    """The request that the choices make."""
    # 0 to 2 change before signing, 3 after it, 4 both; 5 is somebody else's, 6 and 7 ask first.
    how = choices.draw(8)
    sender = one_of(choices, [sender for sender in senders if sender.asks] if how >= 6 else senders)
    request = _sample(choices, sender, changed=how != 3)
    forged = how == 5
    signed = _signed(choices, sender, request, now, forged=forged)
    if how >= 6:
        signed = _asking(choices, signed, sender)
    if how in (3, 4, 5, 7):
        signed = _changed(choices, signed)
    return Fuzzed(sender, signed, forged)


def _sample(choices: Choices, sender: Sender, *, changed: bool) -> Request:
    sample = one_of(choices, sender.samples)
    value = mutations.document(choices, sample.body, BODIES) if changed else sample.body
    body = mutations.written(choices, value, form=sample.form)
    kind = "application/x-www-form-urlencoded" if sample.form else "application/json"
    return Request(
        endpoint=sender.name,
        method="POST",
        headers={"content-type": kind, "x-shop": "acme", "client-id": "c", **sample.headers},
        body=mutations.raw(choices, body) if changed and choices.draw(4) == 1 else body,
        url=sender.url,
    )


def _signed(choices: Choices, sender: Sender, request: Request, now: float, *, forged: bool) -> Request:
    """The request signed, where its sender can sign such a thing."""
    secret = sender.forging if forged else sender.signing
    late = one_of(choices, (1e4, -1e4, 1e9)) if choices.draw(15) == 1 else choices.draw(300)
    try:
        return sign(sender.scheme, secret, request, now=now - late, delivery_id=f"m-{choices.draw(1000)}")
    except (ValueError, VerificationError, RecursionError):
        return request


def _asking(choices: Choices, request: Request, sender: Sender) -> Request:
    """The request with what senders ask first, in every place where one of them does."""
    asked = {
        **dict.fromkeys(
            ("hub.challenge", "challenge", "crc_token", "validationToken"), one_of(choices, CHALLENGES)
        ),
        "hub.mode": one_of(choices, ("subscribe", "unsubscribe", "")),
        "hub.topic": "https://news.example/feed.json",
        "hub.verify_token": sender.verifying,
    }
    headers = {
        "x-hook-secret": one_of(choices, CHALLENGES),
        "x-okta-verification-challenge": one_of(choices, CHALLENGES),
        "twitch-eventsub-message-type": "webhook_callback_verification",
    }
    return replace(
        request,
        method=one_of(choices, ("GET", "HEAD", "POST")),
        headers={**request.headers, **headers},
        url=f"{request.url}?{urlencode(asked, errors='replace')}",
    )


def _changed(choices: Choices, request: Request) -> Request:
    path, _, query = request.url.partition("?")
    return replace(
        request,
        headers=mutations.headers(choices, request.headers),
        body=mutations.raw(choices, request.body),
        url=f"{path}?{mutations.query(choices, query)}",
        method=one_of(choices, METHODS) if choices.draw(3) == 1 else request.method,
        endpoint=one_of(choices, TEXTS) if choices.draw(20) == 1 else request.endpoint,
        address=one_of(choices, (*TEXTS, "198.51.100.7", "2001:db8::1")) if choices.draw(3) else "",
    )


def as_api_gateway(choices: Choices, request: Request) -> dict[str, Any]:
    """The event that API Gateway makes of a request, with what it may leave out left out."""
    path, _, query = request.url.partition("?")
    try:
        body, encoded = request.body.decode("utf-8", "strict"), False
    except UnicodeDecodeError:
        body, encoded = base64.b64encode(request.body).decode(), True
    if not encoded and choices.draw(4) == 1:
        body, encoded = base64.b64encode(request.body).decode(), True
    if choices.draw(60) == 1:
        encoded = not encoded  # said to be base64, or not to be: API Gateway never errs, but who knows
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "ANY /{endpoint}",
        "rawPath": "/" + path.partition("://")[2].partition("/")[2],
        "rawQueryString": query,
        "headers": dict(request.headers),
        "requestContext": {
            "domainName": path.partition("://")[2].partition("/")[0],
            "http": {"method": request.method, "sourceIp": request.address or "192.0.2.1"},
        },
        "pathParameters": {"endpoint": request.endpoint},
        "body": body,
        "isBase64Encoded": encoded,
    }
    if not body or choices.draw(100) == 1:
        del event["body"]
    if choices.draw(200) == 1:
        del event["headers"]
    return event
