"""One function, called again and again in an interpreter of its own: ``python -m bench.invoked NAME ROUNDS``.

It prints what one event takes as JSON (`bench.functions.Taken`). An event that a function keeps in its queue as a
wake-up is handed over again, the clock put forward, until it is done: that belongs to what the event takes.
"""

import contextlib
import dataclasses
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any, Final

_put_forward = 0.0
_time = time.time
# First: what is imported below takes it as a default.
time.time = lambda: _time() + _put_forward

from botocore.client import BaseClient  # noqa: E402

from lambdas.contracts.event import Event, Notice, timestamp  # noqa: E402

WAKEUP_SECONDS: Final = 15.0
MAX_WAKEUPS: Final = 5
CONTEXT: Final = SimpleNamespace(aws_request_id="1", get_remaining_time_in_millis=lambda: 30_000)

Handler = Callable[[Any, Any], Any]


@dataclasses.dataclass
class Parts:
    """Processor time by what it is spent on; what one part calls of another counts for the other only."""

    spent: Counter[str] = dataclasses.field(default_factory=Counter)
    calls: Counter[str] = dataclasses.field(default_factory=Counter)
    _open: list[str] = dataclasses.field(default_factory=lambda: ["own code"])
    _since: int = 0

    @contextlib.contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Count the block for this part."""
        self._turn()
        self._open.append(name)
        try:
            yield
        finally:
            self._turn()
            self._open.pop()

    def _turn(self) -> None:
        now = time.thread_time_ns()
        self.spent[self._open[-1]] += now - self._since
        self._since = now

    def start(self) -> None:
        """Begin with an invocation."""
        self._since = time.thread_time_ns()

    def stop(self) -> None:
        """The invocation has ended."""
        self._turn()


def wrap(parts: Parts, owner: Any, name: str, part: str) -> None:
    """Count a function, or a method of a class, for a part."""
    plain = owner.__dict__[name]
    function = plain.__func__ if isinstance(plain, classmethod) else plain

    def counted(*args: Any, **kwargs: Any) -> Any:
        with parts.of(part):
            return function(*args, **kwargs)

    setattr(owner, name, classmethod(counted) if isinstance(plain, classmethod) else counted)


def wrap_calls(parts: Parts) -> None:
    """Count boto3's calls: by operation, and what they take in all but the sockets."""
    call = BaseClient._make_api_call

    def counted(self: Any, operation: str, arguments: Any) -> Any:
        parts.calls[f"{self.meta.service_model.service_name}.{operation}"] += 1
        with parts.of("boto3"):
            return call(self, operation, arguments)

    BaseClient._make_api_call = counted


def instrument(parts: Parts) -> None:
    """Count what every function has in common."""
    from botocore.httpsession import URLLib3Session
    from botocore.signers import RequestSigner

    from lambdas.clients import http

    wrap_calls(parts)
    wrap(parts, URLLib3Session, "send", "sockets")
    wrap(parts, RequestSigner, "handler", "signatures")
    wrap(parts, Event, "from_json", "event")
    wrap(parts, Event, "to_json", "event")
    wrap(parts, http, "send", "destination")


def an_event(number: int, type: str, *, correlation: str = "", **notice: Any) -> Event:
    """An event of about 2 kB, accepted now."""
    return Event(
        id=f"{number:032x}",
        source="/endpoints/site",
        type=type,
        time=timestamp(time.time()),
        subject="page-1",
        correlationid=correlation,
        notice=Notice(**{"title": "Summer news", "text": "x" * 300, "fields": {"Branch": "main"}} | notice),
        body={"data": {"message": "x" * 1000}},
    )


EVENTS: Final[Mapping[str, Callable[[int], Event]]] = {
    "slack": lambda n: an_event(n, "deploy.succeeded"),
    "sms": lambda n: an_event(n, "notice.sent", severity="critical"),
    "cdn": lambda n: an_event(n, "content.published", paths=(f"/news/{n}", "/news/")),
    "rebuild": lambda n: an_event(n, "content.published", paths=(f"/news/{n}", "/news/")),
    "story": lambda n: an_event(n, "deploy.started", correlation=f"{n:012x}"),
    "live": lambda n: an_event(n, "notice.sent"),
    "archive": lambda n: an_event(n, "deploy.succeeded"),
}
"""What each subscriber is given."""


def a_record(event: Event, receives: int, sent_at: float) -> dict[str, Any]:
    """A message, as Lambda hands it over."""
    return {
        "messageId": event.id,
        "receiptHandle": event.id,
        "body": event.to_json(),
        "attributes": {"ApproximateReceiveCount": str(receives), "SentTimestamp": str(round(sent_at * 1000))},
    }


def deliver(name: str, handle: Handler, number: int, invoke: Callable[[Handler, Any], Any]) -> None:
    """Hand an event over until it is done."""
    global _put_forward
    event, sent_at = EVENTS[name](number), time.time()
    for receives in range(1, MAX_WAKEUPS + 2):
        answer = invoke(handle, {"Records": [a_record(event, receives, sent_at)]})
        if not answer["batchItemFailures"]:
            return
        _put_forward += WAKEUP_SECONDS
    raise RuntimeError(f"{name} is not done with its event")
