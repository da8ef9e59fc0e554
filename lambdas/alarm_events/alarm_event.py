"""An alarm as an event: one of CloudWatch, or one that Lambda tells where a function has failed.

The message of an alarm: CloudWatch user guide, "Notifying users on alarm changes" (`AlarmName`, `NewStateValue`,
`OldStateValue`, `NewStateReason`, `StateChangeTime` …). What Lambda tells: Lambda developer guide, "Capturing records
of Lambda asynchronous invocations" (`requestPayload`, which is the alarm's name and description, …).
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from lambdas.contracts.event import Event, Notice, timestamp
from lambdas.contracts.event_types import ALARM_CLEARED, ALARM_RAISED, severity_of

SOURCE: Final = "/alarms"
"""No endpoint accepted the event, and no endpoint can have this name."""

_CONSOLES: Final = {"cn": "console.amazonaws.cn", "us-gov": "console.amazonaws-us-gov.com"}
_CONSOLE: Final = "console.aws.amazon.com"


def event_of(message: Mapping[str, Any], *, region: str, now: float) -> Event:
    """The event of an alarm's message; the same message twice is the same event.

    Args:
        message: What CloudWatch or Lambda has sent.
        region: The region's code; the message has the region's name only.
        now: Unix time in seconds.

    Raises:
        KeyError: The message is not that of an alarm.
    """
    failed = "requestPayload" in message
    alarm = _failure(message) if failed else message
    name, raised = alarm["AlarmName"], alarm["NewStateValue"] == "ALARM"
    event_type = ALARM_RAISED if raised else ALARM_CLEARED
    happened, _, advice = (alarm.get("AlarmDescription") or name).partition("\n")
    return Event(
        id=_digest(alarm["AWSAccountId"], region, name, alarm["NewStateValue"], alarm["StateChangeTime"]),
        source=SOURCE,
        type=event_type,
        time=timestamp(now),
        subject=name,
        notice=Notice(
            title=happened if raised else f"Over: {happened}",
            text=advice if raised else "",
            url="" if failed else _console(region, name),  # CloudWatch has no page of a function that failed
            severity=severity_of(event_type),
            fields={"Alarm": name, "Since": alarm["StateChangeTime"], "Why": alarm["NewStateReason"]}
            if raised
            else {},
        ),
        body=dict(alarm),
    )


def _failure(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """The alarm of a function that failed at every try, in CloudWatch's words."""
    context = record["requestContext"]
    error = (record.get("responsePayload") or {}).get("errorMessage", "")
    return {
        **record["requestPayload"],
        "AWSAccountId": context["functionArn"].split(":")[4],
        "NewStateValue": "ALARM",
        "NewStateReason": f"{context['condition']}: {error}" if error else context["condition"],
        "StateChangeTime": record["timestamp"],
    }


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def _console(region: str, name: str) -> str:
    """The alarm's page in the console."""
    host = next((host for prefix, host in _CONSOLES.items() if region.startswith(f"{prefix}-")), _CONSOLE)
    return f"https://{region}.{host}/cloudwatch/home?region={region}#alarmsV2:alarm/{quote(name, safe='')}"
