"""From a request to its answer: verify, normalise, publish."""

import datetime as dt
import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from lambdas.event import Event
from lambdas.ingest.body import BadBodyError, UnsupportedTypeError, parse
from lambdas.ingest.endpoints import Endpoint
from lambdas.ingest.request import Request
from lambdas.ingest.sources.source import Delivery, without
from lambdas.ingest.verify import RefusedError, verify

LARGEST_BODY: Final = 256 * 1024
LARGEST_EVENT: Final = 256 * 1024
"""SNS's limit for a message with its attributes (SNS API reference, `Publish`), in bytes."""


class Secrets(Protocol):
    """The endpoints' live secrets (`lambdas.keyring.Keyring`)."""

    def values(self, name: str) -> tuple[str, ...]:
        """An endpoint's secrets."""
        ...

    def refresh(self) -> bool:
        """Read them again, if that is allowed now."""
        ...


class Refusal(Exception):  # noqa: N818 - an answer, not an error
    """A request that is refused: with this status, and for a reason that only our log is told."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(status, reason)
        self.status = status
        self.reason = reason


class UnavailableError(Exception):
    """A service that we need is away; the sender is asked to come again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingest:
    """Ingest with all it depends on.

    Attributes:
        endpoints: By name.
        secrets: Their live secrets. Raises `UnavailableError` where they cannot be read.
        publish: Publishes an event's JSON with its attributes. Raises `UnavailableError` where it cannot.
        clock: Unix time in seconds.
        random_id: A new id, for deliveries that nothing tells apart.
    """

    endpoints: Mapping[str, Endpoint]
    secrets: Secrets
    publish: Callable[[str, Mapping[str, str]], None]
    clock: Callable[[], float] = time.time
    random_id: Callable[[], str]

    def accept(self, request: Request) -> Event:
        """Verify a request and publish it as an event.

        Raises:
            Refusal: The request is not what the endpoint takes.
            UnavailableError: A service is away; nothing was published that a second try would repeat.
        """
        endpoint = self.endpoints.get(request.endpoint)
        if endpoint is None:
            raise Refusal(404, "no such endpoint")
        if request.method != "POST":
            raise Refusal(405, "not a POST")
        if len(request.body) > LARGEST_BODY:
            raise Refusal(413, "body too large")
        signed_id = self._verify(endpoint, request)
        event = self._event(endpoint, request, signed_id)
        text = _serialise(event)
        attributes = {"type": event.type, "source": event.source, "endpoint": endpoint.name}
        if (
            len(text.encode()) + sum(len(name) + len(value) + 8 for name, value in attributes.items())
            > LARGEST_EVENT
        ):
            raise Refusal(413, "event too large for SNS")
        self.publish(text, attributes)
        return event

    def _verify(self, endpoint: Endpoint, request: Request) -> str:
        try:
            return self._verify_with_known_secrets(endpoint, request)
        except Refusal:
            # Perhaps it is signed by a secret that was added a moment ago.
            if not self.secrets.refresh():
                raise
        return self._verify_with_known_secrets(endpoint, request)

    def _verify_with_known_secrets(self, endpoint: Endpoint, request: Request) -> str:
        secrets = self.secrets.values(endpoint.name)
        if not secrets:
            raise Refusal(401, f"the endpoint has no secret; run: jamwire secret add {endpoint.name}")
        try:
            return verify(endpoint.scheme, secrets, request, self.clock())
        except RefusedError as refused:
            raise Refusal(401, str(refused)) from None

    def _event(self, endpoint: Endpoint, request: Request, signed_id: str) -> Event:
        source = endpoint.source
        try:
            payload = parse(request, forms=source.forms)
        except BadBodyError as bad:
            raise Refusal(400, str(bad)) from None
        except UnsupportedTypeError as unsupported:
            raise Refusal(415, str(unsupported)) from None
        for path in source.credentials:
            payload = without(payload, path)
        native_type = source.native_type_of(request.headers, payload)
        draft = source.normalise(source, Delivery(native_type, payload))
        return Event(
            id=self._id(endpoint, request, signed_id, native_type),
            source=f"/endpoints/{endpoint.name}",
            type=draft.type,
            time=_rfc3339(self.clock()),
            notice=draft.notice,
            subject=draft.subject,
            body=payload,
        )

    def _id(self, endpoint: Endpoint, request: Request, signed_id: str, native_type: str) -> str:
        """The event's id: the same for a redelivery, another for everything else.

        An unsigned id header is left out: with a fresh one, a captured request could be played again.
        """
        if signed_id:
            return _digest(endpoint.name, "signed id", signed_id)
        if endpoint.source.identity == "idempotency-key":
            key = request.headers.get("idempotency-key", "")
            return _digest(endpoint.name, "idempotency key", key) if key else self.random_id()
        return _digest(endpoint.name, "body", native_type, request.body)


def _serialise(event: Event) -> str:
    try:
        return event.to_json()
    except (ValueError, RecursionError):
        raise Refusal(400, "the body cannot be passed on as JSON") from None


def _digest(*parts: str | bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8) + data)
    return digest.hexdigest()[:32]


def _rfc3339(seconds: float) -> str:
    return (
        dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )
