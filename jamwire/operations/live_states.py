"""The state of topics as a build wants it: what is true at this moment."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from jamwire.operations.aws import aws_errors
from jamwire.operations.deployment import Deployment
from jamwire.operations.dynamodb import from_item, scan_items, to_item
from jamwire.operations.errors import OperationError
from lambdas.contracts.live_channels import NOTICE, notice_channel
from lambdas.contracts.live_state import Entries, unforgotten
from lambdas.contracts.live_state_table import SORT_KEY, TopicState, UnreadableStateError, key_of, state_of
from lambdas.contracts.outputs import LiveOutput


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a topic.

    Attributes:
        stack: Short name of the stack that keeps it.
        topic: The topic.
        entries: What is still of concern, as its document has it; pages show what has ended as stale.
        read_at: When it was read, unix milliseconds.
    """

    stack: str
    topic: str
    entries: Entries
    read_at: int

    @property
    def says(self) -> dict[str, str]:
        """What each name says, without what has ended: a page that a build bakes it into shows it as true."""
        return {
            name: entry.value for name, entry in sorted(self.entries.items()) if entry.ends > self.read_at
        }

    @property
    def document(self) -> dict[str, Any]:
        """As JSON: what each name says, and its entries."""
        return {
            "stack": self.stack,
            "topic": self.topic,
            "says": self.says,
            "entries": {name: list(entry) for name, entry in sorted(self.entries.items())},
        }


def read_states(deployment: Deployment, topics: Sequence[str] = ()) -> Iterator[Known]:
    """What every visitor may know of these topics, or of all; private topics are left out.

    Raises:
        OperationError: No stack keeps states, or the account cannot be asked.
    """
    tables = {
        stack.short_name: stack.outputs[LiveOutput.STATES_TABLE]
        for stack in deployment.stacks
        if LiveOutput.STATES_TABLE in stack.outputs
    }
    if not tables:
        raise OperationError("No stack keeps the state of topics; add a LiveStack to app.py and deploy it")
    dynamodb, now = deployment.client("dynamodb"), round(time.time() * 1000)
    for stack, table in tables.items():
        found = _items(dynamodb, table, topics)
        for state in sorted(_states(found), key=lambda state: state.topic):
            if entries := unforgotten(state.entries, now):
                yield Known(stack, state.topic, entries, now)


def _items(dynamodb: Any, table: str, topics: Sequence[str]) -> Iterator[dict[str, Any]]:
    if not topics:
        yield from scan_items(dynamodb, table)
    for topic in topics:
        with aws_errors():
            answer = dynamodb.get_item(
                TableName=table, Key=to_item(key_of(notice_channel(topic))), ConsistentRead=True
            )
        if "Item" in answer:
            yield from_item(answer["Item"])


def _states(items: Iterator[dict[str, Any]]) -> Iterator[TopicState]:
    for item in items:
        if item[SORT_KEY].startswith(f"{NOTICE}/"):
            try:
                yield state_of(item)
            except UnreadableStateError:  # the next notice of the topic begins anew
                continue
