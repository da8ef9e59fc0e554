"""Senders, the real ingest in front of them, and the bucket in which it keeps what is too large to travel.

S3 (S3 user guide, "Data consistency model"): an object can be read as soon as its write has been answered.
"""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any, Final
from unittest import mock

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.clients.publisher import Message
from lambdas.contracts.event import Event
from lambdas.contracts.keyring import Key
from lambdas.ingest.endpoints import read_endpoints
from lambdas.ingest.event_ids import EventIds
from lambdas.ingest.ingest import Ingest, UnavailableError
from lambdas.ingest.request import Request
from tests.fakes.network import Network, client_error

MAX_EVENTS: Final = 14
LARGEST_EVENT: Final = 1000
"""In this world SNS carries so many bytes: a large event need not be large."""

LARGE_EVERY: Final = 3
_SECRET: Final = "secret"
_ENDPOINTS: Final = read_endpoints('{"site": {"source": "token"}}')


def small_messages() -> Any:
    """SNS carries little."""
    return mock.patch("lambdas.ingest.ingest.MAX_EVENT_BYTES", LARGEST_EVENT)


def modelled_s3() -> Any:
    """The runtime's bucket is that of the world that runs."""
    return mock.patch("lambdas.runtime.payloads._s3", side_effect=lambda: Bucket.current)


class Bucket:
    """The hub's bucket."""

    current: "Bucket"
    """The one of the world that runs."""

    def __init__(self, network: Network) -> None:
        Bucket.current = self
        self._network = network
        self.objects: dict[str, bytes] = {}

    def put_object(self, *, Bucket: str, Key: str, Body: bytes) -> None:  # noqa: N803
        """Write an object."""
        self._network.call("S3 PutObject", lambda: self.objects.update({Key: Body}))

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        """Read an object."""
        return self._network.call("S3 GetObject", lambda: self._get(Key))

    def _get(self, key: str) -> dict[str, Any]:
        if key not in self.objects:
            raise client_error("NoSuchKey", "GetObject")
        return {"Body": io.BytesIO(self.objects[key])}


def make_ingest(
    publish: Callable[[str, Mapping[str, str]], None], bucket: Bucket, clock: Callable[[], float]
) -> Ingest:
    """The real ingest on modelled services; every failure of theirs reads as "away"."""

    def store_payload(name: str, text: str) -> str:
        with _away():
            bucket.put_object(Bucket="payloads", Key=name, Body=text.encode())
        return f"s3://payloads/{name}"

    def publish_or_refuse(messages: Sequence[Message]) -> None:
        for message in messages:
            with _away():
                publish(message.text, message.attributes)

    secrets = SimpleNamespace(keys=lambda name: [Key("1", _SECRET, "")], refresh=lambda: False)
    return Ingest(
        endpoints=_ENDPOINTS,
        secrets=secrets,
        publish=publish_or_refuse,
        store_payload=store_payload,
        clock=clock,
        ids=EventIds(random_id=lambda: "none", clock=clock),
    )


class _away:  # noqa: N801 - reads as what it does
    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ClientError | BotoCoreError):
            raise UnavailableError("away") from None


@cache
def a_request(number: int) -> Request:
    """What a sender posts; a repetition is the same."""
    large = number % LARGE_EVERY == LARGE_EVERY - 1
    body = {"type": "form.submitted", "title": f"Form {number}", "more": "x" * LARGEST_EVENT * large}
    headers = {
        "authorization": f"Bearer {_SECRET}",
        "content-type": "application/json",
        "idempotency-key": f"e{number}",
    }
    return Request(endpoint="site", method="POST", headers=headers, body=json.dumps(body).encode())


@cache
def key_of(number: int) -> str:
    """The key of an event: ingest derives its id from what was sent."""
    event = (
        make_ingest(lambda text, attributes: None, _Nowhere(), lambda: 0.0).accept(a_request(number)).event
    )
    assert isinstance(event, Event)
    return event.key


@cache
def name_of(key: str) -> str:
    """What the story calls an event, by its key or the beginning of its id."""
    wanted = key.rpartition("/")[2]
    names = {key_of(number).rpartition("/")[2]: f"e{number}" for number in range(MAX_EVENTS)}
    return next((name for id, name in names.items() if wanted and id.startswith(wanted)), key)


@cache
def whole_key(beginning: str) -> str:
    """The key of the event whose id begins so."""
    return next(key for number in range(MAX_EVENTS) if beginning in (key := key_of(number)))


class _Nowhere(Bucket):
    def __init__(self) -> None: ...

    def put_object(self, *, Bucket: str, Key: str, Body: bytes) -> None: ...  # noqa: N803
