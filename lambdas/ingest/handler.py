"""The Lambda function behind the HTTP API: the one place where outcomes become HTTP."""

import json
import os
import time
import uuid
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from lambdas.clients.aws import client
from lambdas.clients.publisher import Message, NotPublishedError, Publisher
from lambdas.clients.secrets import Keyring
from lambdas.contracts.event import CONTENT_TYPE
from lambdas.contracts.ingest_settings import IngestSettings
from lambdas.contracts.keyring import Key
from lambdas.ingest import repetitions
from lambdas.ingest.endpoints import read_endpoints
from lambdas.ingest.event_ids import EventIds
from lambdas.ingest.ingest import Accepted, Ingest, Refusal, UnavailableError
from lambdas.ingest.request import Request
from lambdas.ingest.request_log import RequestLog

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_s3.client import S3Client

RETRY_AFTER_SECONDS: Final = 5

_TITLES: Final = {
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
_HEADERS: Final = {405: {"allow": "POST"}, 503: {"retry-after": str(RETRY_AFTER_SECONDS)}}

_TRIES: Final = 2
_CONNECT_SECONDS: Final = 2
_READ_SECONDS: Final = 3
"""So each service's tries end well within the function's time: the sender gets an answer and not a hang-up."""

_REPETITIONS_TRIES: Final = 1
_REPETITIONS_SECONDS: Final = 1
"""One short try: without an answer, time tells repetitions well enough (`lambdas.ingest.repetitions`)."""

_CONFIG: Final = Config(
    connect_timeout=_CONNECT_SECONDS,
    read_timeout=_READ_SECONDS,
    retries={"total_max_attempts": _TRIES, "mode": "standard"},
)
_REPETITIONS_CONFIG: Final = Config(
    connect_timeout=_REPETITIONS_SECONDS,
    read_timeout=_REPETITIONS_SECONDS,
    retries={"total_max_attempts": _REPETITIONS_TRIES},
)
_AWAY: Final = (BotoCoreError, ClientError, NotPublishedError)


@cache
def _dynamodb() -> "DynamoDBClient":
    return client("dynamodb", config=_REPETITIONS_CONFIG)


# Made at import: Lambda lends a starting function a whole processor, a running one of 256 MB a seventh.
_SNS: Final = client("sns", config=_CONFIG)
_SECRETS_MANAGER: Final = client("secretsmanager", config=_CONFIG)
if "REPETITIONS_TABLE" in os.environ:
    _dynamodb()


def handle(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Answer one request of the HTTP API (payload format 2.0), or publish one event of EventBridge; log one line."""
    return _handle_request(event) if "requestContext" in event else _handle_eventbridge(event)


def _handle_request(event: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a request, whatever happens."""
    started = time.perf_counter()
    request: Request | None = None
    endpoint = ""
    try:
        request = _read(event)
        if request.endpoint in _ingest().endpoints:  # any other name is a stranger's text
            endpoint = request.endpoint
        accepted = _ingest().accept(request)
    except Refusal as refusal:
        _log(_request_log().rejected(refusal.status, _since(started), refusal.reason, request, endpoint))
        return _problem(refusal.status)
    except UnavailableError as away:
        _log(_request_log().other(503, _since(started), "unavailable", endpoint=endpoint, reason=str(away)))
        return _problem(503)
    except (
        Exception
    ) as bug:  # the edge: whatever is wrong with us, the sender gets an answer that tells nothing
        _log(
            _request_log().other(500, _since(started), "failed", endpoint=endpoint, reason=_whereabouts(bug))
        )
        return _problem(500)
    _log_accepted(accepted, started, endpoint=endpoint, bytes=len(request.body))
    return _reply(accepted)


def _handle_eventbridge(event: Mapping[str, Any]) -> dict[str, Any]:
    """Publish an event of EventBridge; what is raised makes Lambda try again."""
    started = time.perf_counter()
    accepted = _ingest().accept_from_eventbridge(event["endpoint"], event["event"])
    _log_accepted(accepted, started, endpoint=event["endpoint"])
    return _ids(accepted)


def _log(line: str) -> None:
    # Without Powertools' logger, whose import would take a third of a cold start.
    print(line)  # noqa: T201


def _since(started: float) -> float:
    """Milliseconds."""
    return round((time.perf_counter() - started) * 1000, 1)


def _log_accepted(accepted: Accepted, started: float, **facts: Any) -> None:
    if event := accepted.event:
        facts |= {"event_id": event.id, "event_type": event.type}
    elif accepted.ids is None:
        facts["event_type"] = "handshake"
    line = _request_log().accepted(
        accepted.answer.status if accepted.answer else 200,
        _since(started),
        accepted.key_id,
        events=1 if accepted.ids is None else len(accepted.ids),
        unmapped=accepted.unmapped,
        unread=accepted.unread,
        refused=accepted.refused,
        counted=accepted.counted,
        **facts,
    )
    _log(line)


def _ids(accepted: Accepted) -> dict[str, Any]:
    first = {"id": accepted.event.id if accepted.event else None}
    return first if accepted.ids is None else first | {"ids": accepted.ids}


def _reply(accepted: Accepted) -> dict[str, Any]:
    answer = accepted.answer
    if answer is None:
        return _json(200, _ids(accepted))
    headers = {"content-type": answer.content_type, "x-content-type-options": "nosniff", **answer.headers}
    return {"statusCode": answer.status, "headers": headers, "body": answer.body}


def _read(event: Mapping[str, Any]) -> Request:
    try:
        return Request.of(event)
    except ValueError as bad:
        raise Refusal(400, str(bad)) from None


def _problem(status: int) -> dict[str, Any]:
    """A problem document (RFC 9457) that says no more than its status."""
    body = {"type": "about:blank", "title": _TITLES[status], "status": status}
    answer = _json(status, body)
    answer["headers"] = {"content-type": "application/problem+json"} | _HEADERS.get(status, {})
    return answer


def _json(status: int, body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(body),
    }


def _whereabouts(error: Exception) -> str:
    """The type and the place of an unexpected exception; its text might hold what the sender sent."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} in {place}"


class _Secrets:
    """The keyring, with its failures in ingest's words."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def keys(self, name: str) -> Sequence[Key]:
        try:
            return self._keyring.keys(name)
        except (*_AWAY, ValueError) as error:
            raise UnavailableError(f"the secrets cannot be read: {type(error).__name__}") from None

    def refresh(self) -> bool:
        try:
            return self._keyring.refresh()
        except (*_AWAY, ValueError) as error:
            raise UnavailableError(f"the secrets cannot be read: {type(error).__name__}") from None


@cache
def _ingest() -> Ingest:
    settings = IngestSettings.from_environment(os.environ)

    publisher = Publisher(_SNS, settings.topic_arn)

    def publish(messages: Sequence[Message]) -> None:
        try:
            publisher.publish_all(messages)
        except _AWAY as error:
            raise UnavailableError(f"the event cannot be published: {type(error).__name__}") from None

    def store_payload(name: str, text: str) -> str:
        try:
            _s3().put_object(
                Bucket=settings.payloads_bucket, Key=name, Body=text.encode(), ContentType=CONTENT_TYPE
            )
        except _AWAY as error:
            raise UnavailableError(f"the payload cannot be stored: {type(error).__name__}") from None
        return f"s3://{settings.payloads_bucket}/{name}"

    def remember(digest: str, event: str, now: float, until: float) -> str | None:
        table = settings.repetitions_table
        if table is None:
            return None
        try:
            return repetitions.remember(_dynamodb(), table, digest, event, now, until)
        except _AWAY:
            return None

    return Ingest(
        endpoints=read_endpoints(_own_file(settings.endpoints_file).read_text()),
        secrets=_Secrets(Keyring(_SECRETS_MANAGER, settings.secret_arn)),
        publish=publish,
        store_payload=store_payload,
        ids=EventIds(random_id=lambda: uuid.uuid4().hex, remember=remember),
    )


@cache
def _s3() -> "S3Client":
    # Not made at import: few deployments ever need it, and every cold start would pay for it.
    return client("s3", config=_CONFIG)


@cache
def _request_log() -> RequestLog:
    return RequestLog(os.environ["POWERTOOLS_SERVICE_NAME"], os.environ["POWERTOOLS_METRICS_NAMESPACE"])


def _own_file(name: str) -> Path:
    return Path(os.environ.get("LAMBDA_TASK_ROOT", ""), name)


# At import, as the clients above are.
if "ENDPOINTS_FILE" in os.environ:
    _ingest()
