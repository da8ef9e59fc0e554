"""Asks one person whether it was they who asked to follow; what e-mail and text messages have in common.

A job may come twice. What answers its question is made of the job, so that the same job asks the same question.
"""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import Final

from lambdas.contracts.audience_job import Job
from lambdas.contracts.audience_topics import Topics
from lambdas.followers.follower import Consent, Follower
from lambdas.followers.keys import AudienceKeys
from lambdas.followers.question import Question, answer_digest, open_question
from lambdas.followers.sealing import Sealer

MAX_SHOWN: Final = 10
"""Topics that a question names; how many more there are is said."""

MAX_STRANGE: Final = 24
"""Characters of a name that somebody has chosen and that a question may repeat."""


def read_question(job: Job, keys: AudienceKeys) -> Question:
    """The question of a job.

    Raises:
        ValueError: It is no such text.
        UnreadableError: It was sealed for another follower or by another audience.
    """
    return open_question(job.question, Sealer(keys.data), job.fanout)


def randomness(job: Job, keys: AudienceKeys) -> Callable[[int], bytes]:
    """Bytes that nobody can guess, the same for the same job: up to 32 of them."""
    made = hmac.new(keys.lookup, f"question {job.fanout} {job.question}".encode(), hashlib.sha256).digest()
    return lambda count: made[:count]


def asked_follower(job: Job, question: Question, keys: AudienceKeys, answer: str) -> Follower:
    """The follower as it is kept until it answers."""
    return Follower(
        id=job.fanout,
        channel=job.channel,
        state="asked",
        address=Sealer(keys.data).seal(question.address, job.fanout),
        topics=question.topics,
        zone=question.zone,
        at=question.at,
        consent=Consent(wording=question.wording, asked_at=question.asked_at, network=question.network),
        question=answer_digest(keys.lookup, job.fanout, answer),
    )


def shown_topics(topics: Topics, asked: Sequence[str]) -> tuple[list[str], int]:
    """The titles of what was asked for, and how many more there are.

    A question goes to somebody who may not have asked. The name of a family's topic is chosen by whoever did: it is
    repeated only where it is short and can be no address of a site.
    """
    plain = [topic for topic in asked if topic in topics.all or _is_plain(topic)]
    titles = [title for topic in plain if (title := topics.title_of(topic))][:MAX_SHOWN]
    return titles, len(asked) - len(titles)


def _is_plain(topic: str) -> bool:
    return len(topic) <= MAX_STRANGE and "." not in topic and "/" not in topic
