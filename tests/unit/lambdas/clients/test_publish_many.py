"""Many events are published in few calls, and none is said to be accepted that SNS refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.clients.publisher import (
    MAX_BATCH,
    MAX_BATCH_BYTES,
    Message,
    NotPublishedError,
    Publisher,
    batches,
    size_of,
)

ATTRIBUTES = {"type": "token.late", "source": "/endpoints/bus", "endpoint": "bus"}


class Sns:
    """SNS, which refuses the messages whose text is in `refuses`."""

    def __init__(self, *refuses: str) -> None:
        self.refuses = refuses
        self.calls: list[tuple[str, Any]] = []

    def publish(self, **call: Any) -> None:
        self.calls.append(("Publish", call))

    def publish_batch(self, **call: Any) -> dict[str, Any]:
        self.calls.append(("PublishBatch", call))
        entries = call["PublishBatchRequestEntries"]
        return {
            "Failed": [
                {"Id": e["Id"], "Code": "InternalError"} for e in entries if e["Message"] in self.refuses
            ]
        }


def messages(count: int, size: int = 1) -> list[Message]:
    return [Message(str(n).rjust(size), ATTRIBUTES) for n in range(count)]


@given(st.lists(st.integers(1, 256 * 1024 - 100), max_size=40))
def test_batches_hold_every_message_once_within_the_limits(sizes: list[int]) -> None:
    sent = [Message("x" * size, ATTRIBUTES) for size in sizes]
    made = list(batches(sent))
    assert [message for batch in made for message in batch] == sent
    assert all(0 < len(batch) <= MAX_BATCH for batch in made)
    assert all(sum(map(size_of, batch)) <= MAX_BATCH_BYTES for batch in made)


def test_batches_are_as_few_as_can_be() -> None:
    assert [len(batch) for batch in batches(messages(25))] == [10, 10, 5]
    assert [len(batch) for batch in batches(messages(5, 100_000))] == [2, 2, 1]


def test_size_is_that_of_text_and_attributes() -> None:
    assert size_of(Message("äb", {})) == 3  # bytes
    assert size_of(Message("", {"type": "a.b"})) == len("type") + len("a.b") + len("String")


def test_call_is_filled_to_its_last_byte() -> None:
    half = MAX_BATCH_BYTES // 2
    assert [len(batch) for batch in batches([Message("x" * half, {})] * 4)] == [2, 2]


@pytest.mark.parametrize(
    ("count", "calls"), [(0, []), (1, ["Publish"]), (2, ["PublishBatch"]), (25, ["PublishBatch"] * 3)]
)
def test_one_event_is_published_alone_and_many_together(count: int, calls: list[str]) -> None:
    sns: Any = Sns()
    Publisher(sns, "topic").publish_all(messages(count))
    assert [name for name, _ in sns.calls] == calls


def test_entries_of_a_batch_have_distinct_ids_and_attributes() -> None:
    sns: Any = Sns()
    Publisher(sns, "topic").publish_all(messages(3))
    [(_, call)] = sns.calls
    entries = call["PublishBatchRequestEntries"]
    assert [entry["Id"] for entry in entries] == ["0", "1", "2"]
    assert entries[2]["MessageAttributes"]["endpoint"] == {"DataType": "String", "StringValue": "bus"}


def test_message_that_sns_refuses_fails_the_request() -> None:
    sns: Any = Sns("17")
    with pytest.raises(NotPublishedError):
        Publisher(sns, "topic").publish_all(messages(25))
    assert len(sns.calls) == 3
