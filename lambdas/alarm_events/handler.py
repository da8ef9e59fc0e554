"""Alarms of CloudWatch as events on the hub's topic."""

import json
import os
import time
from collections.abc import Mapping
from typing import Any

from lambdas.alarm_events.alarm_event import event_of
from lambdas.clients.aws import at_start, client
from lambdas.clients.publisher import Publisher
from lambdas.contracts.settings import AlarmEventsSettings


def handle(batch: Mapping[str, Any], context: object) -> None:
    """Publish each alarm as an event; an alarm that raises here stays in its queue and is tried again."""
    for record in batch["Records"]:
        event = event_of(json.loads(record["body"]), region=os.environ["AWS_REGION"], now=time.time())
        _publisher().publish(event)
        published = {"event_id": event.id, "event_type": event.type, "alarm": event.subject}
        print(json.dumps({"service": os.environ["POWERTOOLS_SERVICE_NAME"], **published}))  # noqa: T201


@at_start
def _publisher() -> Publisher:
    return Publisher(client("sns"), AlarmEventsSettings.from_environment(os.environ).topic_arn)
