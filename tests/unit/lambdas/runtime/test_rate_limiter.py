"""One destination, many functions at once: its rate limit is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.contracts.rate_limit import RateLimit
from lambdas.runtime.rate_limiter import RateLimitedError, RateLimiter
from tests.fakes.subscriber import Surroundings

ONE_A_SECOND = RateLimit(per_second=1, burst=3)


def make(rate_limit: RateLimit = ONE_A_SECOND) -> RateLimiter:
    return RateLimiter(Surroundings().table, rate_limit)


def refused_for(limiter: RateLimiter, owner: str, now: float) -> float:
    with pytest.raises(RateLimitedError) as limited:
        limiter.acquire(owner, now=now, expires_at=now + 30)
    return limited.value.seconds


def call(limiter: RateLimiter, owner: str, now: float, *, not_before: float = 0.0) -> None:
    limiter.release(limiter.acquire(owner, now=now, expires_at=now + 30), now=now, not_before=not_before)


def test_burst_at_once_and_then_one_a_second() -> None:
    limiter = make()
    for n in range(3):
        call(limiter, f"w{n}", 100)
    assert refused_for(limiter, "w3", 100) == 1
    assert refused_for(limiter, "w3", 100.4) == pytest.approx(0.6)
    call(limiter, "w3", 101)
    assert refused_for(limiter, "w4", 101.9) == pytest.approx(0.1)


def test_permit_is_held_by_one_however_long_it_takes() -> None:
    limiter = make()
    permit = limiter.acquire("w1", now=100, expires_at=130)
    assert refused_for(limiter, "w2", 120) == 1
    limiter.release(permit, now=125)
    limiter.acquire("w2", now=125, expires_at=155)


def test_permit_of_a_dead_function_expires() -> None:
    limiter = make()
    limiter.acquire("w1", now=100, expires_at=130)
    assert refused_for(limiter, "w2", 129.999) == 1
    limiter.acquire("w2", now=130, expires_at=160)


def test_permit_acquired_twice_by_one_is_one() -> None:
    limiter = make(RateLimit(per_second=1))
    limiter.acquire("w1", now=100, expires_at=130)
    assert refused_for(limiter, "w2", 100) == 1
    limiter.release(limiter.acquire("w1", now=101, expires_at=131), now=101)


def test_lost_permit_releases_nothing() -> None:
    limiter = make()
    late = limiter.acquire("w1", now=100, expires_at=130)
    limiter.acquire("w2", now=130, expires_at=160)
    limiter.release(late, now=131)
    assert refused_for(limiter, "w3", 131) == 1


def test_not_before_of_the_destination_holds_for_all() -> None:
    limiter = make()
    call(limiter, "w1", 100, not_before=160)
    assert refused_for(limiter, "w2", 101) == 59
    call(limiter, "w2", 160)
    assert refused_for(limiter, "w3", 160.5) == 0.5


@given(
    st.lists(st.tuples(st.floats(0, 3), st.floats(0, 2)), min_size=5, max_size=40),
    st.integers(1, 4),
    st.sampled_from([0.5, 1.0, 3.0, 7.0]),
)
def test_rate_limit_is_never_exceeded(
    calls: list[tuple[float, float]], burst: int, per_second: float
) -> None:
    """Workers ask at any time and take any time; the call itself may fall anywhere while the permit is held."""
    limiter, now, made = make(RateLimit(per_second, burst)), 1000.0, list[float]()
    for pause, takes in calls:
        now += pause
        try:
            permit = limiter.acquire(f"w{now}", now=now, expires_at=now + 30)
        except RateLimitedError:
            continue
        made.append(now)
        now += takes
        limiter.release(permit, now=now)
    for first, start in enumerate(made):
        for last in range(first, len(made)):
            count = last - first + 1
            assert count <= burst + (made[last] - start) * per_second + 0.01
