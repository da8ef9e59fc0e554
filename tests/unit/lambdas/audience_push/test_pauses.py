"""When a push service is left alone."""

from lambdas.audience_push.pauses import FAILURES_IN_A_ROW, PAUSE_SECONDS, Pauses
from lambdas.followers.outcomes import Gone, Later, Sent, Unknown
from tests.fakes.clock import Clock

ONE, OTHER = "https://one.example", "https://other.example"
FAILED = Later(None, "answered 503")
LOST = Unknown("no response")


def test_push_service_is_left_alone_for_as_long_as_it_says() -> None:
    clock = Clock(100.0)
    pauses = Pauses(lambda: clock.now)
    pauses.note(ONE, Later(120.0, "answered 429"))
    pauses.note(ONE, Later(10.0, "answered 429"))
    assert (pauses.left(ONE), pauses.left(OTHER)) == (120.0, 0.0)
    clock.now += 0.4
    assert pauses.left(ONE) == 120
    clock.now += 119.6
    assert pauses.left(ONE) == 0


def test_push_service_that_keeps_failing_is_left_alone() -> None:
    pauses = Pauses(lambda: 100.0)
    for _ in range(FAILURES_IN_A_ROW - 1):
        pauses.note(ONE, LOST)
    assert pauses.left(ONE) == 0
    pauses.note(ONE, FAILED)
    assert pauses.left(ONE) == PAUSE_SECONDS


def test_failures_between_answers_pause_nothing() -> None:
    pauses = Pauses(lambda: 100.0)
    for _ in range(FAILURES_IN_A_ROW):
        for outcome in (FAILED, Sent(), FAILED, Gone("answered 410")):
            pauses.note(ONE, outcome)
    assert pauses.left(ONE) == 0


def test_answer_begins_the_count_of_failures_anew() -> None:
    pauses = Pauses(lambda: 100.0)
    for outcome in (Sent(), *[FAILED] * (FAILURES_IN_A_ROW - 1)):
        pauses.note(ONE, outcome)
    assert pauses.left(ONE) == 0
