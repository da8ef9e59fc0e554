"""Browsers that are subscribed to the inbox's push service: they subscribe, fetch what was pushed, and end it."""

import json
import time
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from jamwire.local.inbox.decryption import base64url
from jamwire.local.inbox.hosts import origin_of
from jamwire.local.inbox.push import PushService, fetched


class Browsers:
    """What a browser asks of its push service.

    Args:
        service: The push service.
        clock: Unix time in seconds.
    """

    def __init__(self, service: PushService, clock: Callable[[], float] = time.time) -> None:
        self._service = service
        self._clock = clock

    async def subscribe(self, request: Request) -> Response:
        """Subscribe one, as `PushManager.subscribe` does: with the sender's key only that may send."""
        body = await request.body()
        try:
            id, subscription = self._service.subscribe(_sender(json.loads(body) if body else {}))
        except (ValueError, RecursionError) as bad:
            return JSONResponse({"error": str(bad)}, 400)
        key = subscription.key
        document = {
            "endpoint": f"{origin_of(request)}/push/{id}",
            "keys": {"p256dh": base64url(key.public), "auth": base64url(key.auth)},
            # for who opens a push by other code than the inbox's
            "private": base64url(key.pair.private_numbers().private_value.to_bytes(32)),
        }
        return JSONResponse(document, 201)

    async def end(self, request: Request) -> Response:
        """End a subscription: its push service answers 410 from now on."""
        return Response(status_code=204 if self._service.end(request.path_params["id"]) else 404)

    async def messages(self, request: Request) -> Response:
        """What waits for a browser after the push of a number."""
        subscription = self._service.find(request.path_params["id"])
        after = request.query_params.get("after", "0")
        if subscription is None or not (after.isascii() and after.isdecimal() and len(after) < 10):
            return Response(status_code=404)
        found = subscription.fetch(int(after), self._clock())
        return JSONResponse({"messages": [fetched(push) for push in found]})


def _sender(document: Any) -> str:
    key = document.get("applicationServerKey", "") if isinstance(document, dict) else None
    if not isinstance(key, str):
        raise ValueError('Expected an object such as {"applicationServerKey": "BNc…"}, or nothing.')
    return key
