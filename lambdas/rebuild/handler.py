"""Builds of the site: what was published is built, a burst of it once."""

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final, Protocol

import boto3

from lambdas.clients.publisher import Announce, announcement, publish_on
from lambdas.clients.secrets import Keyring
from lambdas.clients.state_store import Document, StateStore, VersionConflictError
from lambdas.contracts.build_hosts import HOSTS, BuildHost, Call, Wish
from lambdas.contracts.builds import REQUESTED
from lambdas.contracts.event import Notice, timestamp
from lambdas.contracts.keyring import DESTINATION
from lambdas.rebuild.plan import (
    DOUBT_SECONDS,
    Order,
    Place,
    Rest,
    Rules,
    State,
    Step,
    Wait,
    Window,
    advance,
    hear,
    is_publish,
    leave,
    put_off,
    refused,
    taken,
    told,
)
from lambdas.runtime import Event, Retry, Undeliverable, subscriber

STATE: Final = "orders"
TIMEOUT_SECONDS: Final = 8
AGAIN_SECONDS: Final = 1.0
"""How soon to begin anew where another function was faster."""

TITLE_LENGTH: Final = 200

_NOT_NOW: Final = {408, 425, 429}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a build host answered."""

    status: int
    headers: Mapping[str, str]


class NoAnswerError(Exception):
    """Whether the build host has heard the order is unknown."""


class Memory(Protocol):
    """Where the state is kept (`lambdas.clients.state_store.StateStore`)."""

    def read(self, id: str) -> tuple[Document, int]:
        """The document and its version."""
        ...

    def write(self, id: str, document: Document, version: int, now: float) -> int:
        """Write over a version; raises `VersionConflictError` where there is another."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuild:
    """The work on a batch of events, with all it depends on.

    Attributes:
        name: Of the subscriber, in what it announces.
        host: The build host.
        rules: When to order.
        memory: Where the state is kept.
        hook: Gives the hook's URL. Raises `Undeliverable` where none is set.
        replaced: Whether the hook is another one than this by now.
        call: Makes the request. Raises `NoAnswerError`.
        announce: Tells the other subscribers.
        clock: Unix seconds.
    """

    name: str
    host: BuildHost
    rules: Rules
    memory: Memory
    hook: Callable[[], str]
    replaced: Callable[[str], bool]
    call: Callable[[Call], Answer]
    announce: Announce
    clock: Callable[[], float]

    def handle(self, events: Sequence[Event]) -> None:
        """Take the events in and order a build if one is due.

        All that must be known of a publish is in the state. The newest of the batch only stays behind, to look again
        when there is something to do.

        Raises:
            Retry: For the newest publish: there is something to wait for.
            Undeliverable: For the newest publish: the build host refuses orders for good.
        """
        publishes = [event for event in events if is_publish(event)]
        try:
            step = self._work(events, publishes)
        except VersionConflictError:
            raise Retry(AGAIN_SECONDS, "another function was faster", of=events) from None
        except Undeliverable as never:
            if publishes:
                raise Undeliverable(never.reason, of=publishes[-1:]) from None
            return  # the publish that waits for it hears the same
        if isinstance(step, Wait) and publishes:
            raise Retry(max(step.seconds, AGAIN_SECONDS), "waiting for its build", of=publishes[-1:])

    def _work(self, events: Sequence[Event], publishes: Sequence[Event]) -> Step:
        known, version = self.memory.read(STATE)
        before = written = State.from_document(known)
        state = hear(before, events, self.clock())
        state, step = advance(state, self.rules, self.clock(), publishing=bool(publishes))
        if isinstance(step, Place):
            version = self._write(state, version)
            state, version, step = self._place(step.order, state, version)
            written = state
        for order in state.untold:
            self.announce(self._requested(order))
        state = leave(told(state), publishes, behind=isinstance(step, Wait))
        if state != written:
            self._write(state, version)
        return step

    def _write(self, state: State, version: int) -> int:
        return self.memory.write(STATE, state.to_document(), version, self.clock())

    def _place(self, order: Order, state: State, version: int) -> tuple[State, int, Step]:
        """Make the order, which is written down, and write down what came of it."""
        try:
            hook = self.hook()
            answer = self.call(self.host.call(hook, _wish(order)))
        except NoAnswerError:
            return state, version, Wait(DOUBT_SECONDS)
        except Undeliverable as never:
            self._refuse(order, state, version, never.reason)
            raise
        if 200 <= answer.status < 300:
            return self._take(order, state, version)
        said = f"{self.host.name} answered {answer.status}"
        if answer.status in _NOT_NOW or answer.status >= 500:
            state = put_off(state, order, self.clock(), _retry_after(answer.headers))
        elif self.replaced(hook):
            state = put_off(state, order, self.clock(), AGAIN_SECONDS)
        else:
            self._refuse(order, state, version, said)
            raise Undeliverable(said)
        return state, self._write(state, version), Wait(state.not_before - self.clock())

    def _take(self, order: Order, state: State, version: int) -> tuple[State, int, Step]:
        """Note that the order was taken, over whatever another function has noted in the meantime."""
        while state.order == order:
            state = taken(state, order)
            try:
                return state, self._write(state, version), Rest()
            except VersionConflictError:
                known, version = self.memory.read(STATE)
                state = State.from_document(known)
        return state, version, Rest()  # its webhook was faster

    def _refuse(self, order: Order, state: State, version: int, reason: str) -> None:
        # Told first: should we die here, the order is made, refused and told once more, as the same event.
        self.announce(
            announcement(
                self.name,
                "build.failed",
                order.build.correlation,
                Notice(title="The build was not ordered", text=reason, severity="error"),
                now=self.clock(),
                correlation=order.build.correlation,
                body=self._facts(order),
            )
        )
        self._write(refused(state, order), version)

    def _requested(self, order: Order) -> Event:
        return announcement(
            self.name,
            REQUESTED,
            order.build.correlation,
            Notice(
                title=_title(order.window),
                text="\n".join(order.window.titles),
                fields={"Publishes": str(order.window.count)},
            ),
            now=self.clock(),
            correlation=order.build.correlation,
            body=self._facts(order),
        )

    def _facts(self, order: Order) -> dict[str, Any]:
        window = order.window
        return {
            **order.build.to_document(),
            "host": self.host.name,
            "publishes": window.count,
            "first": timestamp(window.first),
            "last": timestamp(window.last),
            "name": _title(window),
            "titles": list(window.titles),
            "event": window.event_id,
        }


