"""A listener forwards each event once and misses none, whatever the index, the network and its own life do."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jamwire.operations.errors import OperationError
from jamwire.operations.listen import LATE, LONGEST_WAIT, OVERLAP
from tests.fakes.account import DAY, NOW
from tests.fakes.listening import Listening


@pytest.fixture
def listening(tmp_path: Path) -> Listening:
    return Listening(tmp_path / "position")


def test_now_begins_with_what_the_archive_does_not_show_yet(listening: Listening) -> None:
    listening.archive.keep("old", at=NOW - 60)
    listening.archive.keep("on its way", at=NOW - 1, late=2)
    listening.archive.keep("ahead of this clock", at=NOW + 200, late=-200)
    listening.listener.begin_now()
    for _ in range(3):
        listening.look()
    assert listening.ids == ["on its way"]


def test_machine_whose_clock_is_behind_hears_at_once(listening: Listening) -> None:
    listening.listener.begin_now()
    listening.archive.keep("e1", at=NOW + 240, late=-240)
    listening.look()
    assert listening.ids == ["e1"]


def test_time_begins_with_what_was_accepted_at_it(listening: Listening) -> None:
    for id, before in (("before", 3601), ("at", 3600), ("after", 1)):
        listening.archive.keep(id, at=NOW - before)
    listening.listener.begin_at(NOW - 3600)
    listening.look()
    assert listening.ids == ["at", "after"]


def test_time_may_bring_back_what_was_forwarded(listening: Listening) -> None:
    listening.archive.keep("e1", at=NOW - 10)
    for _ in range(2):
        listening.listener.begin_at(NOW - 60)
        listening.look()
    assert listening.ids == ["e1", "e1"]


def test_look_reads_the_last_minute_only(listening: Listening) -> None:
    """And once a minute the last hour: that is what a busy deployment pays for."""
    listening.listener.begin_at(NOW - DAY)
    began = []
    for _ in range(32):
        began.append(listening.clock.now)
        listening.look()
    back = [
        at - seconds_of(selection.since)
        for at, selection in zip(began, listening.archive.selections, strict=True)
    ]
    assert back[0] == DAY
    assert back[1:30] == [OVERLAP + 2] * 29
    assert back[30] == LATE + 60


def seconds_of(time: str) -> float:
    return dt.datetime.fromisoformat(time).timestamp()


def test_late_entry_is_forwarded_after_newer_ones(listening: Listening) -> None:
    listening.listener.begin_now()
    listening.archive.keep("late", at=NOW + 1, late=LATE - 120)
    listening.archive.keep("in time", at=NOW + 2, late=1)
    while listening.clock.now < NOW + LATE:
        listening.look()
    assert listening.ids == ["in time", "late"]


def test_events_of_others_are_left(listening: Listening) -> None:
    listening.wanted = lambda summary: summary.endpoint == "shop"
    listening.restart()
    listening.archive.keep("a", at=NOW - 2)
    listening.archive.keep("b", at=NOW - 1, endpoint="shop")
    listening.listener.begin_at(NOW - 60)
    listening.look()
    assert listening.ids == ["b"]


def test_beginning_is_within_what_is_kept(listening: Listening) -> None:
    listening.archive.kept_seconds = DAY
    listening.listener.begin_at(NOW - 400 * DAY)
    listening.look()
    assert seconds_of(listening.archive.selections[-1].since) == NOW - DAY


def test_network_that_is_away_is_told_once_with_what_was_missed(listening: Listening) -> None:
    listening.listener.begin_now()
    listening.look()
    listening.archive.away = True
    waits = [listening.look() for _ in range(8)]
    assert waits == [4, 8, 16, LONGEST_WAIT, LONGEST_WAIT, LONGEST_WAIT, LONGEST_WAIT, LONGEST_WAIT]
    assert listening.told == [
        "Away since 08:00:02 UTC: The account cannot be reached: it is not there. Trying again, nothing is lost."
    ]
    for n in range(3):
        listening.archive.keep(f"e{n}", at=NOW + 10 + n)
    listening.archive.away = False
    assert listening.look() == 2
    assert listening.told[1:] == ["Back after 2 min; caught up with 3 events."]
    assert listening.ids == ["e0", "e1", "e2"]
    listening.look()
    assert len(listening.told) == 2


def test_second_loss_is_told_as_the_first(listening: Listening) -> None:
    listening.listener.begin_now()
    for away in (False, True, False, True, False):
        listening.archive.away = away
        listening.look()
    assert [line.partition(" ")[0] for line in listening.told] == ["Away", "Back", "Away", "Back"]
    assert "caught up with 0 events" in listening.told[-1]


def test_account_that_never_answered_ends_it(listening: Listening) -> None:
    """A right that is missing does not come by waiting."""
    listening.listener.begin_at(NOW - 60)
    listening.archive.away = True
    with pytest.raises(OperationError, match="cannot be reached"):
        listening.look()


def test_failed_forward_is_tried_again_with_the_next_look(listening: Listening) -> None:
    listening.listener.begin_now()
    listening.archive.keep("e1", at=NOW + 1)
    listening.look()
    listening.look()
    listening.archive.keep("e2", at=NOW + 5)
    listening.archive.calls_left = 2  # the index answers, and the table does not
    for _ in range(2):
        listening.look()
    listening.archive.calls_left, listening.archive.away = None, False
    listening.look()
    assert listening.ids == ["e1", "e2"]


EVENTS = st.lists(
    st.tuples(
        st.floats(0, 2 * LATE),  # accepted, seconds from now
        st.one_of(st.just(0.0), st.floats(0, 5), st.floats(0, OVERLAP), st.floats(0, LATE - 1)),  # late by
    ),
    max_size=40,
)
HAPPENINGS = st.lists(
    st.one_of(
        st.tuples(st.just("look"), st.integers(1, 40)),
        st.tuples(st.just("lose"), st.integers(0, 60)),
        st.tuples(st.just("find"), st.just(0)),
        st.tuples(st.just("sleep"), st.integers(1, int(LATE))),
        st.tuples(st.just("restart"), st.just(0)),
        st.tuples(st.just("put the clock back"), st.integers(1, 30)),
    ),
    max_size=30,
)


def happen(listening: Listening, what: str, count: int) -> None:
    """Let something happen to a listener."""
    match what:
        case "look":
            for _ in range(count):
                listening.look()
        case "lose":
            listening.archive.calls_left = count  # perhaps in the middle of an answer
        case "find":
            listening.archive.calls_left, listening.archive.away = None, False
        case "sleep":
            listening.clock.now += count
        case "restart":
            listening.restart()
            listening.listener._is_reached = True  # the person starts it until it works
        case "put the clock back":
            listening.clock.now -= count


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of one position after the other; to make a file of each takes longer than to listen."""
    return tmp_path_factory.mktemp("listen") / "position"


@given(events=EVENTS, happenings=HAPPENINGS)
def test_each_event_is_forwarded_once_and_none_is_missed(
    place: Path, events: list[tuple[float, float]], happenings: list[tuple[str, int]]
) -> None:
    listening = Listening(place)
    try:
        listening.listener.begin_at(NOW)
        listening.look()
        accepted = {
            f"e{n}": listening.archive.keep(f"e{n}", at=NOW + after, late=late).time
            for n, (after, late) in enumerate(events)
        }
        for what, count in happenings:
            happen(listening, what, count)
        happen(listening, "find", 0)
        while listening.clock.now < NOW + 3 * LATE + 120:
            listening.look()
            listening.clock.now += 7
    finally:
        listening.position.close()
    assert sorted(listening.ids) == sorted(accepted)
    for look in listening.forwarded:
        assert look == sorted(look, key=lambda id: accepted[id])
