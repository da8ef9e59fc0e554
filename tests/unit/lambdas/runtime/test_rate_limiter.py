"""One destination, many functions at once: its rate limit is kept, and one of them at a time is at work."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.clients.dynamodb import Item
from lambdas.contracts.rate_limit import RATE_LIMIT_ID, PermitItem, RateLimit
from lambdas.runtime.claims import ClaimRequest
from lambdas.runtime.ledger import Claimed, Ledger
from lambdas.runtime.rate_limiter import Permit, RateLimitedError, RateLimiter
from lambdas.runtime.table import ConditionFailedError, Table
from tests.fakes.subscriber import Surroundings

ONE_A_SECOND = RateLimit(per_second=1, burst=3)
SECONDS = 30


@pytest.fixture
def ledger(around: Surroundings) -> Ledger:
    return Ledger(around.table)


@pytest.fixture
def limiters(ledger: Ledger) -> Iterator[RateLimiter]:
    return environments(ledger)


def environments(ledger: Ledger, limit: RateLimit = ONE_A_SECOND) -> Iterator[RateLimiter]:
    return (RateLimiter(ledger.table, limit, ledger, f"environment-{n}") for n in range(1_000_000))


def acquire(limiter: RateLimiter, now: float, *keys: str, patience: float = 0.0, **facts: Any) -> Permit:
    return limiter.acquire(keys, now=now, latest=now + patience, expires_at=now + SECONDS, **facts)


def limited(limiter: RateLimiter, now: float, **facts: Any) -> RateLimitedError:
    with pytest.raises(RateLimitedError) as refused:
        acquire(limiter, now, **facts)
    return refused.value


def call(limiter: RateLimiter, now: float) -> None:
    limiter.release(acquire(limiter, now), now=now, called=True)


def record(ledger: Ledger, permit: Permit, now: float) -> None:
    """Say how the delivery of the single event ended that is in flight."""
    [key] = permit.item.in_flight
    owner = permit.item.owner
    request = ClaimRequest(
        **{"key": key, "message": "m1", "sent_at": now, "owner": owner, "now": now, "expires_at": now},
        redriven=False,
        first=False,
    )
    ledger.record([Claimed(ledger, {}).claim(request)], now)


def test_burst_at_once_and_then_one_a_second(limiters: Iterator[RateLimiter]) -> None:
    for _ in range(3):
        call(next(limiters), 100)
    assert limited(next(limiters), 100).seconds == 1
    assert limited(next(limiters), 100.4).seconds == pytest.approx(0.6)
    call(next(limiters), 101)
    assert limited(next(limiters), 101.9).seconds == pytest.approx(0.1)


def test_call_that_is_due_soon_is_reserved(limiters: Iterator[RateLimiter]) -> None:
    for _ in range(3):
        call(next(limiters), 100)
    permit = acquire(next(limiters), 100.4, patience=0.7)
    assert permit.starts_at == 101
    assert limited(next(limiters), 100.5).is_busy


def test_permit_is_held_by_one_however_long_it_takes(limiters: Iterator[RateLimiter]) -> None:
    first, second = next(limiters), next(limiters)
    permit = acquire(first, 100)
    assert (limited(second, 120).seconds, limited(second, 120).is_busy) == (1, True)
    first.release(permit, now=125, called=True)
    acquire(second, 125)


def test_permit_of_a_dead_function_expires(limiters: Iterator[RateLimiter]) -> None:
    acquire(next(limiters), 100)
    assert limited(next(limiters), 129.999).is_busy
    acquire(next(limiters), 130)


def test_call_of_the_dead_counts_as_long_as_it_may_have_lasted(ledger: Ledger) -> None:
    both = environments(ledger, RateLimit(per_second=0.1))
    acquire(next(both), 100)
    assert limited(next(both), 100 + SECONDS).seconds == 10


def test_whoever_takes_over_notes_what_was_in_flight(ledger: Ledger, limiters: Iterator[RateLimiter]) -> None:
    acquire(next(limiters), 100, "e1", "e2")
    permit = acquire(next(limiters), 130)
    assert {key: item.unsettled for key, item in ledger.read(["e1", "e2"]).items()} == {"e1": 1, "e2": 1}
    assert not permit.continued


def test_recorded_delivery_is_the_end_of_its_permit(ledger: Ledger, limiters: Iterator[RateLimiter]) -> None:
    first, second = next(limiters), next(limiters)
    permit = acquire(first, 100, "e1")
    assert limited(second, 101).is_busy
    record(ledger, permit, 104)
    for _ in range(2):
        taken = acquire(second, 104, "e2")
        record(ledger, taken, 104)
        second.end(taken, 104)
    assert limited(second, 104).seconds == 1  # a whole interval from the end of the call, not from its begin


def test_record_of_one_is_not_the_end_of_several(ledger: Ledger, limiters: Iterator[RateLimiter]) -> None:
    first = next(limiters)
    permit = acquire(first, 100, "e1")
    record(ledger, permit, 100)
    first.note(permit, ("e1", "e2"))
    assert limited(next(limiters), 101).is_busy


def test_next_permit_of_the_same_environment_is_one_write(
    around: Surroundings, ledger: Ledger, limiters: Iterator[RateLimiter]
) -> None:
    limiter = next(limiters)
    permit = acquire(limiter, 100, "e1")
    record(ledger, permit, 100)
    limiter.end(permit, 100)
    before = around.dynamodb.calls.total()
    assert limiter.is_ready(105)
    assert acquire(limiter, 105, "e2").continued
    assert around.dynamodb.calls.total() == before + 1


def test_environment_knows_when_its_next_call_is_due(limiters: Iterator[RateLimiter]) -> None:
    limiter = next(limiters)
    assert not limiter.is_ready(100)
    call(limiter, 100)
    assert limiter.is_ready(100)  # the burst is of three
    call(limiter, 100)
    call(limiter, 100)
    assert [limiter.is_ready(now) for now in (100.999, 101)] == [False, True]


def test_call_that_ended_long_ago_delays_no_other(ledger: Ledger) -> None:
    both = environments(ledger, RateLimit(per_second=0.1))
    permit = acquire(next(both), 100, "e1")
    record(ledger, permit, 101)
    assert acquire(next(both), 100 + SECONDS + 1).starts_at == 100 + SECONDS + 1


def test_permit_is_not_continued_after_anothers(limiters: Iterator[RateLimiter]) -> None:
    first, second = next(limiters), next(limiters)
    call(first, 100)
    call(second, 105)
    assert first.is_ready(110)
    assert not acquire(first, 110).continued


def test_permit_that_was_never_heard_of_is_taken_back(
    around: Surroundings, limiters: Iterator[RateLimiter]
) -> None:
    limiter = next(limiters)
    item = PermitItem(owner="environment-0/7", started_at=100_000, due_at=101_000, expires_at=130_000)
    around.table.update(RATE_LIMIT_ID, set=item.values())
    acquire(limiter, 105)
    assert limited(limiter, 106).is_busy  # though not what is held at this moment


def test_permit_that_another_has_held_meanwhile_is_acquired(ledger: Ledger) -> None:
    class Late(Table):
        """Between the first look and the write, another environment has made a call."""

        def update(self, key: str, **change: Any) -> Item:
            if others:
                call(others.pop(), 100)
            return super().update(key, **change)

    others = [RateLimiter(ledger.table, ONE_A_SECOND, ledger, "other")]
    limiter = RateLimiter(Late(ledger.table._client, "ledger"), ONE_A_SECOND, ledger, "environment")
    assert acquire(limiter, 100).item.due_at == 102_000


def test_permit_that_others_always_get_first_is_asked_for_again(ledger: Ledger) -> None:
    class Contended(Table):
        """Between any look and the write that follows, another has held the permit and released it."""

        def update(self, key: str, **change: Any) -> Item:
            raise ConditionFailedError(PermitItem(owner=f"other/{next(numbers)}").values())  # type: ignore[arg-type]

    numbers = itertools.count()
    table = Contended(ledger.table._client, "ledger")
    assert limited(RateLimiter(table, ONE_A_SECOND, ledger, "environment"), 100).seconds == 1


def test_lost_permit_releases_nothing(limiters: Iterator[RateLimiter]) -> None:
    first, second = next(limiters), next(limiters)
    late = acquire(first, 100)
    acquire(second, 130)
    first.release(late, now=131, called=True)
    assert limited(next(limiters), 131).is_busy
    with pytest.raises(ConditionFailedError):
        first.note(late, ("e1",))


def test_turn_without_a_call_uses_up_nothing(limiters: Iterator[RateLimiter]) -> None:
    limiter = next(limiters)
    for _ in range(10):
        limiter.release(acquire(limiter, 100), now=100.5, called=False)
    call(limiter, 100)


def test_unsettled_events_are_noted_by_the_next(ledger: Ledger, limiters: Iterator[RateLimiter]) -> None:
    limiter = next(limiters)
    limiter.release(acquire(limiter, 100, "e1"), now=100, called=True, unsettled=("e1",))
    acquire(limiter, 105)
    assert ledger.read(["e1"])["e1"].unsettled == 1


def test_permit_whose_release_failed_is_free_for_its_own_environment(
    around: Surroundings, limiters: Iterator[RateLimiter]
) -> None:
    limiter = next(limiters)
    permit = acquire(limiter, 100)
    around.network.failing = {"DynamoDB UpdateItem"}
    with pytest.raises(ConnectionError):
        limiter.release(permit, now=100, called=True)
    around.network.failing = set()
    assert limited(next(limiters), 105).is_busy
    acquire(limiter, 105)


def test_not_before_of_the_destination_holds_for_all(limiters: Iterator[RateLimiter]) -> None:
    limiter = next(limiters)
    permit = acquire(limiter, 100)
    limiter.pause(permit, now=100, not_before=160)
    limiter.release(permit, now=100, called=True)
    assert limited(next(limiters), 101).seconds == 59
    call(limiter, 160)
    assert limited(next(limiters), 160.5).seconds == 0.5


@pytest.mark.parametrize("single", [True, False])
def test_pause_brought_forward_is_over_for_who_was_paused(
    around: Surroundings, ledger: Ledger, limiters: Iterator[RateLimiter], single: bool
) -> None:
    limiter = next(limiters)
    permit = acquire(limiter, 100, "e1")
    limiter.pause(permit, now=100, not_before=3700)
    if single:
        record(ledger, permit, 101)
        limiter.end(permit, 101)
    else:
        limiter.release(permit, now=101, called=True)
    assert limited(limiter, 110).seconds > 3000
    around.table.update(RATE_LIMIT_ID, set={"due_at": 110_000})  # as `jamwire events retry` does
    acquire(limiter, 110)


def test_pause_is_known_before_the_delivery_has_ended(
    ledger: Ledger, limiters: Iterator[RateLimiter]
) -> None:
    limiter = next(limiters)
    permit = acquire(limiter, 100, "e1")
    limiter.pause(permit, now=100, not_before=160)
    assert limited(next(limiters), 101).is_busy
    record(ledger, permit, 101)
    assert limited(next(limiters), 101).seconds >= 59


def test_pause_that_was_written_since_the_first_look_is_kept(
    ledger: Ledger, limiters: Iterator[RateLimiter]
) -> None:
    class Late(Table):
        """Between the first look and the write, the destination asks the holder to wait, and its delivery ends."""

        def get(self, keys: Any, **how: Any) -> dict[str, Item]:
            found = super().get(keys, **how)
            if pauses and RATE_LIMIT_ID in found:
                pauses.pop()()
            return found

    def pause() -> None:
        holder.pause(permit, now=104, not_before=134)
        record(ledger, permit, 104)
        holder.end(permit, 104)

    holder = next(limiters)
    permit, pauses = acquire(holder, 100, "e1"), [pause]
    limiter = RateLimiter(Late(ledger.table._client, "ledger"), ONE_A_SECOND, ledger, "late")
    with pytest.raises(RateLimitedError) as refused:
        acquire(limiter, 103)
    assert refused.value.seconds == 31


def test_permit_of_an_earlier_version_is_understood(
    around: Surroundings, limiters: Iterator[RateLimiter]
) -> None:
    held = {"owner": "1/m1", "due_at": 101_000, "expires_at": 130_000, "draining_until": 0}
    around.table.update(RATE_LIMIT_ID, set=held)
    assert limited(next(limiters), 100).is_busy
    acquire(next(limiters), 130)


@given(
    st.lists(st.tuples(st.floats(0, 3), st.floats(0, 2), st.integers(0, 1)), min_size=5, max_size=40),
    st.integers(1, 4),
    st.sampled_from([0.5, 1.0, 3.0, 7.0]),
)
def test_rate_limit_is_never_exceeded(
    calls: list[tuple[float, float, int]], burst: int, per_second: float
) -> None:
    """Workers ask at any time and take any time; a call may have to wait for its time in place."""
    ledger = Ledger(Surroundings().table)
    made, now = list[float](), 1000.0
    both = environments(ledger, RateLimit(per_second, burst))
    limiters = [next(both), next(both)]
    for number, (pause, takes, which) in enumerate(calls):
        now += pause
        limiter = limiters[which]
        try:
            permit = acquire(limiter, now, f"e{number}", patience=0.5)
        except RateLimitedError:
            continue
        now = max(now, permit.starts_at)
        made.append(now)
        now += takes
        record(ledger, permit, now)
        limiter.end(permit, now)
    for first, start in enumerate(made):
        for last in range(first, len(made)):
            count = last - first + 1
            assert count <= burst + (made[last] - start) * per_second + 0.01
