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
from lambdas.contracts.silence import Hearing, Hearings
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

    A deployment that expects something of an endpoint keeps it of all of them in a table, from its deployment on.
    Of those of which the table knows nothing, or not for as long as the log is kept, ingest's log tells: its last hour
    is read, the last day, then all, until every endpoint is found.

    Raises:
        OperationError: The table or the log cannot be read.
    """
    names = [endpoint.name for endpoint in deployment.endpoints]
    now = clock() if clock else dt.datetime.now(dt.UTC)
    kept = _kept(deployment)
    known = {name: kept.get(name, Hearing()) for name in names}
    whole = (now - KEPT).timestamp()
    sought = [name for name, of in known.items() if not of.heard and not 0 < of.since <= whole]
    logged = _logged(deployment, sought, lambda: now)
    return {
        name: Heard(_time(of.heard) or logged.get(name, ""), _time(of.silent)) for name, of in known.items()
    }


def _kept(deployment: Deployment) -> Mapping[str, Hearing]:
    table = deployment.hub.outputs.get(HubOutput.SILENCE_TABLE)
    if not table:
        return {}
    with aws_errors():
        answer = deployment.client("dynamodb").get_item(
            TableName=table, Key={ID: {"S": STATE_ID}}, ConsistentRead=True
        )
    return record_of(from_item(answer.get("Item", {})), Hearings).state.endpoints


def _logged(deployment: Deployment, names: list[str], clock: Clock) -> Mapping[str, str]:
    seen: dict[str, str] = {}
    for window in _WINDOWS:
        if set(names) <= set(seen):
            break
        for time, line in log_lines(deployment, HubOutput.INGEST_LOG, f'"{HEARD}"', window, clock).lines:
            if line.get(HEARD) is True:
                seen[line["endpoint"]] = time
    return seen


def _time(seconds: float) -> str:
    return f"{timestamp(seconds)[:19]}Z" if seconds else ""
