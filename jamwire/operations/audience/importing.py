"""Takes followers over from another list, each with the proof of its consent."""

import csv
import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TextIO

from jamwire.operations.audience.audience import Audience, changing
from jamwire.operations.audience.topics import PublicSettings
from jamwire.operations.errors import OperationError
from lambdas.contracts.audience_topics import MAX_TOPICS, Channel, Topics
from lambdas.contracts.event import timestamp
from lambdas.contracts.sms_limits import is_zone
from lambdas.followers.addresses import email_form, number_form
from lambdas.followers.follower import Consent, Follower
from lambdas.followers.identity import follower_id
from lambdas.followers.question import wording_digest
from lambdas.followers.transitions import SuppressedError, TooManyTopicsError

COLUMNS: Final = ("channel", "address", "topics", "consent", "consented_at")
"""``topics`` are divided by spaces; ``consent`` are the words to which the person agreed, ``consented_at`` when."""

ZONE: Final = "zone"
"""The column that may be there besides: the person's time zone (IANA); where it is empty, the site's."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be taken over: its number, and why; it repeats no address."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class Line:
    """A person of the file.

    Attributes:
        number: The line's number.
        channel: How it is told.
        address: The address in its one form.
        topics: What it follows.
        zone: Its time zone; empty for UTC.
        consent: The proof.
    """

    number: int
    channel: Channel
    address: str = field(repr=False)
    topics: tuple[str, ...]
    zone: str
    consent: Consent


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What a file says: who is to be taken over, and what is wrong with it."""

    lines: tuple[Line, ...]
    bad: tuple[BadLine, ...]


def read_file(file: TextIO, audience: Audience, known: PublicSettings, now: dt.datetime) -> ReadFile:
    """Read a CSV file with a line for each person.

    Args:
        file: The file; its first line names the columns, which are `COLUMNS`.
        audience: Whose followers they are to be.
        known: What can be followed there, and by whom.
        now: The time.

    Raises:
        OperationError: It is no such file.
    """
    reader = csv.DictReader(file, strict=True)
    lines: list[Line] = []
    bad: list[BadLine] = []
    try:
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise OperationError(
                f"The first line has no {', '.join(missing)}; expected it to be {','.join(COLUMNS)}"
            )
        for row in reader:
            try:
                lines.append(_line(reader.line_num, row, audience, known, now))
            except ValueError as error:
                bad.append(BadLine(reader.line_num, str(error)))
    except (csv.Error, UnicodeDecodeError):
        raise OperationError(f"The file is no CSV in UTF-8, in or after line {reader.line_num}") from None
    return ReadFile(tuple(lines), (*bad, *_twice(lines)))


def import_lines(audience: Audience, lines: Sequence[Line]) -> Iterator[BadLine | None]:
    """Take lines over, one after the other; gives of each why it was left out, or None. To repeat it does no harm.

    Raises:
        OperationError: The account cannot be asked.
    """
    for line in lines:
        with changing():
            yield _import(audience, line)


def counted(lines: Sequence[Line]) -> Mapping[Channel, int]:
    """How many lines there are of each channel."""
    return Counter(line.channel for line in lines)


def _import(audience: Audience, line: Line) -> BadLine | None:
    id = follower_id(audience.keys.lookup, line.channel, line.address)
    known = audience.followers.get(id)
    if known and known.state == "ended":
        return BadLine(line.number, "this person has ended it since")
    follower = Follower(
        id=id,
        channel=line.channel,
        state="following",
        address=audience.sealer.seal(line.address, id),
        topics=line.topics,
        zone=(known.zone if known else "") or line.zone,
        consent=line.consent,
    )
    try:
        audience.followers.follow(follower)
    except SuppressedError:
        return BadLine(line.number, "this person must not be written to: it bounced, complained or said STOP")
    except TooManyTopicsError:
        return BadLine(line.number, f"this person would follow more than {MAX_TOPICS} topics")
    return None


def _line(
    number: int, row: Mapping[str, str | None], audience: Audience, known: PublicSettings, now: dt.datetime
) -> Line:
    if None in row or None in row.values():
        raise ValueError(f"it has not as many fields as the first line, which are {','.join(COLUMNS)}")
    said = {name: (row.get(name) or "").strip() for name in (*COLUMNS, ZONE)}
    channel = _channel(said["channel"], audience)
    return Line(
        number=number,
        channel=channel,
        address=_address(channel, said["address"], known.countries),
        topics=_topics(said["topics"], known.topics),
        zone=_zone(said[ZONE]) or known.zone,
        consent=_consent(said["consent"], said["consented_at"], now),
    )


def _channel(said: str, audience: Audience) -> Channel:
    channels: Mapping[str, Channel] = {"email": "email", "text": "text"}
    if said == "push":
        raise ValueError("web push cannot be taken over: a browser gives its subscription to one site's key")
    if said not in channels:
        raise ValueError(f"the channel is {said!r}, expected email or text")
    try:
        audience.queue_url(channels[said])
    except OperationError as error:
        raise ValueError(str(error)) from None
    return channels[said]


def _address(channel: Channel, said: str, countries: Sequence[str]) -> str:
    return number_form(said, countries) if channel == "text" else email_form(said)


def _zone(said: str) -> str:
    if said and not is_zone(said):
        raise ValueError(f"the zone is {said!r}, expected a time zone such as Europe/Berlin")
    return said


def _topics(said: str, known: Topics) -> tuple[str, ...]:
    topics = tuple(dict.fromkeys(said.split()))
    if not topics or len(topics) > MAX_TOPICS:
        raise ValueError(f"it names {len(topics)} topics, expected 1 to {MAX_TOPICS}, divided by spaces")
    if strange := [topic for topic in topics if not known.can_follow(topic)]:
        raise ValueError(f"nobody can follow {strange[0]!r}; there are: {', '.join(known.all)}")
    return topics


def _consent(words: str, at: str, now: dt.datetime) -> Consent:
    """The evidence: without the words and the time there is none."""
    if not words:
        raise ValueError("the words of consent are missing")
    try:
        moment = dt.datetime.fromisoformat(at)
    except ValueError:
        raise ValueError("consented_at is no time, expected one such as 2026-05-04T12:00:00Z") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    if moment > now:
        raise ValueError("consented_at is in the future")
    time = timestamp(moment.timestamp())
    return Consent(wording=wording_digest(words), asked_at=time, confirmed_at=time, how="import")


def _twice(lines: Sequence[Line]) -> Iterator[BadLine]:
    first: dict[tuple[Channel, str], int] = {}
    for line in lines:
        number = first.setdefault((line.channel, line.address), line.number)
        if number != line.number:
            yield BadLine(line.number, f"this person is in line {number}, too")
