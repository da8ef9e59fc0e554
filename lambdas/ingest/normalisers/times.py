"""Times and orders in a sender's words."""

import datetime as dt
import re
from typing import Any, Final

from lambdas.contracts.event import timestamp
from lambdas.ingest.normalisers.values import as_text

SECONDS_FROM, MILLISECONDS_FROM, TIMES_UNTIL = 10**8, 10**11, 10**14
"""Which numbers are a time: seconds from 1973 on, then milliseconds from 1973 on, both until the year 5138."""

_RFC3339: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_NUMBER: Final = re.compile(r"-?[0-9]{1,19}(\.[0-9]{1,9})?")
_MAX_SEQUENCE: Final = 2**63


def sender_time(value: Any) -> str | None:
    """A time as RFC 3339 in UTC, from such a time in any zone or from unix time; None for anything else."""
    text = as_text(value)
    try:
        if _NUMBER.fullmatch(text):
            return _unix_time(float(text))
        if _RFC3339.fullmatch(text):
            return timestamp(dt.datetime.fromisoformat(text.upper()).timestamp())
    except (ValueError, OverflowError):
        pass  # a day that no calendar has, such as February 30
    return None


def _unix_time(number: float) -> str | None:
    if not SECONDS_FROM <= number < TIMES_UNTIL:
        return None
    return timestamp(number / 1000 if number >= MILLISECONDS_FROM else number)


def sender_sequence(value: Any) -> int | None:
    """A sender's own order, from a whole number; None for anything else."""
    text = as_text(value)
    if not _NUMBER.fullmatch(text) or float(text) % 1:
        return None
    number = int(text.partition(".")[0])
    return number if -_MAX_SEQUENCE <= number < _MAX_SEQUENCE else None
