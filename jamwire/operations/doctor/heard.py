"""When an endpoint was last heard."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Final

from jamwire.operations.archive import Archive, Selection
from jamwire.operations.doctor.examination import Examination
from jamwire.operations.rejections import last_accepted
from lambdas.contracts.event import timestamp

LOOKED_BACK: Final = dt.timedelta(days=14)


def last_heard(examination: Examination, endpoints: Collection[str]) -> Mapping[str, str]:
    """When each endpoint last accepted an event, RFC 3339; those are missing that did not in 14 days.

    The event store tells, or ingest's log where there is none.

    Raises:
        OperationError: The account cannot be asked.
    """
    now = examination.clock()
    if examination.archive:
        return _in_archive(examination.archive, endpoints, now)
    moment = dt.datetime.fromtimestamp(now, dt.UTC)
    return last_accepted(examination.deployment, endpoints, clock=lambda: moment)


def _in_archive(archive: Archive, endpoints: Collection[str], now: float) -> Mapping[str, str]:
    found: dict[str, str] = {}
    times = Selection(timestamp(now - LOOKED_BACK.total_seconds()), timestamp(now))
    for summary in archive.find(times, newest_first=True):
        if summary.endpoint in endpoints:
            found.setdefault(summary.endpoint, summary.time)
            if len(found) == len(endpoints):
                break
    return found
