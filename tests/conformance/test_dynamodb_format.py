"""Our items are those of boto3's own serializers."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from lambdas.clients.dynamodb import Value, from_item, to_item

items = st.dictionaries(
    st.text(),
    st.text()
    | st.integers(-(10**37), 10**37)
    | st.booleans()
    | st.frozensets(st.text(), min_size=1, max_size=5),
)


def sorted_sets(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: {kind: sorted(value) if kind == "SS" else value for kind, value in typed.items()}
        for name, typed in item.items()
    }


def plain(value: Any) -> Any:
    return int(value) if isinstance(value, Decimal) else value


@given(items)
def test_items_are_written_as_boto3_writes_them(values: dict[str, Value]) -> None:
    serialize = TypeSerializer().serialize
    theirs = {name: serialize(value) for name, value in values.items()}
    assert sorted_sets(to_item(values)) == sorted_sets(theirs)


@given(items)
def test_items_are_read_as_boto3_reads_them(values: dict[str, Value]) -> None:
    item, deserialize = to_item(values), TypeDeserializer().deserialize
    assert from_item(item) == {name: plain(deserialize(value)) for name, value in item.items()}
