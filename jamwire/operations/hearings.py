"""When each endpoint was last heard, and which ones are silent that are expected to speak."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from jamwire.operations.aws import aws_errors
from jamwire.operations.deployment import Deployment
from jamwire.operations.dynamodb import from_item
from jamwire.operations.log_lines import KEPT, Clock, log_lines
from lambdas.contracts.event import timestamp
from lambdas.contracts.heard import HEARD
from lambdas.contracts.outputs import HubOutput
from lambdas.contracts.silence import Hearings
from lambdas.contracts.state_table import ID, STATE_ID, record_of

_WINDOWS: Final = (dt.timedelta(hours=1), dt.timedelta(days=1), KEPT)


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of an endpoint.

    Attributes:
        last_heard: When an event of it was last accepted, to five minutes, RFC 3339 in UTC; empty where it was not, or
            not within 14 days where nothing is expected of any endpoint.
        silent_since: Since when it is silent, where that was told; empty while it is not.
    """

    last_heard: str = ""
    silent_since: str = ""


def find_hearings(deployment: Deployment, *, clock: Clock | None = None) -> Mapping[str, Heard]:
    """What is known of each endpoint, by name.

    A deployment that expects something of an endpoint keeps it in a table, which is asked at once. Of any other
    ingest's log tells, of which the last hour is read, the last day, then all, until every endpoint is found.

    Raises:
        OperationError: The table or the log cannot be read.
    """
    names = [endpoint.name for endpoint in deployment.endpoints]
    known = _kept(deployment) if HubOutput.SILENCE_TABLE in deployment.hub.outputs else {}
    if not known:
        known = _logged(deployment, names, clock)
    return {name: known.get(name, Heard()) for name in names}


def _kept(deployment: Deployment) -> Mapping[str, Heard]:
    table = deployment.hub.outputs[HubOutput.SILENCE_TABLE]
    with aws_errors():
        answer = deployment.client("dynamodb").get_item(
            TableName=table, Key={ID: {"S": STATE_ID}}, ConsistentRead=True
        )
    known = record_of(from_item(answer.get("Item", {})), Hearings).state
    return {name: Heard(_time(of.heard), _time(of.silent)) for name, of in known.endpoints.items()}


def _logged(deployment: Deployment, names: list[str], clock: Clock | None) -> Mapping[str, Heard]:
    seen: dict[str, str] = {}
    for window in _WINDOWS:
        for time, line in log_lines(deployment, HubOutput.INGEST_LOG, f'"{HEARD}"', window, clock).lines:
            if line.get(HEARD) is True:
                seen[line["endpoint"]] = time
        if set(names) <= set(seen):
            break
    return {name: Heard(time) for name, time in seen.items()}


def _time(seconds: float) -> str:
    return f"{timestamp(seconds)[:19]}Z" if seconds else ""
