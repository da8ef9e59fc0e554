"""What the commands on events share: the archive with the subscribers' ledgers, and options."""

import datetime as dt
import time
from dataclasses import dataclass
from typing import Annotated

import typer

from jamwire.operations.archive import Archive
from jamwire.operations.deliveries import Ledgers
from jamwire.operations.deployment import Deployment
from jamwire.operations.events import selection_of_time, subscribers_beside_archive
from jamwire.operations.selection import Selection
from jamwire.operations.times import parse_moment

Since = Annotated[str, typer.Option(help="From when on: so long ago (2h, 3d), or a time in UTC.")]
Until = Annotated[str, typer.Option(help="Up to when: so long ago (2h, 3d), or a time in UTC.")]
Type = Annotated[str, typer.Option("--type", help="Only of this type, or of a family such as 'deploy.*'.")]
Endpoint = Annotated[str, typer.Option(help="Only what this endpoint accepted.")]


@dataclass(frozen=True, slots=True)
class Store:
    """The archive, and the ledgers of the subscribers in question."""

    archive: Archive
    ledgers: Ledgers

    @classmethod
    def open(cls, deployment: Deployment, subscriber: str = "") -> "Store":
        """The deployment's own, for the subscriber of this name or for all.

        Raises:
            OperationError: There is no archive or no such subscriber, or the account cannot be asked.
        """
        archive = Archive.of(deployment, time.sleep)
        subscribers = subscribers_beside_archive(deployment, subscriber)
        client = deployment.client("dynamodb")
        return cls(archive, Ledgers(client, subscribers, clock=time.time, sleep=time.sleep))

    def selection(self, since: str, until: str, type: str, endpoint: str, severity: str = "") -> Selection:
        """What the options select, within what is kept.

        Raises:
            OperationError: The end is before the beginning.
            typer.BadParameter: A time is not valid.
        """
        present = now()
        first = _moment("--since", since, present)
        last = _moment("--until", until, present) if until else None
        oldest = present - dt.timedelta(seconds=self.archive.kept_seconds)
        return selection_of_time(
            max(first, oldest), last, present, type=type, endpoint=endpoint, severity=severity
        )


def now() -> dt.datetime:
    """The present moment, in UTC."""
    return dt.datetime.now(dt.UTC)


def _moment(option: str, text: str, now: dt.datetime) -> dt.datetime:
    try:
        return parse_moment(text, now)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None
