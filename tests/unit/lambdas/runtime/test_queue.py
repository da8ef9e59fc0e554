"""What a message of the queue tells of itself."""

from collections.abc import Callable
from typing import Any

import pytest

from lambdas.runtime.queue import Message
from tests.fakes.events import an_event
from tests.fakes.subscriber import SENT_AT, a_record


def as_answered(record: dict[str, Any]) -> Message:
    """The same message, received by ourselves."""
    return Message.of_answer(
        {
            "MessageId": record["messageId"],
            "ReceiptHandle": record["receiptHandle"],
            "Body": record["body"],
            "Attributes": record["attributes"],
            "MessageAttributes": {
                name: {"StringValue": value["stringValue"]}
                for name, value in record["messageAttributes"].items()
            },
        }
    )


@pytest.mark.parametrize("read", [Message.of_record, as_answered])
def test_message_tells_what_came_before(read: Callable[[dict[str, Any]], Message]) -> None:
    record = a_record(an_event(), receives=3, reason="refused", retried="now", probe="p1")
    record["attributes"]["ApproximateFirstReceiveTimestamp"] = str(int(SENT_AT * 1000) + 1500)
    message = read(record)
    assert (message.receives, message.sent_at, message.first_received_at) == (3, SENT_AT, SENT_AT + 1.5)
    assert (message.redriven, message.retried, message.is_first) == (True, True, False)
    assert message.probe == "p1"


def test_message_of_no_known_receipt_counts_from_its_sending() -> None:
    record = a_record(an_event())
    del record["attributes"]["ApproximateFirstReceiveTimestamp"]
    assert Message.of_record(record).first_received_at == SENT_AT


@pytest.mark.parametrize(
    ("facts", "is_first"),
    [({}, True), ({"receives": 2}, False), ({"reason": "refused"}, False), ({"retried": "now"}, False)],
)
def test_first_receipt_is_of_what_nobody_has_had(facts: dict[str, Any], is_first: bool) -> None:
    assert Message.of_record(a_record(an_event(), **facts)).is_first is is_first
