"""How an audience is laid out in its one table; its functions write it, the command reads it.

| partition | sort | what |
|---|---|---|
| ``follower#<id>`` | ``follower`` | a follower: `lambdas.followers.follower.Follower` |
| ``follower#<id>`` | ``proof#<RFC 3339>`` | an earlier consent, its address removed; a `Follower` |
| ``topic#<channel>#<topic>`` | ``<id>`` | a confirmed follower, told at once (`lambdas.followers.recipients`) |
| ``digest#<zone>#<HH:MM>`` | ``<id>`` | a confirmed follower who gets a digest at that time of day, with its topics |
| ``topics`` | ``<channel>#<topic>#<digit>`` | ``followers``: how many are told at once whose ids begin with it |
| ``digests`` | ``<zone>#<HH:MM>`` | ``followers``: how many get that digest |
| ``fanout#<name>`` | ``plan`` | what is told, and to how many: `lambdas.followers.plan.Plan` |
| ``fanout#<name>`` | ``<channel>#<job>`` | a job: how far it is, and what became of its recipients |
| ``fanouts`` | ``<RFC 3339>#<name>`` | the fan-outs by time, for the command |
| ``told#<name>`` | ``<id>`` | that a text message to a follower is being sent or was sent: money is spent on each |
| ``news#<topic>`` | ``<RFC 3339>#<name>`` | what digests tell of a topic |
| ``limit#<rule>#<digest>`` | ``<window>`` | ``count``: what a network or an address asked for in a window of time |
| ``limit#mailbox#<digest>`` | ``question`` | ``follower``: the id of which of its addresses was asked within a day |
| ``spent#<what>#<day>`` | ``all`` or ``<id>`` | ``count``: parts of text messages on a day |

A follower's id is a keyed hash of the channel and the address: it is spread evenly, so that a range of ids is a share
of the followers, and it names nobody (`lambdas.followers.identity`). A fan-out is named by the first 32 digits
of the SHA-256 of its event's key, a run of a digest by ``<zone>#<HH:MM>#<date>``.
"""

import hashlib
from typing import Final

from lambdas.contracts.audience_topics import Channel

PARTITION_KEY: Final = "pk"
SORT_KEY: Final = "sk"
TTL: Final = "ttl"

FOLLOWER: Final = "follower"
PROOF: Final = "proof#"
PLAN: Final = "plan"
TOPICS: Final = "topics"
DIGESTS: Final = "digests"
FANOUTS: Final = "fanouts"
FOLLOWERS: Final = "followers"
"""The attribute that counts the followers of a topic or of a digest."""

ID_DIGITS: Final = 32
"""Hexadecimal digits of a follower's id and of a fan-out's name."""

PENDING_SECONDS: Final = 24 * 3600
"""Who has not confirmed by then is forgotten."""

PROOF_SECONDS: Final = 3 * 365 * 24 * 3600
"""For so long after its end it can be proved that a person wanted it: about as long as a claim may come (Germany: the
end of the third year, BGB 195 and 199; the TCPA: four years, 28 U.S.C. 1658, for who sets it longer)."""

FANOUT_SECONDS: Final = 31 * 24 * 3600
"""For so long it can be looked up what became of a fan-out; longer than its jobs can wait anywhere."""


UTC: Final = "UTC"
"""The time zone of who names none, as a digest's partition has it."""


def key(partition: str, sort: str) -> dict[str, str]:
    """The key of an item."""
    return {PARTITION_KEY: partition, SORT_KEY: sort}


def follower_partition(id: str) -> str:
    """The partition of a follower's item and of its earlier proofs."""
    return f"follower#{id}"


def follower_key(id: str) -> dict[str, str]:
    """The key of a follower's item."""
    return key(follower_partition(id), FOLLOWER)


def topic_partition(channel: Channel, topic: str) -> str:
    """The partition of those who are told at once of a topic by a channel."""
    return f"topic#{channel}#{topic}"


def topic_count(channel: Channel, topic: str, id: str = "") -> str:
    """The sort key of the count in which a follower of a topic stands; without an id what all of the topic begin with.

    A topic has sixteen counts, since transactions that meet at one item put each other off: those who follow the same
    topic at the same moment rarely meet.
    """
    return f"{channel}#{topic}#{id[:1]}"


def digest_count(zone: str, at: str) -> str:
    """The sort key of the count of those who get a digest at a time of day in a time zone; none is UTC."""
    return f"{zone or UTC}#{at}"


def digest_partition(zone: str, at: str) -> str:
    """The partition of those who get that digest."""
    return f"digest#{digest_count(zone, at)}"


def fanout_partition(name: str) -> str:
    """The partition of a fan-out's plan and jobs."""
    return f"fanout#{name}"


def fanout_name(event_key: str) -> str:
    """The name of an event's fan-out (`lambdas.contracts.event.Event.key`)."""
    return hashlib.sha256(event_key.encode()).hexdigest()[:ID_DIGITS]
