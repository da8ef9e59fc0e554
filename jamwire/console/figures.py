"""Figures over time."""

import dataclasses
from collections.abc import Mapping
from typing import Final

from jamwire.console.context import BadRequestError, Context, Document, Query
from jamwire.console.kept import KEPT, KEPT_LOCAL
from jamwire.operations.figures import read_figures
from lambdas.contracts.metrics import PERIOD_SECONDS

PERIODS: Final[Mapping[str, int]] = {"3": PERIOD_SECONDS, "24": 900, "168": 3600}
"""Seconds that one point stands for, by the hours that are looked at."""


def read(context: Context, query: Query) -> Document:
    """The series of so many hours."""
    hours = query.get("hours") or "24"
    if hours not in PERIODS:
        raise BadRequestError(f"hours is {hours[:80]!r}, expected one of {', '.join(PERIODS)}.")
    deployment, period = context.deployment(), PERIODS[hours]
    until = context.clock()
    since = (until - 3600 * int(hours)) // period * period
    series = context.kept(
        ("figures", hours),
        KEPT_LOCAL if deployment.local_url else KEPT,
        lambda: read_figures(deployment, since=since, until=until, period=period),
    )
    return {"period_seconds": period, "series": [dataclasses.asdict(each) for each in series]}
