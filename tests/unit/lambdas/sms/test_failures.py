"""Each event has one outcome, whatever failed at which number."""

import pytest

from lambdas.runtime import Retry, Undeliverable
from lambdas.sms.failures import raise_for_failures
from tests.fakes.events import an_event

A, B = an_event("a"), an_event("b")


def test_no_failure_raises_nothing() -> None:
    raise_for_failures([])


def test_earliest_retry_is_raised_for_both_events() -> None:
    with pytest.raises(Retry) as retry:
        raise_for_failures([Retry(60, "late", of=[A, B]), Retry(5, "soon", of=[A, B])])
    assert (retry.value.after, retry.value.reason, retry.value.of) == (5, "soon", [A, B])


def test_uncertain_retry_is_the_one_that_is_told() -> None:
    with pytest.raises(Retry) as retry:
        raise_for_failures([Retry(reason="busy", of=[A]), Retry(reason="lost", of=[A], uncertain=True)])
    assert (retry.value.reason, retry.value.uncertain) == ("lost", True)


def test_retry_at_one_number_outranks_undeliverable_at_another() -> None:
    with pytest.raises(Retry) as retry:
        raise_for_failures([Undeliverable("opted out", of=[A]), Retry(60, "busy", of=[A])])
    assert retry.value.of == [A]


def test_events_with_different_outcomes_are_a_group() -> None:
    with pytest.raises(ExceptionGroup) as group:
        raise_for_failures([Undeliverable("opted out", of=[A, B]), Retry(60, "quiet hours", of=[B])])
    outcomes = {type(failure): failure for failure in group.value.exceptions}
    assert {kind: failure.of for kind, failure in outcomes.items()} == {Retry: [B], Undeliverable: [A]}  # type: ignore[attr-defined]
