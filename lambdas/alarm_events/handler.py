"""Alarms of CloudWatch as events on the hub's topic.

The message of an alarm: CloudWatch user guide, "Notifying users on alarm changes" (`AlarmName`, `NewStateValue`,
`OldStateValue`, `NewStateReason`, `StateChangeTime` …).
"""

import hashlib
import json
import os
import time
from collections.abc import Mapping
from functools import cache
from typing import Any, Final
from urllib.parse import quote

import boto3

from lambdas.clients.publisher import Publisher
from lambdas.contracts.event import Event, Notice, timestamp
from lambdas.contracts.settings import AlarmEventsSettings

SOURCE: Final = "/alarms"
"""No endpoint accepted it, and no endpoint can have this name."""

RAISED: Final = "alarm.raised"
CLEARED: Final = "alarm.cleared"

_CONSOLES: Final = {"cn": "console.amazonaws.cn", "us-gov": "console.amazonaws-us-gov.com"}
_CONSOLE: Final = "console.aws.amazon.com"


def handle(batch: Mapping[str, Any], context: object) -> None:
    """Publish each alarm; what is raised leaves it in its queue, to be tried again."""
    for record in batch["Records"]:
        event = event_of(json.loads(record["body"]), region=os.environ["AWS_REGION"], now=time.time())
        _publisher().publish(event)
        told = {"event_id": event.id, "event_type": event.type, "alarm": event.subject}
        print(json.dumps({"service": os.environ["POWERTOOLS_SERVICE_NAME"], **told}))  # noqa: T201


def event_of(alarm: Mapping[str, Any], *, region: str, now: float) -> Event:
    """What an alarm's message says, as an event; the same message twice is the same event.

    Args:
        alarm: CloudWatch's message.
        region: The region's code; the message has its name only.
        now: Unix time in seconds.

    Raises:
        KeyError: It is no message of an alarm.
    """
    name, raised = alarm["AlarmName"], alarm["NewStateValue"] == "ALARM"
    happened, _, advice = (alarm.get("AlarmDescription") or name).partition("\n")
    return Event(
        id=_digest(alarm["AWSAccountId"], region, name, alarm["NewStateValue"], alarm["StateChangeTime"]),
        source=SOURCE,
        type=RAISED if raised else CLEARED,
        time=timestamp(now),
        subject=name,
        notice=Notice(
            title=happened if raised else f"Over: {happened}",
            text=advice if raised else "",
            url=_console(region, name),
            severity="error" if raised else "success",
            fields={"Alarm": name, "Since": alarm["StateChangeTime"], "Why": alarm["NewStateReason"]}
            if raised
            else {},
        ),
        body=dict(alarm),
    )


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def _console(region: str, name: str) -> str:
    """The alarm's page in the console."""
    host = next((host for prefix, host in _CONSOLES.items() if region.startswith(f"{prefix}-")), _CONSOLE)
    return f"https://{region}.{host}/cloudwatch/home?region={region}#alarmsV2:alarm/{quote(name, safe='')}"


@cache
def _publisher() -> Publisher:
    return Publisher(boto3.client("sns"), AlarmEventsSettings.from_environment(os.environ).topic_arn)
