"""A phone number that somebody typed; which are good is the followers' own test."""

import pytest

from lambdas.audience_api.phone_number import number_of
from lambdas.audience_api.problem import Problem


def test_number_is_taken_in_its_one_form() -> None:
    assert number_of("(201) 555-0123", ["US"]) == "+12015550123"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("call me", "wrong_number"),
        ("+1 800 555 0199", "wrong_number"),
        ("+1 604 555 0123", "wrong_country"),  # Canada: the same country code
    ],
)
def test_number_that_must_not_be_told_is_answered_by_its_fault(typed: str, words: str) -> None:
    with pytest.raises(Problem) as refused:
        number_of(typed, ["US"])
    assert (refused.value.status, refused.value.words) == (400, words)
