"""The inbox as a web application: whom the deployment calls and writes to, and an API to look at what came in."""

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
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from jamwire.console.app import make_console
from jamwire.console.context import Context
from jamwire.local.inbox import build
from jamwire.local.inbox.account import Outgoing
from jamwire.local.inbox.browsers import Browsers
from jamwire.local.inbox.carrier import BadAnswerError, read_answer
from jamwire.local.inbox.deliveries import CHANNELS, ReceivedDeliveries
from jamwire.local.inbox.faults import BadFaultError, Faults, read_fault
from jamwire.local.inbox.hosts import Hosts
from jamwire.local.inbox.operators import OperatorsOnly
from jamwire.local.inbox.push import PushService

LOOK_SECONDS: Final = 1.0
"""How often the account is asked what it has sent, so that the time of receipt is about right."""

_log = logging.getLogger(__name__)


class Inbox:
    """The inbox's state, and what is done with it."""

    def __init__(self, outgoing: Outgoing, received: ReceivedDeliveries, faults: Faults) -> None:
        self._received = received
        self._faults = faults
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

    async def answer(self, request: Request) -> Response:
        """Let a phone answer a text message."""
        try:
            said = read_answer(json.loads(await request.body()))
        except BadAnswerError as bad:
            return _bad(str(bad))
        except (ValueError, RecursionError):
            return _bad("The body is not JSON.")
        if not await run_in_threadpool(self._outgoing.answer, said):
            return JSONResponse({"error": f"The deployment has no number {said['to']}."}, 404)
        return Response(status_code=202)

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
    received, faults, service = ReceivedDeliveries(), Faults(), PushService()
    inbox, hosts, browsers = (
        Inbox(outgoing, received, faults),
        Hosts(received, faults, service),
        Browsers(service),
    )
    asked = (
        ("POST", "/push/subscriptions", browsers.subscribe),
        ("DELETE", "/push/subscriptions/{id}", browsers.end),
        ("GET", "/push/subscriptions/{id}/messages", browsers.messages),
        ("POST", "/api/texts", inbox.answer),
        ("GET", "/api/deliveries", inbox.deliveries),
        ("DELETE", "/api/deliveries", inbox.clear_deliveries),
        ("GET", "/api/faults", inbox.faults),
        ("POST", "/api/faults", inbox.add_fault),
        ("DELETE", "/api/faults", inbox.clear_faults),
    )
    operators = [Middleware(OperatorsOnly)]
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
            Route("/services/{path:path}", hosts.slack, methods=["POST"]),
            *(Route(path, hosts.order, methods=["POST"]) for path in build.PATHS),
            *(Route(path, do, methods=[method], middleware=operators) for method, path, do in asked),
            Route("/push/{id}", hosts.push, methods=["POST"]),
            Mount("/", page),
        ],
    )


def _bad(text: str) -> Response:
    return JSONResponse({"error": text}, 400)
