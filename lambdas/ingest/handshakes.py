"""Handshakes: what a sender asks before it sends events, and the answer that it wants.

An answer must never sign what a stranger chose so that it could be passed off as a body: such handshakes are answered
after verification, or only for texts that can be no body.
"""

import base64
import hmac
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from lambdas.ingest.body import BadBodyError, parse_json
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.scheme import as_bytes

LONGEST_ECHO: Final = 2000

JSON: Final = "application/json"
TEXT: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of 200 that is no acceptance of an event, or the form of one."""

    body: str
    content_type: str = JSON
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


def _slack(request: Request, payload: Any, secrets: Sequence[str]) -> Reply | None:
    """Slack API, "Using the HTTP Request URL": ``url_verification``."""
    if not isinstance(payload, dict) or payload.get("type") != "url_verification":
        return None
    return _json({"challenge": payload.get("challenge")})


def _zoom(request: Request, payload: Any, secrets: Sequence[str]) -> Reply | None:
    """Zoom developer documentation, "Validate your webhook endpoint"; the request is signed like any other."""
    if not isinstance(payload, dict) or payload.get("event") != "endpoint.url_validation":
        return None
    inner = payload.get("payload")
    token = inner.get("plainToken") if isinstance(inner, dict) else None
    if not isinstance(token, str) or _is_json(token) or token.startswith("v0:"):
        return None
    digest = _digest(secrets[-1], token).hex()
    return _json({"plainToken": token, "encryptedToken": digest})


def _x(request: Request, payload: Any, secrets: Sequence[str]) -> Reply | None:
    """X developer documentation, "Challenge-Response Checks". A token that is JSON would be signed as a body."""
    token = request.query.get("crc_token", "")
    if request.method != "GET" or not token or _is_json(token):
        return None
    digest = base64.b64encode(_digest(secrets[-1], token)).decode()
    return _json({"response_token": f"sha256={digest}"})


def _meta(request: Request, payload: Any, secrets: Sequence[str]) -> Reply | None:
    """Meta, "Webhooks: Getting Started"; the verify token is one more secret of the endpoint."""
    query = request.query
    if request.method != "GET" or query.get("hub.mode") != "subscribe":
        return None
    given = as_bytes(query.get("hub.verify_token", ""))
    if not any(hmac.compare_digest(as_bytes(secret), given) for secret in secrets):
        return None
    return _echo(query.get("hub.challenge", ""))


def _dropbox(request: Request, payload: Any, secrets: Sequence[str]) -> Reply | None:
    """Dropbox, "Webhooks: the verification request"."""
    return _echo(request.query.get("challenge", "")) if request.method == "GET" else None


def _microsoft(request: Request, payload: Any, secrets: Sequence[str]) -> Reply | None:
    """Microsoft Graph, "notificationUrl validation": the decoded token as plain text."""
    return _echo(request.query.get("validationToken", ""))


def _woocommerce(request: Request, payload: Any, secrets: Sequence[str]) -> Reply | None:
    """WooCommerce's ping on creation is an unsigned form; it must get exactly 200 (class-wc-webhook.php)."""
    is_ping = request.method == "POST" and re.fullmatch(rb"webhook_id=[0-9]{1,20}", request.body)
    return _json({}) if is_ping and "x-wc-webhook-signature" not in request.headers else None


SLACK: Final = Handshake(_slack, signed=True)
ZOOM: Final = Handshake(_zoom, signed=True)
X: Final = Handshake(_x, signed=False)
META: Final = Handshake(_meta, signed=False)
DROPBOX: Final = Handshake(_dropbox, signed=False)
MICROSOFT: Final = Handshake(_microsoft, signed=False)
WOOCOMMERCE: Final = Handshake(_woocommerce, signed=False)


def _json(document: Mapping[str, Any]) -> Reply:
    return Reply(json.dumps(document))


def _echo(text: str) -> Reply | None:
    """A stranger's text sent back, as text that no browser takes for anything else."""
    if not text or len(text) > LONGEST_ECHO:
        return None
    return Reply(text, TEXT, {"x-content-type-options": "nosniff"})


def _digest(secret: str, text: str) -> bytes:
    return hmac.digest(as_bytes(secret), as_bytes(text), "sha256")


def _is_json(text: str) -> bool:
    try:
        parse_json(as_bytes(text))
    except BadBodyError:
        return False
    return True
