"""What is invalidated for a batch of events, and under which reference."""

import pytest

from lambdas.cdn.invalidation import caller_reference, paths_of
from tests.unit.events import an_event


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ([("/b", "/a"), ("/a",)], ["/a", "/b"]),
        ([("/a",), ()], ["/*"]),
        ([("/a", "/*")], ["/*"]),
        ([("blog/x y",)], ["/blog/x%20y"]),
        ([("/über",)], ["/%C3%BCber"]),
        ([("/a%20b",)], ["/a%20b"]),
        ([tuple(f"/{n}" for n in range(3001))], ["/*"]),
    ],
)
def test_paths_are_gathered_encoded_and_in_order(paths: list[tuple[str, ...]], expected: list[str]) -> None:
    assert paths_of([an_event(paths=some) for some in paths]) == expected


def test_a_retry_has_the_same_reference_in_whatever_order() -> None:
    events = [an_event("b"), an_event("a")]
    assert caller_reference(events, ["/*"]) == caller_reference(events[::-1], ["/*"])


def test_other_events_or_other_paths_have_another_reference() -> None:
    references = {
        caller_reference([an_event("a")], ["/*"]),
        caller_reference([an_event("b")], ["/*"]),
        caller_reference([an_event("a")], ["/a"]),
        caller_reference([an_event("a"), an_event("b")], ["/a"]),
    }
    assert len(references) == 4


def test_a_reference_names_its_event() -> None:
    assert caller_reference([an_event("abc")], ["/*"]).startswith("abc-")
