"""The inbox as a web application: Slack's webhook host, a build host, and an API to look at what came in."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from jamwire.console.app import make_console
from jamwire.console.context import Context
from jamwire.local.inbox import build, slack
from jamwire.local.inbox.account import Outgoing
from jamwire.local.inbox.deliveries import (
    CHANNELS,
    ReceivedDeliveries,
    ReceivedDelivery,
    event_ids_of_message,
)
from jamwire.local.inbox.faults import BadFaultError, Fault, Faults, read_fault

LOOK_SECONDS: Final = 1.0
"""How often the account is asked what it has sent, so that the time of receipt is about right."""

_log = logging.getLogger(__name__)


class Inbox:
    """The inbox's state, and what is done with it."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._received = ReceivedDeliveries()
        self._faults = Faults()
        self._outgoing = outgoing
        self._looking = asyncio.Lock()

    async def look(self) -> None:
        """Take over what the account has sent since."""
        async with self._looking:
            try:
                fresh = await run_in_threadpool(self._outgoing.fresh)
            except Exception as error:  # whatever it says, what is here can still be shown
                _log.warning("The local account does not answer: %s", error)
                return
            for delivery in fresh:
                self._received.add(delivery)

    async def watch(self) -> None:
        """Look again and again."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def slack(self, request: Request) -> Response:
        """Take a message as Slack's incoming webhooks do."""
        path, message = request.url.path, slack.read(await request.body())
        answer, headers = slack.judge(path, message), {}
        delivery = self._received.add(
            ReceivedDelivery(
                channel="slack",
                destination=path,
                event_ids=event_ids_of_message(message),
                request=message,
                status=None,
            )
        )
        if fault := self._faults.take("slack"):
            if await _hangs_up(request, fault):
                return Response(status_code=408)  # to nobody
            if fault.cut:
                return _Cut()
            answer = slack.failure(fault.status) if fault.status is not None else answer
            headers = _headers(fault)
        delivery.status = answer.status
        return PlainTextResponse(answer.text, answer.status, headers)

    async def order(self, request: Request) -> Response:
        """Take the order of a build as the build host does whose hook this is."""
        path, query, body = request.url.path, request.url.query, build.read(await request.body())
        host = build.host_of(path, query)
        answer, headers = build.judge(host, body, request.headers), {}
        delivery = self._received.add(
            ReceivedDelivery(
                channel="build",
                destination=path,
                event_ids=build.event_ids_of_order(body),
                request=build.describe(host, query, body),
                status=None,
            )
        )
        if fault := self._faults.take("build"):
            if await _hangs_up(request, fault):
                return Response(status_code=408)  # to nobody
            if fault.cut:
                return _Cut()
            answer = build.failure(fault.status) if fault.status is not None else answer
            headers = _headers(fault)
        delivery.status = answer.status
        if answer.document is None:
            return Response(status_code=answer.status, headers=headers)
        return JSONResponse(answer.document, answer.status, headers)

    async def deliveries(self, request: Request) -> Response:
        """List them."""
        channel = request.query_params.get("channel")
        if channel not in (None, *CHANNELS):
            return _bad(f"channel is {channel!r}, expected one of {', '.join(CHANNELS)}.")
        await self.look()
        return JSONResponse(self._received.document(channel))

    def numbered(self, channel: str, after: int) -> list[dict[str, Any]]:
        """Those of a channel, or all, that came after the one of this number."""
        return self._received.numbered(channel, after)

    async def clear_deliveries(self, request: Request) -> Response:
        """Forget them, those included that were not yet taken over."""
        await self.look()
        self._received.clear()
        return Response(status_code=204)

    async def faults(self, request: Request) -> Response:
        """List what is to go wrong."""
        return JSONResponse(self._faults.document())

    async def add_fault(self, request: Request) -> Response:
        """Misbehave from now on."""
        try:
            self._faults.add(read_fault(json.loads(await request.body())))
        except BadFaultError as bad:
            return _bad(str(bad))
        except (ValueError, RecursionError):
            return _bad("The body is not JSON.")
        return Response(status_code=204)

    async def clear_faults(self, request: Request) -> Response:
        """Behave again."""
        self._faults.clear()
        return Response(status_code=204)


def make_app(outgoing: Outgoing, *, console: Context, token: str) -> Starlette:
    """The application.

    Args:
        outgoing: What the local account has sent by itself.
        console: What the console shows, which is the inbox's page.
        token: What whoever uses the console must have.
    """
    inbox = Inbox(outgoing)
    page = make_console(replace(console, outside=inbox), token=token)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        watch = asyncio.create_task(inbox.watch())
        yield
        watch.cancel()

    return Starlette(
        lifespan=lifespan,
        # No page of the web can read it under a name of its own that leads to this machine.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
        routes=[
            Route("/services/{path:path}", inbox.slack, methods=["POST"]),
            *(Route(path, inbox.order, methods=["POST"]) for path in build.PATHS),
            Route("/api/deliveries", inbox.deliveries, methods=["GET"]),
            Route("/api/deliveries", inbox.clear_deliveries, methods=["DELETE"]),
            Route("/api/faults", inbox.faults, methods=["GET"]),
            Route("/api/faults", inbox.add_fault, methods=["POST"]),
            Route("/api/faults", inbox.clear_faults, methods=["DELETE"]),
            Mount("/", page),
        ],
    )


async def _hangs_up(request: Request, fault: Fault) -> bool:
    """Whether the sender goes away while it is let wait; it has sent all that it had to send."""
    if not fault.hang:
        return False
    try:
        await asyncio.wait_for(request.receive(), fault.hang)
    except TimeoutError:
        return False
    return True


class _Cut(Response):
    """The beginning of an answer, and then nothing: the server closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Begin."""
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})


def _headers(fault: Fault) -> dict[str, str]:
    return {} if fault.retry_after is None else {"retry-after": str(fault.retry_after)}


def _bad(text: str) -> Response:
    return JSONResponse({"error": text}, 400)
