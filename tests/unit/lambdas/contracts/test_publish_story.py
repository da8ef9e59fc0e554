"""How long a publish has taken, in words."""

import pytest

from lambdas.contracts.publish_story import elapsed


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-3, "0 s"),
        (0.4, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (61, "1 min 1 s"),
        (3599, "59 min 59 s"),
        (3600, "1 h 0 min"),
        (9_059, "2 h 30 min"),
    ],
)
def test_time_is_told_in_two_units_at_most(seconds: float, words: str) -> None:
    assert elapsed(seconds) == words
