"""Which events are about a build, and how it has ended with them."""

import pytest

from lambdas.contracts.builds import Build, end_of
from tests.fakes.events import NOON, happening

WORD, OTHER = "0a1b2c3d4e5f", "f" * 12


@pytest.mark.parametrize(
    ("type", "facts", "by_word", "by_order"),
    [
        ("deploy.succeeded", {"correlation": WORD}, True, True),
        ("build.failed", {"correlation": WORD}, True, True),
        ("deploy.succeeded", {"correlation": OTHER}, False, False),
        ("deploy.succeeded", {}, False, True),
        ("deploy.succeeded", {"at": NOON - 1}, False, False),
        ("build.succeeded", {}, False, False),  # a workflow of anything
        ("deploy.succeeded", {"correlation": WORD, "source": "/subscribers/Rebuild"}, False, False),
        ("deploy.succeeded", {"correlation": WORD, "outcome": "restored"}, False, False),
        ("content.published", {"correlation": WORD}, False, False),
        ("preview.succeeded", {"correlation": WORD}, False, False),
    ],
)
def test_event_of_a_build_host_is_about_the_build_that_it_names(
    type: str, facts: dict[str, str], by_word: bool, by_order: bool
) -> None:
    event = happening(type, **facts)  # type: ignore[arg-type]
    for echoes, expected in ((True, by_word), (False, by_order)):
        build = Build(correlation=WORD, started=NOON, echoes_correlation=echoes)
        assert build.is_reported_by(event) is expected


@pytest.mark.parametrize(
    ("type", "correlation", "outcome", "end"),
    [
        ("deploy.succeeded", "", "", "succeeded"),
        ("deploy.failed", "", "", "failed"),
        ("deploy.cancelled", "", "", "cancelled"),
        ("deploy.cancelled", "", "superseded", "superseded"),
        ("deploy.cancelled", "", "of another kind", "cancelled"),
        ("deploy.started", WORD, "", None),
        ("build.succeeded", "", "", None),
        ("build.succeeded", WORD, "", "succeeded"),
        ("build.failed", WORD, "", "failed"),
        ("build.cancelled", WORD, "unchanged", "unchanged"),
        ("preview.succeeded", WORD, "", None),
    ],
)
def test_end_of_a_build_is_told_by_its_type(
    type: str, correlation: str, outcome: str, end: str | None
) -> None:
    assert end_of(happening(type, correlation=correlation, outcome=outcome)) == end
