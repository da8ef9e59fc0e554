"""A dataclass that is written as JSON is read again as it was."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from lambdas.contracts.documents import from_document, to_document, without_defaults


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    name: str
    at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    one: Part | None = None
    parts: tuple[Part, ...] = ()
    by_name: Mapping[str, Part] = field(default_factory=dict)
    spans: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    count: int = 0
    done: bool = False


@pytest.mark.parametrize(
    "whole",
    [
        Whole(),
        Whole(
            one=Part(name="a", at=1.5),
            parts=(Part(name="b"), Part(name="c")),
            by_name={"d": Part(name="d")},
            spans={"/x": (1.0, 2.5)},
            names=("e", "f"),
            count=3,
            done=True,
        ),
    ],
)
def test_document_is_read_as_it_was_written(whole: Whole) -> None:
    assert from_document(Whole, json.loads(json.dumps(to_document(whole)))) == whole


def test_defaults_that_are_left_out_are_read_again() -> None:
    whole = Whole(one=Part(name="a"), count=3)
    assert without_defaults(whole) == {"one": {"name": "a", "at": 0.0}, "count": 3}
    assert from_document(Whole, without_defaults(whole)) == whole


def test_missing_field_has_its_default_and_an_unknown_one_is_left_out() -> None:
    assert from_document(Whole, {"count": 1, "later": 2}) == Whole(count=1)


def test_whole_number_is_read_as_the_float_it_stands_for() -> None:
    assert isinstance(from_document(Part, {"name": "a", "at": 1}).at, float)


def test_missing_field_without_a_default_is_refused() -> None:
    with pytest.raises(TypeError):
        from_document(Part, {})
