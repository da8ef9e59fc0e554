"""Ingest without AWS: its endpoints, secrets and clock, and what it published; and the requests that reach it."""

import base64
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lambdas.clients.publisher import Message
from lambdas.contracts.event import Event
from lambdas.contracts.keyring import Key
from lambdas.ingest.endpoint_document import Endpoint, endpoints_document
from lambdas.ingest.endpoints import read_endpoints
from lambdas.ingest.event_ids import EventIds
from lambdas.ingest.ingest import Ingest, UnavailableError
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.document import Verification
from lambdas.ingest.schemes.hmac_scheme import Hmac

NOW = 1_800_000_000.0
SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # also valid base64, as Standard Webhooks asks


@dataclass
class IngestHarness:
    """Ingest with fakes for all that it depends on, to be set and looked at."""

    configured: Mapping[str, "str | Verification | Endpoint"] = field(
        default_factory=lambda: {
            "site": "netlify",
            "code": "github",
            "app": "standard-webhooks",
            "zap": "token",
            "own": Hmac(),
        }
    )
    secrets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fresh_secrets: dict[str, tuple[str, ...]] | None = None
    published: list[Message] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    refreshes: int = 0
    away: bool = False
    s3_away: bool = False
    repetitions_away: bool = False
    remembered: dict[str, tuple[str, float]] = field(default_factory=dict)
    now: float = NOW

    def __post_init__(self) -> None:
        self.secrets = self.secrets or dict.fromkeys(self.configured, (SECRET,))
        numbers = itertools.count()
        self.ingest = Ingest(
            endpoints=read_endpoints(endpoints_document(self.configured)),
            secrets=self,
            publish=self._publish,
            store_payload=self._store_payload,
            clock=lambda: self.now,
            ids=EventIds(
                random_id=lambda: f"random-{next(numbers)}", remember=self._remember, clock=lambda: self.now
            ),
        )

    def keys(self, name: str) -> list[Key]:
        return [Key(f"key-{n}", value, "") for n, value in enumerate(self.secrets.get(name, ()))]

    def refresh(self) -> bool:
        self.refreshes += 1
        if self.fresh_secrets is None:
            return False
        self.secrets = self.fresh_secrets
        return True

    def _publish(self, messages: Sequence[Message]) -> None:
        if self.away:
            raise UnavailableError("the event cannot be published: EndpointConnectionError")
        self.calls.append("publish")
        self.published += messages

    def _store_payload(self, name: str, text: str) -> str:
        if self.s3_away:
            raise UnavailableError("the payload cannot be stored: EndpointConnectionError")
        self.calls.append("store")
        self.kept[f"s3://payloads/{name}"] = text
        return f"s3://payloads/{name}"

    def _remember(self, digest: str, event: str, now: float, until: float) -> str | None:
        if self.repetitions_away:
            return None
        self.calls.append("remember")
        known, expires_at = self.remembered.get(digest, ("", now))
        if expires_at <= now:
            self.remembered[digest] = (event, until)
            return event
        return known

    def events(self, request: Request) -> list[Event]:
        """All events of a request as subscribers read them."""
        before = len(self.published)
        self.ingest.accept(request)
        return [Event.from_json(text) for text, _ in self.published[before:]]

    def accept(self, request: Request) -> Event:
        """The event as a subscriber reads it."""
        self.ingest.accept(request)
        return Event.from_json(self.published[-1][0], fetch=lambda dataref: json.loads(self.kept[dataref]))


def a_request(
    endpoint: str,
    body: bytes | Any = b"{}",
    method: str = "POST",
    url: str = "",
    address: str = "",
    **headers: str,
) -> Request:
    """A request; header names are written with underscores."""
    return Request(
        endpoint=endpoint,
        method=method,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        body=body if isinstance(body, bytes) else json.dumps(body).encode(),
        url=url or f"https://jamwire.example/{endpoint}",
        address=address,
    )


def as_api_gateway(request: Request, *, base64_encoded: bool = False) -> dict[str, Any]:
    """The event that an HTTP API makes of a request, payload format 2.0."""
    path, _, query = request.path.partition("?")
    text = base64.b64encode(request.body).decode() if base64_encoded else request.body.decode()
    return {
        "version": "2.0",
        "routeKey": "ANY /{endpoint}",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {**request.headers, "x-forwarded-proto": request.url.partition(":")[0]},
        "requestContext": {
            "domainName": request.url.removesuffix(request.path).rpartition("://")[2],
            "http": {"method": request.method, "sourceIp": request.address or "192.0.2.1"},
        },
        "pathParameters": {"endpoint": request.endpoint},
        "body": text,
        "isBase64Encoded": base64_encoded,
    }
