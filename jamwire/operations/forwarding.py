"""Forwarding an event to a receiver of one's own: the request that its sender made, signed anew.

An event keeps the sender's parsed body without its credentials, and the headers that its source lists. So the request
is the sender's but for what nobody may see again, for white space in the body, and for the signature, which is by a
secret of this machine. A list of which each item is an event comes item by item.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode, urlsplit

from botocore.exceptions import ClientError

from jamwire.operations.aws import aws_errors
from jamwire.operations.deployment import DeployedEndpoint, Deployment
from jamwire.operations.errors import OperationError
from jamwire.operations.http_client import EndpointResponse, post
from jamwire.operations.loopback import is_loopback
from jamwire.samples.signing import sign
from lambdas.contracts.event import Event, to_json
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.any_of import AnyOf
from lambdas.ingest.schemes.scheme import Scheme, VerificationError
from lambdas.ingest.schemes.signed import SignedMessage
from lambdas.ingest.schemes.vendor import TwilioUrl

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"

EVENT_HEADER: Final = "jamwire-event"
ENDPOINT_HEADER: Final = "jamwire-endpoint"
"""What is added to the sender's headers: the event's id, by which a receiver knows a repetition, and its endpoint."""

_OF_THE_CONNECTION: Final = ("connection", "content-length", "content-type", "host", "transfer-encoding")
"""Headers that belong to another connection, or to the body as it was written there."""

_GONE: Final = ("NoSuchKey", "NoSuchBucket")
_SAID: Final = 200
"""Characters of an answer that are kept."""


class SigningPair(NamedTuple):
    """What signs and what verifies: a private key and its public one, or twice the same secret."""

    signs: str
    verifies: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an event that was forwarded.

    Attributes:
        status: The receiver's status; None where there was no answer.
        seconds: How long it took.
        said: The beginning of the receiver's body, or why there was no answer.
        may_change: Whether another try may have another answer.
    """

    status: int | None
    seconds: float = 0.0
    said: str = ""
    may_change: bool = False

    @property
    def is_success(self) -> bool:
        """Whether the receiver has taken the event."""
        return self.status is not None and 200 <= self.status < 300


class PayloadGoneError(OperationError):
    """A payload that was too large to travel is no longer kept."""


def check_target(url: str, *, allow_remote: bool) -> None:
    """Check where events are to be forwarded.

    Raises:
        OperationError: It is no address over HTTP, or leads to another machine and nobody has allowed that.
    """
    try:
        parts = urlsplit(url)
        valid = (
            parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not parts.username
        )
    except ValueError:
        valid = False
    if not valid or not (url.isascii() and url.isprintable()) or " " in url:
        raise OperationError(f"The address is {url!r}, expected one such as http://localhost:8888/hook")
    if not is_loopback(url) and not allow_remote:
        raise OperationError(
            f"{url} is not on this machine, and events hold what customers wrote; --allow-remote sends them there"
        )


def request_of(
    event: Event, payload: Any, endpoint: DeployedEndpoint | None, key: str, *, url: str, now: float
) -> Request:
    """The request as the event's sender would make it to another address.

    Args:
        event: The event.
        payload: Its payload, wherever that is kept.
        endpoint: The endpoint that accepted it; None where the deployment has it no longer.
        key: What signs; empty for no signature.
        url: The receiver's address.
        now: Unix time in seconds.

    Raises:
        VerificationError: The scheme signs something that the event does not keep.
    """
    scheme = endpoint.scheme if endpoint else None
    content_type, body = _written(scheme, payload)
    request = Request(
        endpoint=event.endpoint,
        method="POST",
        headers={**_headers(event), "content-type": content_type},
        body=body.encode(),
        url=url,
    )
    if scheme is None or not key:
        return request
    if isinstance(scheme, TwilioUrl) and content_type == JSON:
        request = _with_digest(request)
    return sign(scheme, key, request, now=now, delivery_id=_delivery_id(event, scheme))


class Forwarder:
    """Forwards events to one receiver.

    Args:
        url: Its address.
        endpoints: The deployment's endpoints by name.
        keys: What signs, by endpoint; an endpoint without is forwarded unsigned.
        load: Reads a payload that is kept elsewhere, by its `dataref`.
        clock: Unix time in seconds.
        send: Posts a request.
    """

    def __init__(
        self,
        url: str,
        *,
        endpoints: Mapping[str, DeployedEndpoint],
        keys: Mapping[str, SigningPair],
        load: Callable[[str], Any],
        clock: Callable[[], float],
        send: Callable[[str, Request], EndpointResponse] = post,
    ) -> None:
        self._url = url
        self._endpoints = endpoints
        self._keys = keys
        self._load = load
        self._clock = clock
        self._send = send

    def __call__(self, event: Event) -> Answer:
        """Forward an event, once.

        Raises:
            OperationError: The account cannot be asked for the payload.
        """
        try:
            payload = self._load(event.dataref) if event.dataref else event.body
            request = self._request(event, payload)
        except PayloadGoneError as gone:
            return Answer(None, said=str(gone))
        except VerificationError as unsigned:
            return Answer(None, said=f"It cannot be signed anew: {unsigned}")
        start = self._clock()
        try:
            answer = self._send(request.url.partition("?")[0], request)
        except OperationError as error:
            return Answer(None, self._clock() - start, str(error), may_change=True)
        later = answer.status in (408, 425, 429) or answer.status >= 500
        return Answer(answer.status, self._clock() - start, answer.body[:_SAID], may_change=later)

    def _request(self, event: Event, payload: Any) -> Request:
        pair = self._keys.get(event.endpoint)
        endpoint = self._endpoints.get(event.endpoint)
        return request_of(
            event, payload, endpoint, pair.signs if pair else "", url=self._url, now=self._clock()
        )


def load_payload(deployment: Deployment, dataref: str) -> Any:
    """A payload that was too large to travel, from the hub's bucket.

    Raises:
        PayloadGoneError: It is no longer kept.
        OperationError: The account cannot be asked.
    """
    bucket, _, name = dataref.removeprefix("s3://").partition("/")
    with aws_errors():
        try:
            return json.load(deployment.client("s3").get_object(Bucket=bucket, Key=name)["Body"])
        except ClientError as error:
            if error.response["Error"]["Code"] not in _GONE:
                raise
    raise PayloadGoneError("Its payload is no longer kept")


def _written(scheme: Scheme | None, payload: Any) -> tuple[str, str]:
    """The content type and the body, as the scheme's senders write them."""
    if isinstance(scheme, TwilioUrl) and _is_form(payload):
        return FORM, urlencode(payload, doseq=True)
    # The JSON of a form that has it in a field: the signature puts it there.
    return FORM if scheme and scheme.json_field else JSON, to_json(payload)


def _is_form(payload: Any) -> bool:
    return isinstance(payload, dict) and all(isinstance(value, str | list) for value in payload.values())


def _headers(event: Event) -> dict[str, str]:
    kept = {
        name: value
        for name, value in event.sender.headers.items()
        if name not in _OF_THE_CONNECTION and value.isprintable() and _is_latin1(value)
    }
    return {
        **kept,
        "user-agent": "jamwire-listen",
        EVENT_HEADER: event.id,
        ENDPOINT_HEADER: event.endpoint,
    }


def _is_latin1(text: str) -> bool:
    """Whether HTTP can carry a text in a header."""
    return all(ord(character) < 256 for character in text)


def _with_digest(request: Request) -> Request:
    """With the body's digest in the query, as Twilio signs JSON."""
    mark = "&" if "?" in request.url else "?"
    return replace(request, url=f"{request.url}{mark}bodySHA256={hashlib.sha256(request.body).hexdigest()}")


def _delivery_id(event: Event, scheme: Scheme) -> str:
    """The sender's own id of the delivery where the event keeps it; else the event's, the same in every try."""
    first = scheme.schemes[0] if isinstance(scheme, AnyOf) else scheme
    place = first.id if isinstance(first, SignedMessage) else ""
    return event.sender.headers.get(place) or event.id
