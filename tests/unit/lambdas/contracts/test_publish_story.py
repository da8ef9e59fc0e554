"""What is a step of a publish, and how long it has taken, in words."""

import pytest

from lambdas.contracts.publish_story import Story, elapsed
from tests.fakes.events import happening


def test_step_is_in_a_story_once_among_whatever_comes() -> None:
    started, deployed = happening("deploy.started", id="s"), happening("deploy.succeeded", id="d")
    preview = happening("preview.succeeded", id="p")
    story = Story().apply_events([started]).apply_events([started, preview, deployed, deployed])
    assert [step.id for step in story.steps] == ["s", "d"]


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
