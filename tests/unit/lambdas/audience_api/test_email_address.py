"""An e-mail address that somebody typed; which are good is the followers' own test."""

import pytest

from lambdas.audience_api.email_address import email_of
from lambdas.audience_api.problem import Problem


def test_address_is_taken_in_its_one_form() -> None:
    assert email_of("Ann@Example.com") == "ann@example.com"


@pytest.mark.parametrize("typed", ["", "ann@localhost", "ann@example.com\r\nBcc: bob@example.com"])
def test_anything_else_is_answered_as_a_wrong_address(typed: str) -> None:
    with pytest.raises(Problem) as refused:
        email_of(typed)
    assert (refused.value.status, refused.value.words) == (400, "wrong_address")
