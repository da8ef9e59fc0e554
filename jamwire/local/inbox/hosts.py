"""Whom the deployment calls by HTTP: Slack's webhooks, build hosts, a push service. Each answers as it does in life."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from jamwire.local.credentials import HOST
from jamwire.local.inbox import build, push, slack
from jamwire.local.inbox.deliveries import (
    ReceivedDeliveries,
    ReceivedDelivery,
    event_ids_of_message,
    event_ids_of_notification,
)
from jamwire.local.inbox.faults import Fault, Faults

TAKEN: Final = 201


class Hosts:
    """The hosts, which misbehave when they are told to.

    Args:
        received: Where what comes in is kept.
        faults: How they misbehave.
        service: The push service.
        clock: Unix time in seconds.
    """

    def __init__(
        self,
        received: ReceivedDeliveries,
        faults: Faults,
        service: push.PushService,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._received = received
        self._faults = faults
        self._service = service
        self._clock = clock

    async def slack(self, request: Request) -> Response:
        """Take a message as Slack's incoming webhooks do."""
        path, message = request.url.path, slack.read(await request.body())
        judged = slack.judge(path, message)
        delivery = ReceivedDelivery(
            channel="slack",
            destination=path,
            event_ids=event_ids_of_message(message),
            request=message,
            status=None,
        )

        def answer(forced: int | None) -> Response:
            answered = judged if forced is None else slack.failure(forced)
            return PlainTextResponse(answered.text, answered.status)

        return await self._answer(request, delivery, answer)

    async def order(self, request: Request) -> Response:
        """Take the order of a build as the build host does whose hook this is."""
        path, query, body = request.url.path, request.url.query, build.read(await request.body())
        host = build.host_of(path, query)
        judged = build.judge(host, body, request.headers)
        delivery = ReceivedDelivery(
            channel="build",
            destination=path,
            event_ids=build.event_ids_of_order(body),
            request=build.describe(host, query, body),
            status=None,
        )

        def answer(forced: int | None) -> Response:
            answered = judged if forced is None else build.failure(forced)
            if answered.document is None:
                return Response(status_code=answered.status)
            return JSONResponse(answered.document, answered.status)

        return await self._answer(request, delivery, answer)

    async def push(self, request: Request) -> Response:
        """Take a push as a push service does, and open it as the browser does whose subscription this is."""
        id, body = request.path_params["id"], await request.body()
        judged, taken = self._service.judge(
            id, request.headers, body, origin=origin_of(request), now=self._clock()
        )
        said = push.described(taken) if taken else {"message": None, "wrong": judged.text}
        delivery = ReceivedDelivery(
            channel="push",
            destination=request.url.path,
            event_ids=event_ids_of_notification(said["message"]),
            request=said,
            status=None,
        )

        def answer(forced: int | None) -> Response:
            answered = judged if forced is None else push.PushAnswer(forced)
            return PlainTextResponse(answered.text, answered.status, dict(answered.headers))

        response = await self._answer(request, delivery, answer)
        if taken and delivery.status == TAKEN and (subscription := self._service.find(id)):
            subscription.keep(taken)
        return response

    async def _answer(
        self, request: Request, delivery: ReceivedDelivery, answer: Callable[[int | None], Response]
    ) -> Response:
        """Keep a delivery and answer it, by the fault that is its turn if there is one."""
        self._received.add(delivery)
        fault = self._faults.take(delivery.channel) or Fault()
        if await _hangs_up(request, fault):
            return Response(status_code=408)  # to nobody
        if fault.cut:
            return _Cut()
        response = answer(fault.status)
        if fault.retry_after is not None:
            response.headers["retry-after"] = str(fault.retry_after)
        delivery.status = response.status_code
        return response


def origin_of(request: Request) -> str:
    """The inbox's origin, as a deployment knows it."""
    port = request.url.port
    return f"http://{HOST}{f':{port}' if port else ''}"


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
