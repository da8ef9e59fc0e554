"""Signed times: how senders write them, and how far they may be from ours."""

import datetime as dt
import re
from email.utils import parsedate_to_datetime
from typing import Any, Final, Literal

from lambdas.ingest.schemes.scheme import VerificationError

TimestampUnit = Literal["s", "ms", "rfc3339", "http-date"]

MAX_TOLERANCE: Final = 7 * 24 * 3600
"""Seconds; within it a time in digits has one length only, which is what tells where it ends in a message."""

_DIGITS: Final = re.compile(r"[1-9][0-9]{0,14}")
_FORMS: Final[dict[TimestampUnit, re.Pattern[str]]] = {
    "s": _DIGITS,
    "ms": _DIGITS,
    # RFC 3339, section 5.6
    "rfc3339": re.compile(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})"
    ),
    # RFC 9110, section 5.6.7, IMF-fixdate
    "http-date": re.compile(r"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT"),
}


def check_time(text: str, unit: TimestampUnit, tolerance: int, now: float) -> None:
    """Check that a signed time differs from ours by no more than the tolerance.

    Raises:
        VerificationError: The difference is larger, or the text is not a valid time.
    """
    if not abs(now - _seconds(text, unit)) <= tolerance:
        raise VerificationError("timestamp outside the tolerance")


def check_tolerance(tolerance: Any) -> None:
    """Check a scheme's tolerance.

    Raises:
        ValueError: It is not a number of seconds, or none that keeps replays out.
    """
    if type(tolerance) is not int or not 0 < tolerance <= MAX_TOLERANCE:
        raise ValueError(
            f"The tolerance is {tolerance!r}, expected a number of seconds from 1 to {MAX_TOLERANCE}."
        )


def _seconds(text: str, unit: TimestampUnit) -> float:
    if not _FORMS[unit].fullmatch(text):
        raise VerificationError("the timestamp is not a valid time")
    if unit in ("s", "ms"):
        return int(text) / (1000 if unit == "ms" else 1)
    read: Any = dt.datetime.fromisoformat if unit == "rfc3339" else parsedate_to_datetime
    try:
        moment: dt.datetime = read(text)
        return moment.timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        raise VerificationError("the timestamp is not a valid time") from None
