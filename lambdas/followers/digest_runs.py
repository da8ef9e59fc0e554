"""Runs of digests: which are due, each once, and what each has that is new.

Each follower gets what was planned since its digest before, so that nothing is told twice or left out, however late a
run is and whichever run that was (`lambdas.followers.telling`); of whom that is not known, since the run before. A time
of day that the clocks skip comes at once after; one that comes twice runs once.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lambdas.contracts.audience_table import DIGESTS, FOLLOWERS, SORT_KEY
from lambdas.followers.items import wire_key
from lambdas.followers.job_queue import JobQueue
from lambdas.followers.plan import DIGEST_CHANNEL, Plan, digest_name, split_of
from lambdas.followers.plans import PlannedError, Plans

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

SETTLING_SECONDS: Final = 120.0
"""What was planned so lately may not be written yet: it is for the next run."""

FIRST_SECONDS: Final = 3600.0
"""Where nobody waited before, the first run has what was planned up to so long before the function noticed the first
follower, of whom an older deployment has not written since when: it may have been late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestItem:
    """A digest: a time of day in a time zone at which some followers get what is new.

    Attributes:
        zone: The time zone (IANA); empty for UTC.
        at: The time of day, ``HH:MM``.
        followers: How many get it.
        ran: The date of the last run; empty before the first one.
        sent: The date of the last run whose jobs are sent.
        until: Up to when the last run had what was new, unix seconds.
    """

    zone: str
    at: str
    followers: int
    ran: str
    sent: str
    until: float

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> "DigestItem":
        """Read an item of the partition of digests."""
        zone, _, at = item[SORT_KEY]["S"].rpartition("#")
        return cls(
            zone=zone,
            at=at,
            followers=int(item.get(FOLLOWERS, {}).get("N", 0)),
            ran=item.get("ran", {}).get("S", ""),
            sent=item.get("sent", {}).get("S", ""),
            until=int(item.get("until", {}).get("N", 0)) / 1000,
        )

    def due_date(self, now: float) -> str:
        """The date of the run that is due: of today from the time of day on, otherwise of yesterday."""
        local = dt.datetime.fromtimestamp(now, _zone(self.zone))
        date = local.date() if f"{local:%H:%M}" >= self.at else local.date() - dt.timedelta(days=1)
        return date.isoformat()


class DigestRuns:
    """Starts runs.

    Args:
        client: DynamoDB.
        table: The audience's table.
        queue: The queue of e-mail.
        clock: Unix time in seconds.
    """

    def __init__(
        self, client: "DynamoDBClient", table: str, queue: JobQueue, clock: Callable[[], float]
    ) -> None:
        self._client = client
        self._table = table
        self._plans = Plans(client, table)
        self._queue = queue
        self._clock = clock

    def start(self) -> int:
        """Start all runs that are due, and finish what a function before has begun; tells how many were started.

        Raises:
            ExceptionGroup: Some could not be started; all the others were.
        """
        started, failures = 0, []
        for digest in map(DigestItem.of, self._plans.digests()):
            try:
                started += sum(map(self._send, self._plans_of(digest)))
            except Exception as error:  # another time of day is not to wait for it
                failures.append(error)
        if failures:
            raise ExceptionGroup("digests that could not be started", failures)
        return started

    def _plans_of(self, digest: DigestItem) -> Iterator[Plan]:
        """The plans whose jobs are to be sent: one that is written already, and the one that is due."""
        if digest.sent != digest.ran and (
            begun := self._plans.get(digest_name(digest.zone, digest.at, digest.ran))
        ):
            yield begun
        now = self._clock()
        date = digest.due_date(now)
        if date <= digest.ran:
            return
        until = floor((now - SETTLING_SECONDS) * 1000) / 1000  # as news say it: none is between two runs
        name = digest_name(digest.zone, digest.at, date)
        if not (digest.ran and digest.followers):  # nobody waits for it: the next one begins here
            self._advance(digest, date, now - FIRST_SECONDS)
            return
        followers = {DIGEST_CHANNEL: digest.followers}
        plan = Plan(
            name=name,
            at=now,
            followers=followers,
            split=split_of(followers),
            since=digest.until,
            until=until,
        )
        try:
            self._plans.write(plan, [self._plans.update(**_advanced(digest, date, until))])
        except PlannedError:
            return  # by another function, which sends its jobs
        yield plan

    def _advance(self, digest: DigestItem, date: str, until: float) -> None:
        try:
            self._client.update_item(TableName=self._table, **_advanced(digest, date, until, sent=date))
        except self._client.exceptions.ConditionalCheckFailedException:
            return  # by another function

    def _send(self, plan: Plan) -> bool:
        """Send a run's jobs and say so."""
        self._queue.put(plan.jobs(), self._clock())
        digest, _, date = plan.name.rpartition("#")
        self._client.update_item(
            TableName=self._table,
            Key=wire_key(DIGESTS, digest),
            UpdateExpression="SET #sent = :date",
            ExpressionAttributeNames={"#sent": "sent"},
            ExpressionAttributeValues={":date": {"S": date}},
        )
        return True


def _advanced(digest: DigestItem, date: str, until: float, sent: str = "") -> dict[str, Any]:
    """The change that says of a digest that it has run, unless another function has said so meanwhile."""
    values = {":date": {"S": date}, ":until": {"N": str(round(until * 1000))}}
    return {
        "Key": wire_key(DIGESTS, f"{digest.zone}#{digest.at}"),
        "UpdateExpression": f"SET #ran = :date, #until = :until{', #sent = :date' if sent else ''}",
        "ConditionExpression": "#ran = :ran" if digest.ran else "attribute_not_exists(#ran)",
        "ExpressionAttributeNames": {
            "#ran": "ran",
            "#until": "until",
            **({"#sent": "sent"} if sent else {}),
        },
        "ExpressionAttributeValues": values | ({":ran": {"S": digest.ran}} if digest.ran else {}),
    }


def _zone(name: str) -> ZoneInfo:
    """A time zone; UTC for one that this version of the database does not know."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
