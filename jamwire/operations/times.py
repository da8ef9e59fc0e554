"""Points in time, as people write and read them."""

import datetime as dt
import re
from typing import Final

_UNITS: Final = {"d": 86_400, "h": 3_600, "min": 60, "s": 1}
_LENGTH: Final = re.compile(r"(?P<count>\d{1,6})\s*(?P<unit>d|h|min|s)")


def parse_moment(text: str, now: dt.datetime) -> dt.datetime:
    """What a person means by ``2h`` (so long ago) or ``2027-01-15T08:00`` (UTC, where no offset is said).

    Raises:
        ValueError: The text is neither.
    """
    try:
        if said := _LENGTH.fullmatch(text.strip()):
            return now - dt.timedelta(seconds=int(said["count"]) * _UNITS[said["unit"]])
        moment = dt.datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        raise ValueError(
            f"{text!r} is not a valid time, expected one such as 2h, 3d or 2027-01-15T08:00 (UTC)"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def length(seconds: float) -> str:
    """So much time, in the largest unit that fits."""
    for unit, size in _UNITS.items():
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return "0 s"


def ago(time: str, now: dt.datetime) -> str:
    """How long ago an RFC 3339 time is."""
    return length((now - dt.datetime.fromisoformat(time)).total_seconds())


def to_the_second(time: str) -> str:
    """An RFC 3339 time in UTC without its fraction."""
    return re.sub(r"\.\d+(?=Z$)", "", time)


def short(time: str) -> str:
    """An RFC 3339 time within the last year, for a narrow column: month, day and time of day."""
    return to_the_second(time)[5:-1].replace("T", " ")
