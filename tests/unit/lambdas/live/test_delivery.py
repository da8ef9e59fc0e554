"""Whose turn it is to push a topic of which much is said, in a modelled time."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import pytest

from lambdas.clients.live_states import LiveStates
from lambdas.contracts.event import Event, timestamp
from lambdas.contracts.live_state import FIELDS, RETAINED
from lambdas.contracts.outcomes import Retry
from lambdas.live.delivery import QUIET_MS, Pages
from lambdas.live.turn import INTERVAL_MS, PROMISE_MS
from tests.fakes.events import an_event
from tests.fakes.live_table import LiveTable

NOW = 1_800_000_000.0
CHANNEL = "notice/line-12"
INTERVAL = INTERVAL_MS / 1000


class Died(BaseException):
    """A function that is no more."""


@dataclass
class World:
    """One topic, its visitors, and functions that tell of it.

    Attributes:
        meanwhile: What another function does while one waits.
        answers: What AppSync says next, where it fails.
    """

    now: float = NOW
    table: LiveTable = field(default_factory=LiveTable)
    pushes: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    meanwhile: Callable[[], object] | None = None
    answers: list[Retry] = field(default_factory=list)

    def function(self) -> Pages:
        client: Any = self.table
        return Pages(
            publish=self._publish,
            states=LiveStates(client, "states"),
            keep=3600,
            clock=lambda: self.now,
            sleep=self._sleep,
        )

    def entries(self) -> list[dict[str, str]]:
        """What each push said, by name."""
        return [
            {name: entry[0] for name, entry in push["entries"].items()}
            if "entries" in push
            else {f"fields.{name}": value for name, value in push["fields"].items()}
            for _, push in self.pushes
        ]

    def _publish(self, channel: str, texts: Sequence[str]) -> list[Retry | None]:
        if self.answers:
            return [self.answers.pop()] * len(texts)
        self.pushes += [(round(self.now - NOW, 3), json.loads(text)) for text in texts]
        return [None] * len(texts)

    def _sleep(self, seconds: float) -> None:
        until = self.now + seconds
        action, self.meanwhile = self.meanwhile, None
        if action:
            self.now += seconds / 2
            action()
        self.now = until


@pytest.fixture
def world() -> World:
    return World()


def a_notice(world: World, **fields: str) -> Event:
    event = an_event("-".join(fields), type="notice.sent", time=timestamp(world.now), fields=fields)
    return replace(event, subject="line-12")


def tell(world: World, pages: Pages, again: bool = False, isolated: bool = False, **fields: str) -> None:
    assert pages.deliver_notices(CHANNEL, [a_notice(world, **fields)], isolated=isolated, again=again) == []


def test_quiet_topic_is_pushed_at_once_and_before_it_is_written(world: World) -> None:
    order: list[str] = []
    pages = world.function()
    pages = replace(
        pages, publish=lambda channel, texts: [order.append(str(world.table.calls)) or None for _ in texts]
    )
    tell(world, pages, isolated=True, A="1")
    assert (order, world.now) == (["[]"], NOW)


@pytest.mark.parametrize(("quiet", "written"), [(QUIET_MS - 1, ["PutItem"]), (QUIET_MS, [])])
def test_topic_is_written_before_a_push_that_follows_another(
    world: World, quiet: int, written: list[str]
) -> None:
    pages = world.function()
    tell(world, pages, A="1")
    world.table.calls.clear()
    world.now += quiet / 1000
    before: list[list[str]] = []

    def publish(channel: str, texts: Sequence[str]) -> list[None]:
        before.append(list(world.table.calls))
        return [None] * len(texts)

    tell(world, replace(pages, publish=publish), isolated=True, A="2")
    assert before == [written]


def test_what_visitors_have_forgotten_leaves_the_state(world: World) -> None:
    pages = world.function()
    tell(world, pages, A="1")
    world.now += 3600 + RETAINED / 1000
    tell(world, pages, B="2")
    known = pages.states.read(CHANNEL)
    assert known
    assert {name for name in known.entries if name.startswith(FIELDS)} == {f"{FIELDS}B"}


def test_update_that_fails_in_two_places_is_one_failure(world: World) -> None:
    world.answers, world.table.away = [Retry(2, "busy")], True
    update = an_event(type="deploy.succeeded")
    [(event, outcome)] = world.function().deliver_update(update)
    assert (event, outcome.reason) == (update, "busy")


def test_topic_that_was_just_pushed_waits_for_its_turn(world: World) -> None:
    pages = world.function()
    tell(world, pages, A="1")
    world.now += 0.1
    tell(world, pages, A="2")
    assert [(at, push["fields"]) for at, push in world.pushes] == [(0, {"A": "1"}), (INTERVAL, {"A": "2"})]


def test_topic_is_pushed_at_once_when_its_interval_has_passed(world: World) -> None:
    pages = world.function()
    tell(world, pages, A="1")
    world.now += INTERVAL
    tell(world, pages, A="2")
    assert [at for at, _ in world.pushes] == [0, INTERVAL]


def test_busy_function_trusts_no_memory_that_a_topic_is_quiet(world: World) -> None:
    busy, other = world.function(), world.function()
    tell(world, busy, A="1")
    world.now += 10
    tell(world, other, A="2")
    world.now += 0.1
    elsewhere = replace(a_notice(world, B="1"), subject="line-7")
    busy.deliver_notices("notice/line-7", [elsewhere], isolated=False, again=False)
    tell(world, busy, isolated=True, A="3")
    assert [at for at, push in world.pushes if push["topic"] == "line-12"] == [0, 10, 10 + INTERVAL]


def test_whoever_has_promised_pushes_what_others_merge(world: World) -> None:
    first, second = world.function(), world.function()
    tell(world, first, A="1")
    world.meanwhile = lambda: tell(world, second, B="2")
    world.now += 0.1
    tell(world, first, A="4")
    assert [at for at, _ in world.pushes] == [0, INTERVAL]
    said = world.entries()[-1]
    assert [said[f"fields.{name}"] for name in "AB"] == ["4", "2"]


def test_promise_that_was_broken_is_kept_by_the_next(world: World) -> None:
    def die() -> None:
        tell(world, world.function(), B="merged in good faith")
        raise Died

    tell(world, world.function(), A="1")
    world.meanwhile = die
    world.now += 0.1
    with pytest.raises(Died):
        tell(world, world.function(), A="2")
    world.now += INTERVAL + PROMISE_MS / 1000
    tell(world, world.function(), C="3")
    said = world.entries()[-1]
    assert [said[f"fields.{name}"] for name in "ABC"] == ["2", "merged in good faith", "3"]


def test_push_that_failed_for_others_is_repeated_for_them(world: World) -> None:
    pages = world.function()
    tell(world, pages, A="1")
    world.meanwhile = lambda: tell(world, world.function(), B="2")
    world.answers = [Retry(2, "busy")]
    notice = a_notice(world, A="3")
    [(failed, _)] = pages.deliver_notices(CHANNEL, [notice], isolated=False, again=False)
    assert failed == notice
    world.now += 2
    assert pages.deliver_notices(CHANNEL, [notice], isolated=False, again=True) == []
    assert world.entries()[-1]["fields.B"] == "2"


def test_newest_comes_last_and_four_a_second_at_most(world: World) -> None:
    functions = [world.function() for _ in range(3)]
    for n in range(60):
        tell(world, functions[n % 3], A=f"{n}")
        world.now += 0.03
    times = [at for at, _ in world.pushes]
    assert all(later - earlier >= INTERVAL for earlier, later in pairwise(times))
    assert world.entries()[-1]["fields.A"] == "59"
