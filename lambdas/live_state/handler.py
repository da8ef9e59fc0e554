"""The function that answers pages, or the CDN that stands before it, with the state of topics."""

import hashlib
import json
import os
import re
import time
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from lambdas.clients.aws import at_start, client
from lambdas.clients.embedded_metrics import embedded_metrics
from lambdas.clients.live_states import LiveStates
from lambdas.contracts.settings import LiveStateSettings
from lambdas.live_state.documents import document_at, visitor_of

PUBLIC_LIFETIME: Final = "max-age=0, s-maxage=1"
"""A second at the edge, whatever the crowd, and nothing in the browser, which asks each time whether it has changed."""

PRIVATE_LIFETIME: Final = "private, no-cache"

_PREFIX: Final = re.compile(r"^/_jamwire(?=/)")
"""Where the site's own distribution serves the state (`LiveStack.state_behavior`)."""

_COMMON: Final = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "Date, ETag, Age",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "strict-transport-security": "max-age=31536000",
}


def handle(request: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Answer a request of an HTTP API (API Gateway, payload format 2.0)."""
    path = _PREFIX.sub("", request["rawPath"])
    visitor = visitor_of(path)
    if visitor is not None and visitor != _claim(request):
        return _problem(403, "This document is another's")
    document = document_at(path, _states(), round(time.time() * 1000), lambda: _count("TooLarge"))
    if document is None:
        return _problem(404, "There is no such document")
    etag = f'"{hashlib.sha256(document.encode()).hexdigest()[:32]}"'
    headers = {"etag": etag, "cache-control": PUBLIC_LIFETIME if visitor is None else PRIVATE_LIFETIME}
    if etag in request["headers"].get("if-none-match", ""):
        return _answer(304, "", headers)
    return _answer(200, document, headers | {"content-type": "application/json"})


def _claim(request: Mapping[str, Any]) -> str | None:
    """Who asks, as API Gateway has verified; None where nobody has shown a token, or no topic is private."""
    shown = request["requestContext"].get("authorizer", {}).get("jwt", {}).get("claims", {})
    claim = _settings().private_claim
    return shown.get(claim) or None if claim else None


def _count(metric: str) -> None:
    service, namespace = (os.environ[f"POWERTOOLS_{name}"] for name in ("SERVICE_NAME", "METRICS_NAMESPACE"))
    counted = embedded_metrics({metric: 1}, [["service"]], namespace=namespace, now=time.time())
    print(json.dumps({"service": service, **counted}))  # noqa: T201


def _problem(status: int, title: str) -> dict[str, Any]:
    headers = {"content-type": "application/problem+json", "cache-control": "no-store"}
    return _answer(status, json.dumps({"title": title, "status": status}), headers)


def _answer(status: int, body: str, headers: Mapping[str, str]) -> dict[str, Any]:
    return {"statusCode": status, "headers": {**_COMMON, **headers}, "body": body}


@cache
def _settings() -> LiveStateSettings:
    return LiveStateSettings.from_environment(os.environ)


@at_start
def _states() -> LiveStates:
    return LiveStates(client("dynamodb"), _settings().states_table)
