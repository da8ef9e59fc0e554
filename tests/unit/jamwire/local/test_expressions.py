"""A range of a query's items is found as MiniStack would find it, and everything else is left to it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jamwire.local.emulation import expressions

RANGE = "#day = :day AND #time BETWEEN :since AND :until"
NAMES = {"#day": "day", "#time": "time"}
texts = st.text("0129:TZ", max_size=4)


def left_to_ministack(*arguments: Any) -> bool:
    raise LookupError


condition = expressions.by_range(left_to_ministack)


@given(texts, texts, texts)
def test_item_is_in_a_range_with_its_ends(time: str, since: str, until: str) -> None:
    values = {":day": {"S": "d"}, ":since": {"S": since}, ":until": {"S": until}}
    is_in = condition(
        RANGE, {"day": {"S": "d"}, "time": {"S": time}}, values, NAMES, "KeyConditionExpression"
    )
    assert is_in == (since <= time <= until)


@pytest.mark.parametrize(
    ("expression", "slot", "value"),
    [
        (RANGE, "FilterExpression", {"S": "1"}),
        (RANGE, "KeyConditionExpression", {"N": "1"}),
        ("#day = :day AND begins_with(#time, :since)", "KeyConditionExpression", {"S": "1"}),
        ("#day = :day AND #time > :since", "KeyConditionExpression", {"S": "1"}),
        ("#day = :day", "KeyConditionExpression", {"S": "1"}),
        ("a = :x AND b BETWEEN :since AND :until AND c = :x", "KeyConditionExpression", {"S": "1"}),
    ],
)
def test_any_other_condition_is_left_to_ministack(expression: str, slot: str, value: dict[str, str]) -> None:
    values = {":day": {"S": "d"}, ":x": {"S": "d"}, ":since": value, ":until": value}
    with pytest.raises(LookupError):
        condition(expression, {"day": {"S": "d"}, "time": {"S": "1"}}, values, NAMES, slot)
