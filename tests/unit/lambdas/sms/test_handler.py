"""Every number is told once, within the hours and the budget; what cannot be told now waits."""

import contextlib
import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lambdas.sms.dispatch
import lambdas.sms.handler
import lambdas.sms.sns_sms
from lambdas.contracts.event import Event, timestamp
from lambdas.contracts.rate_limit import RateLimit
from lambdas.contracts.sms_limits import Budget, QuietHours
from lambdas.runtime import Retry, Undeliverable
from tests.fakes.events import an_event
from tests.fakes.subscriber import SENT_AT, Surroundings, a_record

FIRST, SECOND = "+12065550100", "+12065550101"
NIGHT = QuietHours("22:00", "07:00", "UTC")
MIDNIGHT = dt.datetime(2027, 1, 16, tzinfo=dt.UTC).timestamp()
HOUR = 3600
AMPLE = Budget(per_day=50, per_number=10)


@dataclass
class World:
    """A queue, a clock and phones around the notifier, which the real runtime runs."""

    around: Surroundings = field(default_factory=Surroundings)
    texts: list[tuple[str, str]] = field(default_factory=list)
    waiting: list[tuple[float, Event]] = field(default_factory=list)
    counted: list[str] = field(default_factory=list)
    refuse: Callable[[str], Exception | None] = lambda number: None

    def send(self, number: str, text: str, place: int) -> None:
        if refused := self.refuse(number):
            raise refused
        self.texts.append((number, text))

    def accept(self, *events: Event) -> None:
        self.waiting += [(self.around.now, event) for event in events]

    def run(self) -> None:
        """Let the notifier see to all that is due."""
        due = [event for at, event in self.waiting if at <= self.around.now]
        rest = [(at, event) for at, event in self.waiting if at > self.around.now]
        worker = self.around.worker(
            lambdas.sms.handler.handle.__wrapped__,  # type: ignore[attr-defined]
            batch=True,
            give_up_after=48 * HOUR,
            rate_limit=RateLimit(20, 20),
        )
        records = [a_record(event, id=event.id) for event in due]
        for record in records:
            record["attributes"]["SentTimestamp"] = str(int(self.sent_at(record) * 1000))
        staying = set(self.around.run(worker, *records)) if records else set()
        hidden = self.around.sqs.hidden
        again = [(self.around.now + hidden.get(event.id, 180), event) for event in due if event.id in staying]
        self.waiting = [*rest, *again]

    def run_until(self, end: float) -> None:
        """Let time go by."""
        while (due := min((at for at, _ in self.waiting), default=end)) < end:
            self.around.now = max(self.around.now, due)
            self.run()
        self.around.now = end

    @staticmethod
    def sent_at(record: dict[str, Any]) -> float:
        return dt.datetime.fromisoformat(json.loads(record["body"])["time"]).timestamp()

    def event(self, id: str = "a", **facts: Any) -> Event:
        return an_event(id, time=timestamp(self.around.now), **facts)

    @property
    def told(self) -> list[str]:
        return [text for _, text in self.texts]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return make_world(monkeypatch)


def make_world(
    monkeypatch: pytest.MonkeyPatch,
    *,
    numbers: Sequence[str] = (FIRST,),
    budget: Budget = AMPLE,
    quiet: QuietHours | None = None,
) -> World:
    world = World()
    monkeypatch.setenv("PHONE_NUMBERS", json.dumps(list(numbers)))
    monkeypatch.setenv("BUDGET", budget.to_json())
    monkeypatch.delenv("QUIET_HOURS", raising=False)
    if quiet:
        monkeypatch.setenv("QUIET_HOURS", quiet.to_json())
    monkeypatch.setattr(lambdas.sms.sns_sms, "send", world.send)
    monkeypatch.setattr(lambdas.sms.dispatch, "count", world.counted.append)
    return world


def test_an_event_is_told_and_its_part_counted(world: World) -> None:
    world.accept(world.event())
    world.run()
    assert world.texts == [(FIRST, "Deploy failed")]
    assert (world.counted, world.waiting) == (["Parts"], [])


def test_a_few_that_come_together_are_told_one_by_one_and_more_in_one_text(world: World) -> None:
    world.accept(*[world.event(letter) for letter in "abc"])
    world.run()
    assert world.told == ["Deploy failed"] * 3
    world.accept(*[world.event(letter) for letter in "defg"])
    world.run()
    assert world.told[3:] == ["4 events since 08:00: 4 failed deploys. Last: Deploy failed"]


