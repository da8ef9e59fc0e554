"""Which endpoints fell silent and which were heard again, as a function of what is known, what is new, and time."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from lambdas.contracts.announcements import Announcement
from lambdas.contracts.event import Notice, timestamp
from lambdas.contracts.event_types import ENDPOINT_HEARD, ENDPOINT_SILENT, severity_of
from lambdas.contracts.heard import HEARD_EVERY
from lambdas.contracts.silence import Change, Hearing, Hearings

OVERLAP: Final = 300.0
"""Seconds that are read once more: a line may come later than another that was written after it."""

LONGEST_READ: Final = 6 * 3600.0
"""Seconds of the log that one check reads, where the ones before it have failed."""

PATIENCE: Final = HEARD_EVERY + 120.0
"""Seconds by which a silence is told later than it is expected: ingest does not say each time that it has heard an
endpoint, and the log takes some time to be readable. So it is told late at times, and never too early."""

_UNITS: Final = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def window(known: Hearings, now: float) -> tuple[float, float]:
    """From when until when the log is to be read, unix seconds."""
    start = (known.read_until or now) - OVERLAP
    return start, min(now, start + LONGEST_READ)


def observe(
    known: Hearings, expected: Mapping[str, float], heard: Mapping[str, float], now: float
) -> Hearings:
    """What is known after the log has been read.

    For each endpoint silence and speech take turns, and a turn is one change.

    Args:
        known: What was known.
        expected: Every endpoint, with the seconds within which it is to be heard; 0 for at no time.
        heard: When endpoints were heard, of those that were.
        now: Until when the log was read, unix seconds.
    """
    before = {name: known.endpoints.get(name, Hearing(since=now)) for name in expected}
    after = {name: replace(of, heard=max(of.heard, heard.get(name, 0.0))) for name, of in before.items()}
    changes = {
        name: change for name, of in after.items() if (change := _change(name, of, expected[name], now))
    }
    told = {name: replace(after[name], silent=_silent_after(change)) for name, change in changes.items()}
    return Hearings(endpoints=after | told, read_until=now, untold=(*known.untold, *changes.values()))


def announcement(change: Change, expected: float) -> Announcement:
    """What the others are told; the same change is the same event.

    Args:
        change: The change.
        expected: Seconds within which the endpoint is to be heard.
    """
    notice = _silent(change, expected) if change.type == ENDPOINT_SILENT else _heard(change)
    return Announcement(
        type=change.type,
        cause=f"{change.endpoint} {round(change.since * 1000)}",
        subject=change.endpoint,
        notice=replace(notice, severity=severity_of(change.type)),
        body={
            "endpoint": change.endpoint,
            "last_heard": None if change.never else timestamp(change.since),
            "expect_seconds": expected,
            **({"heard": timestamp(change.at)} if change.type == ENDPOINT_HEARD else {}),
        },
    )


def _change(name: str, of: Hearing, expected: float, now: float) -> Change | None:
    if of.silent and of.heard > of.silent:
        return Change(type=ENDPOINT_HEARD, endpoint=name, since=of.silent, at=of.heard)
    if not of.silent and expected and now - of.last > expected + PATIENCE:
        return Change(type=ENDPOINT_SILENT, endpoint=name, since=of.last, never=not of.heard, at=now)
    return None


def _silent_after(change: Change) -> float:
    return change.since if change.type == ENDPOINT_SILENT else 0.0


def _silent(change: Change, expected: float) -> Notice:
    last = (
        f"No event has come since the first was expected, {_at(change.since)}."
        if change.never
        else f"Its last event was accepted {_at(change.since)}."
    )
    return Notice(
        title=f"{change.endpoint} has been silent for {_length(change.at - change.since)}",
        text=f"{last} One is expected every {_length(expected)} at least. Look whether the sender still has its "
        "webhook; `jamwire rejected list` says whether it calls and is refused.",
    )


def _heard(change: Change) -> Notice:
    return Notice(
        title=f"{change.endpoint} is heard again",
        text=f"It was silent for {_length(change.at - change.since)}, since {_at(change.since)}.",
    )


def _at(seconds: float) -> str:
    return f"{timestamp(seconds)[:16].replace('T', ' ')} UTC"


def _length(seconds: float) -> str:
    """So much time, in the largest unit of which it is two at least."""
    unit, size = next((one for one in _UNITS if seconds >= 2 * one[1]), _UNITS[-1])
    count = round(seconds / size)
    return f"{count} {unit}{'' if count == 1 else 's'}"
