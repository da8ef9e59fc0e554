"""Recipients, as a worker reads them: each of a share once, whatever the pages are."""

from dataclasses import replace
from itertools import pairwise

import pytest
from botocore.exceptions import ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from lambdas.followers.recipients import MAX_KEYS, Recipient, Recipients
from tests.fakes.audience_table import AudienceTable

PARTITION = "topic#push#line-12"


def table_of(ids: list[str], page: int = 10_000, partition: str = PARTITION) -> AudienceTable:
    table = AudienceTable(page)
    table.lags = True
    for id in ids:
        item = Recipient(id=id, address=id.encode()).to_item(partition)
        table.items[partition, id] = item
    return table


def reader(table: AudienceTable) -> Recipients:
    return Recipients(table, "table")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "recipient",
    [
        Recipient(id="a" * 32, address=b"x"),
        Recipient(id="a" * 32, address=b"\0\xff", push_key="k1", zone="Europe/Berlin", topics=("a", "b")),
        Recipient(
            id="a" * 32, address=b"x", topics=("a",), told_until=1_800_000_000.001, until=1_800_000_030.5
        ),
    ],
)
def test_recipient_comes_through_its_item_as_it_was(recipient: Recipient) -> None:
    item = recipient.to_item(PARTITION)
    assert Recipient.of(item) == recipient
    assert (item["pk"], item["sk"]) == ({"S": PARTITION}, {"S": recipient.id})


def test_address_is_not_shown() -> None:
    assert "sealed" not in repr(Recipient(id="a", address=b"sealed"))


ids = st.integers(0, 16**32 - 1).map(lambda number: f"{number:032x}")


@given(st.sets(ids, max_size=30), st.lists(ids, max_size=4), st.integers(1, 7), st.integers(1, 4))
def test_shares_have_every_recipient_once(found: set[str], cuts: list[str], limit: int, page: int) -> None:
    table = table_of(sorted(found), page)
    bounds = ["", *sorted(set(cuts)), ""]
    read = []
    for start, end in pairwise(bounds):
        cursor = ""
        while True:
            chunk = reader(table).after(PARTITION, start, end, cursor, limit)
            read += [recipient.id for recipient in chunk]
            if len(chunk) < limit:
                break
            cursor = chunk[-1].id
    assert read == sorted(found)


def test_small_pages_give_as_many_as_are_asked_for() -> None:
    table = table_of([f"{number:032x}" for number in range(10)], page=2)
    assert len(reader(table).after(PARTITION, "", "", "", 3)) == 3


def test_share_ends_before_the_next_one_begins() -> None:
    low, high = "0" * 31 + "f", "0" * 30 + "10"
    table = table_of([low, high])
    assert [r.id for r in reader(table).after(PARTITION, "", high, "", 10)] == [low]
    assert [r.id for r in reader(table).after(PARTITION, high, "", "", 10)] == [high]


def test_share_reads_no_other_partition() -> None:
    table = table_of(["a" * 32])
    table.items.update(table_of(["b" * 32], partition="topic#push#line-4").items)
    assert [r.id for r in reader(table).after(PARTITION, "", "", "", 10)] == ["a" * 32]


def test_who_follows_since_a_moment_ago_is_read() -> None:
    who = Recipient(id="a" * 32, address=b"x")
    table = table_of([])
    table.put_item(TableName="table", Item=who.to_item(PARTITION))
    assert reader(table).after(PARTITION, "", "", "", 10) == [who]
    assert reader(table).named(PARTITION, [who.id]) == [who]


def test_who_has_ended_is_not_among_the_named() -> None:
    table = table_of(["a" * 32, "c" * 32])
    assert [r.id for r in reader(table).named(PARTITION, ["c" * 32, "b" * 32, "a" * 32])] == [
        "a" * 32,
        "c" * 32,
    ]
    assert reader(table).named(PARTITION, []) == []


def test_all_of_many_named_are_read_whatever_is_left_out() -> None:
    many = [f"{number:032x}" for number in range(2 * MAX_KEYS + 5)]
    table = table_of(many)
    table.unprocessed = 30
    assert [recipient.id for recipient in reader(table).named(PARTITION, many)] == many


@pytest.mark.parametrize("told_until", [0.0, 100.001])
def test_record_is_made_once_and_may_be_repeated(told_until: float) -> None:
    who = Recipient(id="a" * 32, address=b"x", told_until=told_until)
    table = AudienceTable()
    table.put_item(TableName="table", Item=who.to_item(PARTITION))
    table.lose_answer = True
    with pytest.raises(ReadTimeoutError):
        reader(table).record(PARTITION, who, 200.0)
    assert reader(table).record(PARTITION, who, 200.0)
    assert not reader(table).record(PARTITION, who, 300.0), "another run has told it"
    [item] = table.partition(PARTITION)
    assert Recipient.of(item) == replace(who, told_until=200.0)


@pytest.mark.parametrize("told_until", [0.0, 100.0])
def test_who_has_left_is_not_recorded(told_until: float) -> None:
    table = AudienceTable()
    assert not reader(table).record(
        PARTITION, Recipient(id="a" * 32, address=b"x", told_until=told_until), 200.0
    )
    assert table.items == {}
