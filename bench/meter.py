"""Processor time of calls, and what it is spent on."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from botocore.client import BaseClient
from botocore.signers import RequestSigner

from bench.lambda_memory import call_name
from lambdas.clients import http
from lambdas.clients.transport import Transport
from lambdas.contracts.event import Event


@dataclass
class Parts:
    """Processor time by what it is spent on; what one part calls of another counts for the other only."""

    spent: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    _open: list[str] = field(default_factory=lambda: ["own code"])
    _since: int | None = None

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Count the block for this part."""
        self._turn()
        self._open.append(name)
        try:
            yield
        finally:
            self._turn()
            self._open.pop()

    def is_in(self, name: str) -> bool:
        """Whether this part is at work, or waits for another."""
        return name in self._open

    def start(self) -> None:
        """A call begins; what is done outside of calls is not counted."""
        self._since = time.process_time_ns()

    def stop(self) -> None:
        """The call has ended."""
        self._turn()
        self._since = None

    def clear(self) -> None:
        """Forget what was counted."""
        self.spent.clear()
        self.calls.clear()

    def _turn(self) -> None:
        """Another part begins; what passed since the last turn counts for the one that was at work."""
        if self._since is not None:
            now = time.process_time_ns()
            self.spent[self._open[-1]] += now - self._since
            self._since = now


@dataclass
class Meter:
    """What several calls of a function take.

    Attributes:
        parts: Where it is also counted by what it is spent on.
        nanoseconds: Of the processor.
        invocations: How many calls there were.
        events: How many events they were for.
    """

    parts: Parts
    nanoseconds: int = 0
    invocations: int = 0
    events: int = 0

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call it."""
        self.invocations += 1
        self.parts.start()
        started = time.process_time_ns()
        answer = function(*arguments)
        self.nanoseconds += time.process_time_ns() - started
        self.parts.stop()
        return answer


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
    client: Any = BaseClient
    call = client._make_api_call

    def counted(self: Any, operation: str, arguments: Any) -> Any:
        parts.calls[call_name(self.meta.service_model.service_name, operation, arguments)] += 1
        with parts.of("boto3"):
            return call(self, operation, arguments)

    client._make_api_call = counted


def wrap_sockets(parts: Parts) -> None:
    """Count what requests take in the sockets; one that is no call of boto3's is a destination's."""
    transport: Any = Transport
    send = transport.send

    def counted(*args: Any, **kwargs: Any) -> Any:
        if not parts.is_in("boto3"):
            parts.calls["destination.POST"] += 1
        with parts.of("sockets"):
            return send(*args, **kwargs)

    transport.send = counted


def wrap_destination(parts: Parts) -> None:
    """Count calls of what is no service of boto3's."""
    send = http.send

    def counted(*args: Any, **kwargs: Any) -> Any:
        parts.calls["destination.POST"] += 1
        with parts.of("destination"):
            return send(*args, **kwargs)

    http.send = counted


def instrument(parts: Parts) -> None:
    """Count what every function has in common."""
    wrap_calls(parts)
    wrap_sockets(parts)
    wrap(parts, RequestSigner, "sign", "signatures")
    wrap(parts, Event, "from_json", "event")
    wrap(parts, Event, "to_json", "event")
    wrap_destination(parts)
    for owner, names in ((Metrics, ("add_metric", "flush_metrics")), (Logger, ("info", "warning", "error"))):
        for name in names:
            wrap(parts, owner, name, "log and metrics")
