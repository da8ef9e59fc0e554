"""Whatever comes and fails: budgets are kept, and each event reaches each number once, or waits."""

import contextlib
import datetime as dt
import json
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lambdas.sms.dispatch
from lambdas.contracts.sms_limits import Budget, QuietHours
from lambdas.runtime import Retry
from tests.unit.lambdas.sms.conftest import BOTH, FIRST, HOUR, NIGHT, SECOND, world_with

SCRIPT = st.lists(
    st.tuples(
        st.integers(0, 5 * HOUR),  # after so long
        st.integers(1, 8),  # so many events come
        st.booleans(),  # which are critical
        st.sampled_from(["", "", "", FIRST, SECOND]),  # and this number fails once
        st.sampled_from(["not sent", "unknown"]),
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
def test_any_day_keeps_its_budget_and_loses_no_event(
    script: list[tuple[int, int, bool, str, str]], budget: Budget, quiet: QuietHours | None
) -> None:
    with (
        world_with(numbers=BOTH, budget=budget, quiet=quiet) as world,
        pytest.MonkeyPatch.context() as monkeypatch,
    ):
        # the text is the ids of its events: words are tested elsewhere
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
                        "unknown": Retry(reason="x", uncertain=True),
                    }[fault[1]]
            sent.append((world.around.now, number, text))

        monkeypatch.setattr(world, "send", send)
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
    received = Counter((number, id) for _, number, text in sent for id in text.split())
    waiting = {event.id for _, event in world.waiting}
    dead = {json.loads(letter.body)["id"] for letter in world.around.dead_letters.messages.values()}
    # two days on which all that is left of the budget goes to what is critical, or is lost with a failure
    assert all(reason.startswith("given up after") for reason in world.around.reasons)
    assert set(received.values()) <= {1}
    for id in ids:
        assert id in waiting | dead or (received[FIRST, id] == received[SECOND, id] == 1)


class DiedError(BaseException):
    """The function was killed."""


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["well", "before", "after"]), min_size=1, max_size=60),
    st.integers(1, 5),
)
def test_functions_that_die_keep_the_budget(ends: list[str], per_number: int) -> None:
    with (
        world_with(budget=Budget(per_day=50, per_number=per_number)) as world,
        pytest.MonkeyPatch.context() as monkeypatch,
    ):
        sent: list[tuple[float, str, str]] = []
        coming = iter(ends)

        def send(number: str, text: str, place: int) -> None:
            end = next(coming, "well")
            if end != "before":
                sent.append((world.around.now, number, text))
            if end != "well":
                raise DiedError

        monkeypatch.setattr(world, "send", send)
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
