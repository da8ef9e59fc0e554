"""A fan-out's plan: what is told to how many; written once, and the same for whoever reads it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from math import ceil
from typing import Any, Final

from lambdas.contracts.audience_job import RECIPIENTS, Job, Kind
from lambdas.contracts.audience_settings import WORKERS_AT_ONCE
from lambdas.contracts.audience_table import (
    FANOUT_SECONDS,
    ID_DIGITS,
    PLAN,
    digest_partition,
    fanout_partition,
    topic_partition,
)
from lambdas.contracts.audience_topics import Channel
from lambdas.contracts.event import Severity
from lambdas.followers.items import wire_key

DIGEST_CHANNEL: Final[Channel] = "email"
"""The one channel that has digests."""

MAX_SECONDS: Final = 7 * 24 * 3600
"""Nobody is told later than that, whatever the notice says."""

JOBS_A_WORKER: Final = 2
"""Jobs for each worker of a channel with a pace: one in hand and one that waits, so that none is idle when a share ends
before the others. More would only stand before those of a later event, since workers take turns."""

_PREFIX_DIGITS: Final = 8
"""Digits in which shares differ: four milliard of them are more than there are shares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is told of one event.

    Attributes:
        fanout: The fan-out's name.
        event_id: The event's id, by which a device knows a repetition.
        topic: To whose followers.
        topic_title: What the topic is called to people.
        time: When it was accepted, RFC 3339 in UTC.
        title: One line; never empty.
        text: More; may be empty.
        url: Where to look; empty for nowhere.
        severity: How much attention it asks for.
        locale: The language of the notice, where it says one (BCP 47).
        expires: When it is history, unix seconds; 0 where the notice does not say.
    """

    fanout: str
    event_id: str
    topic: str
    topic_title: str
    time: str
    title: str
    text: str = ""
    url: str = ""
    severity: Severity = "info"
    locale: str = ""
    expires: float = 0.0

    def to_json(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Told":
        """The inverse of `to_json`."""
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan.

    Attributes:
        name: The fan-out's.
        at: When it was made, unix seconds.
        followers: How many there were by then, by channel; of channels with none nothing.
        told: What is told; None for a run of a digest.
        since: From when on a digest has what is new for whom it is not known, unix seconds.
        until: Up to when, exclusively.
        split: Into how many jobs, by channel; where it is not said, into jobs of `RECIPIENTS`.
    """

    name: str
    at: float
    followers: Mapping[Channel, int] = field(default_factory=dict)
    split: Mapping[Channel, int] = field(default_factory=dict)
    told: Told | None = None
    since: float = 0.0
    until: float = 0.0

    @property
    def kind(self) -> Kind:
        """The kind of its jobs."""
        return "topic" if self.told else "digest"

    def give_up_at(self, give_up_after: float) -> float:
        """When nobody is told any more, unix seconds: as the notice says, otherwise some time after it was planned."""
        said = self.told.expires if self.told else 0.0
        return min(said or self.at + give_up_after, self.at + MAX_SECONDS)

    def partition(self, channel: Channel) -> str:
        """Where its recipients are."""
        if self.told:
            return topic_partition(channel, self.told.topic)
        zone, at, _ = self.name.split("#")
        return digest_partition(zone, at)

    def jobs(self) -> Iterator[Job]:
        """Its jobs: each channel's followers in even shares."""
        for channel, count in self.followers.items():
            for start, end in shares(self.split.get(channel) or ceil(count / RECIPIENTS)):
                yield Job(kind=self.kind, channel=channel, fanout=self.name, start=start, end=end)

    def to_item(self) -> dict[str, Any]:
        """As it is written, in DynamoDB's own JSON."""
        names = ("at", "followers", "split", "since", "until")
        said = {name: value for name in names if (value := getattr(self, name))}
        return {
            **wire_key(fanout_partition(self.name), PLAN),
            "plan": {"S": json.dumps({"name": self.name, **said})},
            **({"told": {"S": self.told.to_json()}} if self.told else {}),
            "ttl": {"N": str(int(self.at) + FANOUT_SECONDS)},
        }

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> "Plan":
        """The inverse of `to_item`."""
        told = Told.from_json(item["told"]["S"]) if "told" in item else None
        return cls(**json.loads(item["plan"]["S"]), told=told)


def digest_name(zone: str, at: str, date: str) -> str:
    """The name of the fan-out that a run of a digest is."""
    return f"{zone}#{at}#{date}"


def split_of(followers: Mapping[Channel, int]) -> Mapping[Channel, int]:
    """Into how many jobs followers are split who are planned now.

    It is written with the plan: were it another number when the event comes again, its shares would overlap.
    """
    return {
        channel: min(ceil(count / RECIPIENTS), JOBS_A_WORKER * at_once)
        for channel, count in followers.items()
        if (at_once := WORKERS_AT_ONCE.get(channel))
    }


def shares(count: int) -> Iterator[tuple[str, str]]:
    """So many even ranges of all ids: where each starts, and where it ends, exclusively.

    The first has no start and the last has no end.
    """
    bounds = ["", *(_bound(number, count) for number in range(1, count)), ""]
    yield from pairwise(bounds) if count else ()


def _bound(number: int, count: int) -> str:
    prefix = f"{16**_PREFIX_DIGITS * number // count:0{_PREFIX_DIGITS}x}"
    return prefix.ljust(ID_DIGITS, "0")
