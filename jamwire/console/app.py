"""The console as a web application: its page from memory, and its API."""

import mimetypes
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from jamwire.console import (
    alarms,
    curl,
    dead_letters,
    endpoints,
    events,
    figures,
    outside,
    overview,
    payload,
    rejected,
    samples,
    subscribers,
)
from jamwire.console.access import API, Access
from jamwire.console.acts.route import route
from jamwire.console.answers import JsonResponse, error_document
from jamwire.console.context import BadRequestError, Context, Document, Query
from jamwire.operations.aws import ConditionFailedError
from jamwire.operations.errors import AccountError, CredentialsError, NotFoundError, OperationError

STATIC: Final = Path(__file__).with_name("static")
FILES: Final = "/console/static/"
"""Where the page's files are, in the console's addresses."""

Resource = Callable[[Context, Query], Document]

RESOURCES: Final[Mapping[str, Resource]] = {
    "overview": overview.read,
    "events": events.list_,
    "events/{id}": events.show,
    "events/{id}/curl": curl.read,
    "events/{id}/payload": payload.read,
    "rejected": rejected.list_,
    "dead-letters": dead_letters.list_,
    "endpoints": endpoints.list_,
    "subscribers": subscribers.list_,
    "alarms": alarms.list_,
    "figures": figures.read,
    "samples": samples.list_,
}
"""What can be read, by its place in the API."""

STATUSES: Final[Mapping[type[Exception], int]] = {
    BadRequestError: 400,
    NotFoundError: 404,
    ConditionFailedError: 409,
    AccountError: 502,
    OperationError: 400,
}
"""What is answered where something cannot be had."""


def make_console(context: Context, *, token: str) -> ASGIApp:
    """The console.

    Args:
        context: The deployment that it shows.
        token: What whoever uses it must have.
    """
    app = Starlette(
        routes=[
            *(Route(f"{API}{path}", _endpoint(context, read)) for path, read in RESOURCES.items()),
            route(context),
            *(outside.routes(context.outside) if context.outside else ()),
            *(Route(path, _file(path, body)) for path, body in _static().items()),
        ],
        exception_handlers={
            **dict.fromkeys(STATUSES, _explain(context)),
            404: _nothing_here,
            405: _nothing_here,
            500: _failed,
        },
    )
    return Access(app, token=token)


def _endpoint(context: Context, read: Resource) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        query = {**request.query_params, **request.path_params}
        return JsonResponse(await run_in_threadpool(read, context, query))

    return answer


def _static() -> dict[str, bytes]:
    """The page's files by their paths, and the page itself as ``/``."""
    files = {
        f"{FILES}{path.relative_to(STATIC).as_posix()}": path.read_bytes()
        for path in STATIC.rglob("*")
        if path.is_file()
    }
    return files | {"/": files[f"{FILES}index.html"]}


def _file(path: str, body: bytes) -> Callable[[Request], Any]:
    media_type = mimetypes.guess_type("index.html" if path == "/" else path)[0]

    async def answer(request: Request) -> Response:
        return Response(body, media_type=media_type)

    return answer


def _explain(context: Context) -> Callable[[Request, Exception], Any]:
    async def explain(request: Request, error: Exception) -> Response:
        if isinstance(error, CredentialsError):
            context.forget()
        status = next(status for kind, status in STATUSES.items() if isinstance(error, kind))
        return JsonResponse(error_document(error), status)

    return explain


async def _nothing_here(request: Request, error: Exception) -> Response:
    return JsonResponse({"error": "There is nothing at this address."}, getattr(error, "status_code", 404))


async def _failed(request: Request, error: Exception) -> Response:
    return JsonResponse({"error": "The console has failed; what it says of that is in its output."}, 500)
