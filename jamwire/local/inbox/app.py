"""The inbox as a web application: Slack's webhook host, and an API to look at what came in."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from jamwire.local.inbox.account import Outgoing
from jamwire.local.inbox.faults import BadFaultError, Fault, Faults
from jamwire.local.inbox.records import CHANNELS, Delivery, Records, event_id_of_message

LOOK_SECONDS: Final = 0.5
"""How often the account is asked what it has sent, so that the time of receipt is about right."""

_CONTENT: Final = ("text", "blocks", "attachments")


class Inbox:
    """The inbox's state, and what is done with it."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._records = Records()
        self._faults = Faults()
        self._outgoing = outgoing
        self._looking = asyncio.Lock()

    async def look(self) -> None:
        """Take over what the account has sent since."""
        async with self._looking:
            for delivery in await run_in_threadpool(self._outgoing.fresh):
                self._records.add(delivery)

    async def hello(self, request: Request) -> Response:
        """Say what this is."""
        return PlainTextResponse("Jamwire's inbox: GET /api/deliveries, POST /api/faults\n")

    async def slack(self, request: Request) -> Response:
        """Take a message as Slack's incoming webhooks do (Slack API, "Sending messages using incoming webhooks")."""
        body = await request.body()
        message, answer = _judge(body)
        delivery = self._records.add(
            Delivery(
                channel="slack",
                destination=request.url.path,
                request=message,
                status=None,
                event_id=event_id_of_message(message),
            )
        )
        fault = self._faults.next()
        if fault:
            await asyncio.sleep(fault.hang)
            answer = _faulty(fault) or answer
        if not (fault and fault.hang and await request.is_disconnected()):
            delivery.status = answer.status_code
        return answer

    async def deliveries(self, request: Request) -> Response:
        """List them."""
        channel = request.query_params.get("channel")
        if channel not in (None, *CHANNELS):
            return _bad(f"channel is {channel!r}, expected one of {', '.join(CHANNELS)}.")
        await self.look()
        return JSONResponse(self._records.document(channel))

    async def clear_deliveries(self, request: Request) -> Response:
        """Forget them, those included that were not yet taken over."""
        await self.look()
        self._records.clear()
        return Response(status_code=204)

    async def add_fault(self, request: Request) -> Response:
        """Misbehave from now on."""
        try:
            self._faults.add(Fault.of(json.loads(await request.body())))
        except BadFaultError as bad:
            return _bad(str(bad))
        except ValueError:
            return _bad("The body is not JSON.")
        return Response(status_code=204)

    async def clear_faults(self, request: Request) -> Response:
        """Behave again."""
        self._faults.clear()
        return Response(status_code=204)


def make_app(outgoing: Outgoing) -> Starlette:
    """The application."""
    inbox = Inbox(outgoing)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        watch = asyncio.create_task(_watch(inbox))
        yield
        watch.cancel()

    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/", inbox.hello),
            Route("/services/{team}/{bot}/{token}", inbox.slack, methods=["POST"]),
            Route("/api/deliveries", inbox.deliveries, methods=["GET"]),
            Route("/api/deliveries", inbox.clear_deliveries, methods=["DELETE"]),
            Route("/api/faults", inbox.add_fault, methods=["POST"]),
            Route("/api/faults", inbox.clear_faults, methods=["DELETE"]),
        ],
    )


async def _watch(inbox: Inbox) -> None:
    while True:
        with suppress(Exception):  # the account may be starting or ending; the next look tells
            await inbox.look()
        await asyncio.sleep(LOOK_SECONDS)


def _judge(body: bytes) -> tuple[Any, Response]:
    """The message, and Slack's answer to it."""
    try:
        message = json.loads(body)
    except ValueError:
        return body.decode(errors="replace"), PlainTextResponse("invalid_payload", 400)
    if not isinstance(message, dict):
        return message, PlainTextResponse("invalid_payload", 400)
    if not any(message.get(name) for name in _CONTENT):
        return message, PlainTextResponse("no_text", 400)
    return message, PlainTextResponse("ok")


def _faulty(fault: Fault) -> Response | None:
    if fault.status is None:
        return None
    headers = {} if fault.retry_after is None else {"retry-after": str(fault.retry_after)}
    return PlainTextResponse("rate_limited" if fault.status == 429 else "fault", fault.status, headers)


def _bad(text: str) -> Response:
    return JSONResponse({"error": text}, 400)
