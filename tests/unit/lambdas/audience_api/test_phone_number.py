"""A phone number that somebody typed."""

import pytest

from lambdas.audience_api.phone_number import number_of
from lambdas.audience_api.problem import Problem


@pytest.mark.parametrize(
    ("typed", "countries", "number"),
    [
        ("+1 201 555 0123", ["US"], "+12015550123"),
        ("(201) 555-0123", ["US"], "+12015550123"),
        ("\u202a+1\u00a0201-555-0123\u202c", ["US"], "+12015550123"),  # as telephones copy it
        ("0151 23456789", ["DE"], "+4915123456789"),
        ("+49 151 23456789", ["US", "DE"], "+4915123456789"),
    ],
)
def test_number_has_one_form(typed: str, countries: list[str], number: str) -> None:
    assert number_of(typed, countries) == number


@pytest.mark.parametrize(
    ("typed", "countries", "words"),
    [
        ("", ["US"], "wrong_number"),
        ("call me", ["US"], "wrong_number"),
        ("12", ["US"], "wrong_number"),
        ("+1 201 555 012", ["US"], "wrong_number"),
        ("+999 123 456 789", ["US"], "wrong_number"),
        ("+1 201 555 0123 ext. 5", ["US"], "wrong_number"),
        ("+1 201 555 0123" + " " * 40, ["US"], "wrong_number"),
        ("+1 900 555 1234", ["US"], "wrong_number"),  # premium rate
        ("+1 800 555 0199", ["US"], "wrong_number"),  # toll free
        ("+44 20 7946 0958", ["GB"], "wrong_number"),  # a fixed line
        ("+44 909 879 0000", ["GB"], "wrong_number"),  # premium rate
        ("+49 700 12345678", ["DE"], "wrong_number"),  # a personal number
        ("+1 876 555 1234", ["US"], "wrong_country"),  # Jamaica: the same country code
        ("+1 604 555 0123", ["US"], "wrong_country"),  # Canada
        ("+49 151 23456789", ["US"], "wrong_country"),
        ("0151 23456789", ["US", "DE"], "wrong_number"),  # whose is it?
    ],
)
def test_number_that_must_not_be_told_is_refused(typed: str, countries: list[str], words: str) -> None:
    with pytest.raises(Problem) as refused:
        number_of(typed, countries)
    assert (refused.value.status, refused.value.words) == (400, words)
