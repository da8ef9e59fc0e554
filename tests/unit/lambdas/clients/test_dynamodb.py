"""Plain values and DynamoDB's wire format, both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.clients.dynamodb import from_item, milliseconds, number, to_item


def test_wire_format_is_dynamodbs() -> None:
    item = {"id": "e1", "at": 1_800_000_000_123, "isolated": True, "to": frozenset({"a"})}
    assert to_item(item) == {
        "id": {"S": "e1"},
        "at": {"N": "1800000000123"},
        "isolated": {"BOOL": True},
        "to": {"SS": ["a"]},
    }


@given(
    st.dictionaries(
        st.text(),
        st.text() | st.integers(-(2**63), 2**63) | st.booleans() | st.frozensets(st.text(), min_size=1),
    )
)
def test_values_come_back_as_they_were(values: dict[str, str | int | bool | frozenset[str]]) -> None:
    read = from_item(to_item(values))
    assert read == values
    assert [type(read[name]) for name in read if not isinstance(read[name], set)] == [
        type(value) for value in values.values() if not isinstance(value, frozenset)
    ]


def test_float_is_refused() -> None:
    with pytest.raises(TypeError):
        to_item({"at": 1.5})  # type: ignore[dict-item]


def test_missing_number_is_zero() -> None:
    assert (number({"at": 5}, "at"), number({}, "at"), number({"at": "x"}, "at")) == (5, 0, 0)


def test_time_is_kept_to_the_millisecond() -> None:
    assert milliseconds(1_800_000_000.1234) == 1_800_000_000_123