def test_every_number_is_told_and_one_that_fails_keeps_none_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world(monkeypatch, numbers=[FIRST, SECOND])
    world.refuse = lambda number: Retry(reason="busy") if number == FIRST else None
    world.accept(world.event("a"), world.event("b"))
    world.run()
    assert [number for number, _ in world.texts] == [SECOND, SECOND]
    world.refuse = lambda number: None
    world.run_until(SENT_AT + 60)
    assert [number for number, _ in world.texts] == [SECOND, SECOND, FIRST, FIRST]
    assert world.waiting == []


def test_what_can_reach_no_number_is_dead_and_the_others_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world(monkeypatch, numbers=[FIRST, SECOND], quiet=NIGHT)
    world.around.now = MIDNIGHT - HOUR
    world.refuse = lambda number: Undeliverable("opted out") if number == FIRST else None
    world.accept(world.event("a", severity="critical"), world.event("b"))
    world.run()
    assert world.texts == [(SECOND, "Deploy failed")]
    assert world.around.reasons == ["opted out"]
    assert [event.id for _, event in world.waiting] == ["b"]


def test_beyond_the_budget_events_wait_for_the_next_day_and_are_told_in_one_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = make_world(monkeypatch, budget=Budget(per_day=50, per_number=3))
    for n in range(10):
        world.accept(world.event(f"e{n}"))
        world.run()
        world.around.now += HOUR
    assert world.told == [*["Deploy failed"] * 2, "Deploy failed Budget reached, more at 00:00 UTC."]
    assert len(world.waiting) == 7
    world.run_until(MIDNIGHT + HOUR)
    assert world.told[3:] == ["7 events since Jan 15, 11:00: 7 failed deploys. Last: Deploy failed"]
    assert world.waiting == []


def test_the_last_text_of_a_day_tells_of_all_that_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world(monkeypatch, budget=Budget(per_day=2, per_number=2))
    world.accept(*[world.event(letter) for letter in "abc"])
    world.run()
    assert world.told == [
        "Deploy failed",
        "2 events since 08:00: 2 failed deploys. Last: Deploy failed Budget reached, more at 00:00 UTC.",
    ]
    assert world.waiting == []


