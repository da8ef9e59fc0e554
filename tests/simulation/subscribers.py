"""The subscribers of a world: notifiers of each kind that the runtime knows, on the real runtime."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from unittest import mock

from slack_sdk.webhook import WebhookClient, WebhookResponse

import lambdas.slack.handler
from lambdas.contracts.event import Event
from lambdas.contracts.rate_limit import RateLimit
from lambdas.runtime import Retry, Undeliverable, deliver_once
from tests.fakes.slack import events_of, slack_webhook
from tests.simulation.destination import Destination
from tests.simulation.senders import modelled_s3, small_messages, whole_key

TIMEOUT: Final = 30.0
GIVE_UP_AFTER: Final = 76 * 3600.0
RATE_LIMIT: Final = RateLimit(per_second=1, burst=3)
ONE_BY_ONE: Final = RateLimit(per_second=1)


@dataclass(frozen=True)
class Kind:
    """A kind of subscriber.

    Attributes:
        notifier: Makes it, from its destinations.
        destinations: How many it has.
        batch: Whether it takes a batch at once.
        rate_limit: What its destination takes.
        give_up_after: Seconds for which it tries.
        idempotent: Whether to be told twice does it no harm.
    """

    notifier: Callable[..., Callable[[Any], None]]
    destinations: int = 1
    batch: bool = False
    rate_limit: RateLimit | None = None
    give_up_after: float = GIVE_UP_AFTER
    idempotent: bool = False


def one_by_one(destination: Destination) -> Callable[[Event], None]:
    """One event, one message."""
    return lambda event: destination.deliver([event.key])


def several(first: Destination, second: Destination) -> Callable[[Event], None]:
    """One event, two destinations."""

    def notify(event: Event) -> None:
        for destination in (first, second):
            deliver_once(event, destination.name, lambda to=destination: to.deliver([event.key]))  # type: ignore[misc]

    return notify


def with_payload(destination: Destination) -> Callable[[Event], None]:
    """One event, one message, that needs what the sender sent."""

    def notify(event: Event) -> None:
        if event.payload()["title"] != event.notice.title:
            raise Undeliverable("the payload is another event's")
        destination.deliver([event.key])

    return notify


def together(destination: Destination) -> Callable[[Sequence[Event]], None]:
    """A batch, one message."""
    return lambda events: destination.deliver([event.key for event in events])


def split(destination: Destination) -> Callable[[Sequence[Event]], None]:
    """A message of at most seven events; the rest comes later."""

    def notify(events: Sequence[Event]) -> None:
        destination.deliver([event.key for event in events[:7]])
        if rest := events[7:]:
            raise Retry(after=1, reason="no room", of=rest)

    return notify


class Slack:
    """Slack's own notifier as it is, and in place of Slack's host a destination.

    Which events a message tells of is read off the message, as a person or a test would.
    """

    current: "Slack"
    """The one of the world that runs."""

    def __init__(self, destination: Destination) -> None:
        self._destination = destination
        Slack.current = self

    def __call__(self, events: Sequence[Event]) -> None:
        lambdas.slack.handler.handle.__wrapped__(events)  # type: ignore[attr-defined]

    def answer(self, message: dict[str, Any]) -> WebhookResponse:
        try:
            self._destination.deliver([whole_key(id) for id in events_of(message)])
        except Retry as retry:
            headers = {"Retry-After": str(int(retry.after))} if retry.after is not None else {}
            return _response(429 if headers else 500, headers)
        except Undeliverable:
            return _response(400, {})
        return _response(200, {})


@contextmanager
def modelled() -> Iterator[None]:
    """While the block lasts, Slack's host is the destination of the world that runs, and SNS carries little."""
    with (
        small_messages(),
        modelled_s3(),
        mock.patch("lambdas.slack.handler._webhook", slack_webhook),
        mock.patch.object(WebhookClient, "send_dict", lambda client, message: Slack.current.answer(message)),
    ):
        yield


def _response(status: int, headers: dict[str, str]) -> WebhookResponse:
    return WebhookResponse(url="", status_code=status, body="", headers=headers)


KINDS: Final[Mapping[str, Kind]] = {
    "plain": Kind(one_by_one),
    "digest": Kind(together, batch=True, rate_limit=RATE_LIMIT),
    "destinations": Kind(several, destinations=2),
    "split": Kind(split, batch=True, rate_limit=RATE_LIMIT),
    "batch": Kind(together, batch=True),
    "paced": Kind(one_by_one, rate_limit=ONE_BY_ONE),
    "hurried": Kind(one_by_one, give_up_after=900.0),
    "payload": Kind(with_payload),
    "idempotent": Kind(one_by_one, idempotent=True),
    "slack": Kind(Slack, batch=True, rate_limit=RATE_LIMIT),
}
