"""The outside of a local account: what has been delivered there, and how it misbehaves."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jamwire.console.access import API
from jamwire.console.answers import JsonResponse
from jamwire.console.context import BadRequestError, Outside


def routes(outside: Outside) -> list[Route]:
    """What the API has of it."""

    async def deliveries(request: Request) -> Response:
        query = request.query_params
        found = outside.numbered(query.get("channel", ""), _number(query.get("after") or "0"))
        return JsonResponse({"deliveries": found})

    place = f"{API}faults"
    return [
        Route(f"{API}outside", deliveries),
        Route(f"{API}texts", outside.answer, methods=["POST"]),
        Route(place, outside.faults, methods=["GET"]),
        Route(place, outside.add_fault, methods=["POST"]),
        Route(place, outside.clear_faults, methods=["DELETE"]),
    ]


def _number(text: Any) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 15:
        raise BadRequestError(f"after is {text[:80]!r}, expected a delivery's number.")
    return int(text)
