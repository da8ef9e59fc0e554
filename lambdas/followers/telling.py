"""How the recipients of a chunk are told of one event, or by digests of what is new."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from lambdas.followers.news import News
from lambdas.followers.outcomes import Digest, Later, Nothing, Outcome, Send, SendDigests
from lambdas.followers.plan import Plan, Told
from lambdas.followers.recipients import Recipient

Tell = Callable[[Sequence[Recipient]], Mapping[str, Outcome]]
"""Tells recipients; gives what became of each, and leaves out none."""


def of_event(send: Send, told: Told) -> Tell:
    """Tell recipients of an event; of whom the channel says nothing, that one is tried again."""

    def tell(recipients: Sequence[Recipient]) -> Mapping[str, Outcome]:
        outcomes = send(recipients, told)
        return {one.id: outcomes.get(one.id, Later(None, "unanswered")) for one in recipients}

    return tell


def by_digests(send: SendDigests, news: News, plan: Plan, now: float) -> Tell:
    """Tell recipients what is new of the topics that they follow."""

    @cache
    def of_topic(topic: str) -> Sequence[Told]:
        return [told for told in news.of(topic, plan.since, plan.until) if not 0 < told.expires <= now]

    def digest(recipient: Recipient) -> Digest:
        found = [told for topic in recipient.topics for told in of_topic(topic)]
        return Digest(recipient, tuple(sorted(found, key=lambda told: (told.time, told.fanout))))

    def tell(recipients: Sequence[Recipient]) -> Mapping[str, Outcome]:
        digests = [made for made in map(digest, recipients) if made.news]
        outcomes = send(digests) if digests else {}
        given = {made.recipient.id: Later(None, "unanswered") for made in digests} | dict(outcomes)
        return {one.id: given.get(one.id, Nothing()) for one in recipients}

    return tell
