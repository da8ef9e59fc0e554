"""A look tells each change once, whatever crashes, and reads what ingest itself has written."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from lambdas.clients.state_store import VersionConflictError
from lambdas.contracts.event import Event
from lambdas.contracts.event_types import ENDPOINT_HEARD, ENDPOINT_SILENT
from lambdas.contracts.silence import Hearings
from lambdas.contracts.state_table import STATE_ID
from lambdas.ingest.request_log import RequestLog
from lambdas.silence.handler import Check
from lambdas.silence.hearings import PATIENCE
from lambdas.silence.ingest_log import heard_between
from tests.fakes.state_store import MemoryStore

NOW = 1_800_000_000.0
HOUR = 3600.0


class OutageError(Exception):
    """A service is away."""


@dataclass
class World:
    """Ingest's log, the table and the topic."""

    now: float = NOW
    heard: dict[str, float] = field(default_factory=dict)
    store: MemoryStore = field(default_factory=MemoryStore)
    published: list[Event] = field(default_factory=list)
    crashes: bool = False

    def look(self) -> Hearings:
        return self.check().run().state

    def check(self) -> Check:
        return Check(
            expected={"cms": HOUR, "code": 0.0},
            stack_id="Hub",
            read=self.store.read,
            write=self.store.write,
            heard_between=self.heard_between,
            publish=self.publish,
            clock=lambda: self.now,
        )

    def heard_between(self, start: float, end: float) -> Mapping[str, float]:
        return {name: at for name, at in self.heard.items() if start <= at <= end}

    def publish(self, event: Event) -> None:
        self.published.append(event)
        if self.crashes:
            raise OutageError

    def told(self) -> list[str]:
        """As subscribers hear it, who know an event again by its key."""
        return [event.type for event in {event.key: event for event in self.published}.values()]


def silent_world() -> World:
    """One in which the next look finds that the CMS is silent."""
    world = World()
    world.look()
    world.now += HOUR + PATIENCE + 1
    return world


def test_silence_and_speech_are_told_once_each() -> None:
    world = silent_world()
    for _ in range(3):
        world.look()
        world.now += 300
    assert world.told() == [ENDPOINT_SILENT]
    world.heard["cms"] = world.now
    for _ in range(3):
        world.look()
        world.now += 300
    assert world.told() == [ENDPOINT_SILENT, ENDPOINT_HEARD]
    assert len(world.published) == 2


def test_change_is_told_again_after_a_crash_as_the_same_event() -> None:
    world = silent_world()
    world.crashes = True
    with pytest.raises(OutageError):
        world.look()
    world.crashes = False
    world.now += 300
    world.look()
    assert world.told() == [ENDPOINT_SILENT]
    assert len(world.published) == 2


def test_speech_after_a_crash_follows_the_silence_that_was_told() -> None:
    world = silent_world()
    world.crashes = True
    with pytest.raises(OutageError):
        world.look()
    world.crashes, world.now = False, world.now + 300
    world.heard["cms"] = world.now
    world.look()
    assert world.told() == [ENDPOINT_SILENT, ENDPOINT_HEARD]


def test_second_look_at_once_tells_nothing() -> None:
    world = silent_world()
    late = replace(world.check(), read=lambda id, kind: stale)
    stale = world.store.read(STATE_ID, Hearings)
    world.look()
    with pytest.raises(VersionConflictError):
        late.run()
    assert len(world.published) == 1


def test_log_that_cannot_be_read_changes_nothing() -> None:
    world = silent_world()
    before = dict(world.store.items)

    def away(start: float, end: float) -> Mapping[str, float]:
        raise OutageError

    with pytest.raises(OutageError):
        replace(world.check(), heard_between=away).run()
    assert (world.store.items, world.published) == (before, [])


class Logs:
    """A log group, in pages."""

    def __init__(self, messages: list[tuple[float, str]]) -> None:
        self.messages = messages
        self.asked: dict[str, Any] = {}

    def get_paginator(self, operation: str) -> "Logs":
        assert operation == "filter_log_events"
        return self

    def paginate(self, **request: Any) -> Iterator[dict[str, Any]]:
        self.asked = request
        for at, message in self.messages:
            yield {"events": [{"timestamp": round(at * 1000), "message": message}]}
        yield {"events": []}


def test_looks_read_what_ingest_writes() -> None:
    log = RequestLog("Jamwire-Ingest", "Jamwire", lambda: NOW)
    messages = [
        (NOW - 9, log.accepted(200, 1.0, "key", endpoint="cms", event_id="1")),
        (NOW - 8, log.accepted(200, 1.0, "key", endpoint="cms", event_id="2")),
        (NOW - 7, log.accepted(200, 1.0, "", endpoint="site", event_type="handshake")),
        (NOW - 6, log.rejected(401, 1.0, "no secret made this signature", None, "code")),
        (NOW - 5, 'Task timed out after 15.00 seconds "heard"'),
        (NOW - 4, json.dumps({"endpoint": "heard", "outcome": "accepted"})),
        (NOW - 3, json.dumps(["heard"])),
    ]
    client = Logs(messages)
    assert heard_between(client, "ingest", NOW - 60, NOW) == {"cms": NOW - 9}  # type: ignore[arg-type]
    assert client.asked == {
        "logGroupName": "ingest",
        "filterPattern": '"heard"',
        "startTime": (NOW - 60) * 1000,
        "endTime": NOW * 1000,
    }


def test_newest_of_several_functions_counts() -> None:
    line = json.dumps({"heard": True, "endpoint": "cms"})
    client = Logs([(NOW - 9, line), (NOW - 2, line), (NOW - 5, line)])
    assert heard_between(client, "ingest", NOW - 60, NOW) == {"cms": NOW - 2}  # type: ignore[arg-type]
