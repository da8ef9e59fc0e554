"""How the recipients of a chunk are told of one event, or by digests of what is new."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from lambdas.contracts.event import timestamp
from lambdas.followers.news import News
from lambdas.followers.outcomes import (
    Digest,
    Later,
    Nothing,
    Outcome,
    Refused,
    Send,
    SendDigests,
    Sent,
    Unknown,
)
from lambdas.followers.plan import Plan, Told
from lambdas.followers.recipients import Recipient

Tell = Callable[[Sequence[Recipient]], Mapping[str, Outcome]]
"""Tells recipients; gives what became of each, and leaves out none."""

Record = Callable[[Recipient, float], bool]
"""Records up to when a digest has told a recipient; tells whether it could (`Recipients.record`)."""

Leave = Callable[[str], object]
"""Ends the digests of a follower, by its id, whose last one has come; does nothing where it has none to come."""


def of_event(send: Send, told: Told) -> Tell:
    """Tell recipients of an event; of whom the channel says nothing, that one is tried again."""

    def tell(recipients: Sequence[Recipient]) -> Mapping[str, Outcome]:
        outcomes = send(recipients, told)
        return {one.id: outcomes.get(one.id, Later(None, "unanswered")) for one in recipients}

    return tell


def by_digests(
    send: SendDigests, news: News, plan: Plan, now: float, *, record: Record, leave: Leave
) -> Tell:
    """Tell recipients what is new of the topics that they follow, each from where the digest before has ended.

    Who moves to another digest between being read and being recorded may be told again by that: it counts as uncertain.
    """

    @cache
    def of_topic(topic: str) -> Sequence[tuple[str, Told]]:
        return [(at, told) for at, told in news.of(topic, plan.until) if not 0 < told.expires <= now]

    def digest(recipient: Recipient) -> Digest:
        since, until = timestamp(recipient.told_until or plan.since), timestamp(recipient.until or plan.until)
        found = [told for topic in recipient.topics for at, told in of_topic(topic) if since <= at < until]
        return Digest(recipient, tuple(sorted(found, key=lambda told: (told.time, told.fanout))))

    def recorded(recipient: Recipient, outcome: Outcome) -> Outcome:
        if not isinstance(outcome, Sent | Refused | Nothing):
            return outcome
        is_recorded = recipient.told_until >= plan.until or record(recipient, plan.until)
        if 0 < recipient.until <= plan.until:
            leave(recipient.id)
        return outcome if is_recorded or not isinstance(outcome, Sent) else Unknown("moved")

    def tell(recipients: Sequence[Recipient]) -> Mapping[str, Outcome]:
        digests = [made for made in map(digest, recipients) if made.news]
        outcomes = send(digests) if digests else {}
        given = {made.recipient.id: Later(None, "unanswered") for made in digests} | dict(outcomes)
        return {one.id: recorded(one, given.get(one.id, Nothing())) for one in recipients}

    return tell
