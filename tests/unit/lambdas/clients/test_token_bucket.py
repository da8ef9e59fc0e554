"""So much at once, and so much for each second that passes."""

from lambdas.clients.token_bucket import TokenBucket


def test_burst_is_taken_at_once_and_the_rest_as_time_goes_by() -> None:
    now = [100.0]
    bucket = TokenBucket(3, 0.5, lambda: now[0])
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    now[0] += 1
    assert not bucket.take()
    now[0] += 1
    assert [bucket.take(), bucket.take()] == [True, False]
    now[0] += 1000
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