def test_the_budget_is_for_all_numbers_together_too(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world(monkeypatch, numbers=[FIRST, SECOND], budget=Budget(per_day=3, per_number=3))
    world.accept(world.event("a"))
    world.run()
    world.accept(world.event("b"))
    world.run()
    assert Counter(number for number, _ in world.texts) == {FIRST: 2, SECOND: 1}
    assert [event.id for _, event in world.waiting] == ["b"]
    assert "Budget reached" in world.told[1]  # the second number hears no more today
    world.run_until(MIDNIGHT + HOUR)
    assert Counter(number for number, _ in world.texts) == {FIRST: 2, SECOND: 2}


def test_what_the_budget_of_all_refuses_is_not_spent_of_a_numbers_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = make_world(monkeypatch, numbers=[FIRST, SECOND], budget=Budget(per_day=3, per_number=3))
    for letter in "abc":
        world.accept(world.event(letter))
        world.run()
    spent = {key: item["spent"] for key, item in world.around.items.items() if "spent" in item}
    assert sorted(spent.values()) == [1, 2, 3]
    assert spent["budget/2027-01-15/all"] == 3


def test_what_was_certainly_not_sent_is_not_spent_and_what_may_have_been_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = make_world(monkeypatch, budget=Budget(per_day=1, per_number=1))
    world.refuse = lambda number: Retry(reason="busy")
    world.accept(world.event())
    world.run()
    world.refuse = lambda number: lambdas.sms.sns_sms.UnknownOutcomeError(reason="timeout")
    world.run_until(SENT_AT + 60)
    world.refuse = lambda number: None
    world.run_until(MIDNIGHT)
    assert world.texts == []
    world.run_until(MIDNIGHT + HOUR)
    assert len(world.texts) == 1


def test_in_quiet_hours_only_what_is_critical_is_told_and_at_their_end_the_rest_in_one_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = make_world(monkeypatch, quiet=NIGHT)
    world.around.now = MIDNIGHT - HOUR
    world.accept(*[world.event(letter) for letter in "abcde"])
    world.accept(world.event("f", severity="critical", title="Shop is down"))
    world.run()
    assert world.told == ["Shop is down"]
    world.run_until(MIDNIGHT + 7 * HOUR)
    assert world.told == ["Shop is down"]
    world.run_until(MIDNIGHT + 8 * HOUR)
    assert world.told[1:] == ["5 events since Jan 15, 23:00: 5 failed deploys. Last: Deploy failed"]


def test_no_budget_makes_an_exception_for_what_is_critical(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world(monkeypatch, budget=Budget(per_day=1, per_number=1))
    world.accept(world.event("a"))
    world.run()
    world.accept(world.event("b", severity="critical"))
    world.run()
    assert len(world.texts) == len(world.waiting) == 1


def test_a_single_late_one_carries_its_time(world: World) -> None:
    event = world.event()
    world.around.now += HOUR
    world.accept(event)
    world.run()
    assert world.told == ["08:00 Deploy failed"]


def test_two_that_are_late_are_told_in_one_text(world: World) -> None:
    events = [world.event("a"), world.event("b")]
    world.around.now += HOUR
    world.accept(*events)
    world.run()
    assert world.told == ["2 events since 08:00: 2 failed deploys. Last: Deploy failed"]


def test_no_number_is_in_the_table(world: World) -> None:
    world.accept(world.event())
    world.run()
    assert any(key.startswith("budget/2027-01-15/") for key in world.around.items)
    assert FIRST.removeprefix("+") not in str(world.around.items)


SCRIPT = st.lists(
    st.tuples(
        st.integers(0, 5 * HOUR),  # after so long
        st.integers(1, 8),  # so many events come
        st.booleans(),  # which are critical
        st.sampled_from(["", "", "", FIRST, SECOND]),  # and this number fails once
        st.sampled_from(["not sent", "unsure"]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(
    script=SCRIPT,
    budget=st.builds(
        lambda n, more: Budget(per_day=n + more, per_number=n), st.integers(1, 5), st.integers(1, 5)
    ),
    quiet=st.sampled_from([None, NIGHT, QuietHours("12:00", "09:30", "Europe/Berlin")]),
)
def test_no_day_has_more_parts_than_its_budget_and_each_event_is_told_once_to_each_number_or_waits(
    script: list[tuple[int, int, bool, str, str]], budget: Budget, quiet: QuietHours | None
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        world = make_world(monkeypatch, numbers=[FIRST, SECOND], budget=budget, quiet=quiet)
        # the text is what it tells of: words are tested elsewhere
        monkeypatch.setattr(
            lambdas.sms.dispatch, "text_for", lambda events, **_: " ".join(event.id for event in events)
        )
        sent: list[tuple[float, str, str]] = []
        failing: list[tuple[str, str]] = []

        def send(number: str, text: str, place: int) -> None:
            for fault in failing:
                if fault[0] == number:
                    failing.remove(fault)
                    raise {
                        "not sent": Retry(reason="x"),
                        "unsure": lambdas.sms.sns_sms.UnknownOutcomeError(reason="x"),
                    }[fault[1]]
            sent.append((world.around.now, number, text))

        monkeypatch.setattr(lambdas.sms.sns_sms, "send", send)
        ids = []
        for step, (pause, count, critical, number, how) in enumerate(script):
            world.run_until(world.around.now + pause)
            failing += [(number, how)] if number else []
            fresh = [
                world.event(f"e{step}-{n}", severity="critical" if critical else "error")
                for n in range(count)
            ]
            ids += [event.id for event in fresh]
            world.accept(*fresh)
            world.run()
        zone = NIGHT.zone if quiet is None else quiet.zone
        checked(sent, budget, zone)
        world.run_until(world.around.now + 47 * HOUR)
        checked(sent, budget, zone)
    told = Counter((number, id) for _, number, text in sent for id in text.split())
    waiting = {event.id for _, event in world.waiting}
    dead = {json.loads(letter.body)["id"] for letter in world.around.dead_letters.messages.values()}
    # two days on which all that is left of the budget goes to what is critical, or is lost with a failure
    assert all(reason.startswith("given up after") for reason in world.around.reasons)
    assert set(told.values()) <= {1}
    for id in ids:
        assert id in waiting | dead or (told[FIRST, id] == told[SECOND, id] == 1)


class DiedError(BaseException):
    """The function was killed."""


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["well", "before", "after"]), min_size=1, max_size=60),
    st.integers(1, 5),
)
def test_functions_that_die_spend_no_more_than_the_budget(fates: list[str], per_number: int) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        world = make_world(monkeypatch, budget=Budget(per_day=50, per_number=per_number))
        sent: list[tuple[float, str, str]] = []
        coming = iter(fates)

        def send(number: str, text: str, place: int) -> None:
            fate = next(coming, "well")
            if fate != "before":
                sent.append((world.around.now, number, text))
            if fate != "well":
                raise DiedError

        monkeypatch.setattr(lambdas.sms.sns_sms, "send", send)
        for n in range(10):
            world.accept(world.event(f"e{n}"))
            with contextlib.suppress(DiedError):
                world.run()
            world.around.now += HOUR
        checked(sent, Budget(50, per_number), "UTC")


def checked(sent: list[tuple[float, str, str]], budget: Budget, zone: str) -> None:
    days = [(dt.datetime.fromtimestamp(at, ZoneInfo(zone)).date(), number) for at, number, _ in sent]
    assert max(Counter(day for day, _ in days).values(), default=0) <= budget.per_day
    assert max(Counter(days).values(), default=0) <= budget.per_number
