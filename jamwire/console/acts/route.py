"""Acts over HTTP: how much it would be, and then the act."""

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from threading import Lock
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jamwire.console.access import API
from jamwire.console.acts import dead_letters, replays, retries, samples, secrets
from jamwire.console.acts.act import Body, Done, Prepare
from jamwire.console.answers import JsonResponse, error_document
from jamwire.console.context import BadRequestError, Context, Document
from jamwire.operations.errors import CredentialsError

ACTS: Final[Mapping[str, Prepare]] = {
    "replay": replays.prepare,
    "retry": retries.prepare,
    "redrive": dead_letters.prepare_redrive,
    "discard": dead_letters.prepare_discard,
    "send": samples.prepare,
    "secret-add": secrets.prepare_add,
    "secret-end": secrets.prepare_end,
    "secret-restore": secrets.prepare_restore,
}

MAX_BODY_BYTES: Final = 256 * 1024


def route(context: Context) -> Route:
    """The acts' place in the API. Whoever clicks twice is told what the first click has changed."""
    locks: dict[str, AbstractContextManager[Any]] = {name: Lock() for name in ACTS}
    locks |= dict.fromkeys(("redrive", "discard"), context.dead_letters)

    async def answer(request: Request) -> Response:
        name = request.path_params["act"]
        if name not in ACTS:
            return JsonResponse({"error": f"There is no such act; there are: {', '.join(ACTS)}."}, 404)
        body = _read(await request.body())
        status, document = await run_in_threadpool(run, context, ACTS[name], body, locks[name])
        return JsonResponse(document, status)

    return Route(f"{API}acts/{{act}}", answer, methods=["POST"])


def run(
    context: Context, prepare: Prepare, body: Body, lock: AbstractContextManager[Any]
) -> tuple[int, Document]:
    """Say what an act would do, or do it if it is what was shown.

    Raises:
        BadRequestError: The body does not say which of the two is meant.
        OperationError: It cannot be done.
    """
    if not isinstance(body.get("dry_run"), bool):
        raise BadRequestError("dry_run: expected true or false.")
    if body["dry_run"]:
        prepared = prepare(context, body)
        return 200, {"count": prepared.count, "sentence": prepared.sentence, "body": prepared.body}
    if type(body.get("count")) is not int:
        raise BadRequestError("count: expected the whole number that was shown.")
    with lock:
        prepared = prepare(context, body)
        if prepared.count != body["count"]:
            return 409, {"error": f"It has changed meanwhile. {prepared.sentence}", "count": prepared.count}
        done = prepared.perform()
    if isinstance(done.failure, CredentialsError):
        context.forget()
    context.kept.forget()
    return 200, _document(done)


def _document(done: Done) -> Document:
    if done.failure and not done.done:
        raise done.failure
    return {
        "done": done.done,
        "sentence": done.sentence,
        "unsent": done.unsent,
        "undo": done.undo,
        **(error_document(done.failure) if done.failure else {}),
    }


def _read(body: bytes) -> dict[str, Any]:
    if len(body) > MAX_BODY_BYTES:
        raise BadRequestError(f"The body has more than {MAX_BODY_BYTES // 1024} KiB.")
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequestError("The body is not JSON.") from None
    if not isinstance(document, dict):
        raise BadRequestError("The body is no object.")
    return document
