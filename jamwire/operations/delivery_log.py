"""What a function's log tells of deliveries that its ledger does not have: of those that may be repeated."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from jamwire.operations.aws import aws_errors
from jamwire.operations.deliveries import DeliveryStatus
from jamwire.operations.deployment import Deployment
from jamwire.operations.subscribers import DeployedSubscriber
from lambdas.contracts.event import Event, timestamp

SEARCHED: Final = dt.timedelta(days=1)
"""How long after an event was sent it is looked for; what failed by then is in the ledger."""

MAX_PAGES: Final = 50
"""Of the log, each of up to 1 MB (CloudWatch Logs API reference, `FilterLogEvents`)."""


def status_in_log(
    deployment: Deployment, subscriber: DeployedSubscriber, event: Event, *, replay: str, since: dt.datetime
) -> DeliveryStatus | None:
    """The status of an event, or of a replay of it, of which a subscriber's log says that it was delivered.

    Args:
        deployment: The deployment.
        subscriber: One whose deliveries may be repeated; of any other the ledger knows.
        event: The event.
        replay: The replay's name; empty for the event itself.
        since: When it was sent.

    Raises:
        OperationError: The log cannot be read.
    """
    if not subscriber.log:
        return None
    for at, line in _lines(deployment, subscriber.log, event.id, since):
        told = (line.get("message"), line.get("event_id"), line.get("endpoint"), line.get("replay", ""))
        if told == ("delivered", event.id, event.endpoint, replay):
            return DeliveryStatus("delivered", timestamp(at / 1000), line.get("attempt", 1))
    return None


def _lines(
    deployment: Deployment, log: str, id: str, since: dt.datetime
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Lines with an id, each with its time in unix milliseconds."""
    with aws_errors():
        pages = (
            deployment.client("logs")
            .get_paginator("filter_log_events")
            .paginate(
                logGroupName=log,
                filterPattern=json.dumps(id),
                startTime=round(since.timestamp() * 1000),
                endTime=round((since + SEARCHED).timestamp() * 1000),
            )
        )
        for page in islice(pages, MAX_PAGES):
            for found in page["events"]:
                if found["message"].startswith("{"):
                    yield found["timestamp"], json.loads(found["message"])
