"""The story of a publish, from the CMS to the purged page, as `StoryStack` remembers it."""

import datetime as dt
from typing import Final

from jamwire.operations.archive import Archive
from jamwire.operations.aws import aws_errors
from jamwire.operations.deployment import Deployment
from jamwire.operations.dynamodb import from_item
from jamwire.operations.selection import Selection
from lambdas.contracts.builds import REQUESTED
from lambdas.contracts.event import Event, timestamp
from lambdas.contracts.outputs import StatefulOutput
from lambdas.contracts.publish_story import Story
from lambdas.contracts.state_table import ID, record_of

LONGEST_WAIT: Final = dt.timedelta(hours=1)
"""Within this the build of a publish is ordered; the longest wait that a rulebook can ask for is much shorter."""


def story_of(deployment: Deployment, archive: Archive, event: Event) -> Story | None:
    """The story that an event is part of; None where there is none, or nobody keeps stories.

    Raises:
        OperationError: The account cannot be asked.
    """
    tables = [
        table for stack in deployment.stacks if (table := stack.outputs.get(StatefulOutput.STORIES_TABLE))
    ]
    correlation = (event.correlationid or _correlation_of_publish(archive, event)) if tables else ""
    if not correlation:
        return None
    for table in tables:
        with aws_errors():
            answer = deployment.client("dynamodb").get_item(
                TableName=table, Key={ID: {"S": correlation}}, ConsistentRead=True
            )
        if item := answer.get("Item"):
            return record_of(from_item(item), Story).state
    return None


def _correlation_of_publish(archive: Archive, event: Event) -> str:
    """A publish names no build: the order that came after it, and counts it in, names both."""
    if not event.type.startswith("content."):
        return ""
    since = dt.datetime.fromisoformat(event.time)
    orders = Selection(since=event.time, until=timestamp((since + LONGEST_WAIT).timestamp()), type=REQUESTED)
    for order in archive.read(list(archive.find(orders))).values():
        facts = order.body if isinstance(order.body, dict) else {}
        if facts.get("first", "") <= event.time <= facts.get("last", ""):
            return order.correlationid
    return ""