def _title(window: Window) -> str:
    """“Summer news published and 2 more”."""
    name = " ".join(window.titles[0].split())[:TITLE_LENGTH] if window.titles else "Publish"
    return f"{name} and {window.count - 1} more" if window.count > 1 else name


def _wish(order: Order) -> Wish:
    window = order.window
    return Wish(
        correlation=order.build.correlation,
        title=_title(window),
        event_id=window.event_id,
        publishes=window.count,
    )


def _retry_after(headers: Mapping[str, str]) -> float | None:
    value = headers.get("retry-after", "")
    return float(value) if value.isdecimal() else None


@subscriber(batch=True)
def handle(events: Sequence[Event]) -> None:
    """Order a build for what the events have published."""
    _rebuild().handle(events)


@cache
def _rebuild() -> Rebuild:
    """As `stacks/rebuild.py` configures it."""
    host = HOSTS[os.environ["TARGET"]]
    name = os.environ["DESTINATION"]
    keyring = Keyring(boto3.client("secretsmanager"), os.environ["SECRET_ARN"])

    def hook() -> str:
        keys = keyring.keys(DESTINATION) or (keyring.refresh() and keyring.keys(DESTINATION))
        if not keys:
            raise Undeliverable(f"no build hook is set; run: jamwire secret add {name}")
        if not host.is_hook(keys[-1].value):
            raise Undeliverable(f"the build hook is none of {host.name}; run: jamwire secret add {name}")
        return keys[-1].value

    return Rebuild(
        name=name,
        host=host,
        rules=Rules(**json.loads(os.environ["RULES"]), tells=host.tells),
        memory=StateStore(boto3.client("dynamodb"), os.environ["DOCUMENTS_TABLE"]),
        hook=hook,
        replaced=lambda used: keyring.refresh() and hook() != used,
        call=_call,
        announce=publish_on(boto3.client("sns"), os.environ["TOPIC_ARN"]),
        clock=time.time,
    )


def _call(call: Call) -> Answer:
    """Make the request; a redirect is an answer like another and not followed, since the URL is a credential."""
    kind = HTTPSConnection if call.url.scheme == "https" else HTTPConnection
    connection = kind(call.url.netloc, timeout=TIMEOUT_SECONDS)
    try:
        target = f"{call.url.path}?{call.url.query}" if call.url.query else call.url.path
        connection.request("POST", target, call.body, dict(call.headers))
        answer = connection.getresponse()
        answer.read()
    except (OSError, HTTPException):
        raise NoAnswerError from None
    finally:
        connection.close()
    return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()})
