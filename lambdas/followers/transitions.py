"""What becomes of a follower: pure functions, from what is known of it to what is to be known.

Each takes the follower as it was read, None where there is none or where it is forgotten.
"""

import datetime as dt
from dataclasses import replace
from typing import Final, Literal

from lambdas.contracts.audience_table import PENDING_SECONDS, PROOF_SECONDS
from lambdas.contracts.audience_topics import MAX_TOPICS, Channel
from lambdas.followers.follower import Consent, Follower
from lambdas.followers.question import CODE_SECONDS, MAX_TRIES

Asked = Literal["asked", "following", "waiting", "suppressed"]
"""What is to be done about a question: ask it; say that this person follows already; nothing, since the person was
written to within a day: what it asks for is added to a question that is open; nothing, ever."""

ASK_AGAIN_SECONDS: Final = PENDING_SECONDS
"""Nobody is asked again, or told again to follow already, before a question without an answer is so old."""

AT_ONCE_SECONDS: Final = 900.0
"""Who moves from at once to a digest may not have been told yet of what was planned so lately: the digest has it,
though it may be read twice by that. To tell 10,000 at the usual pace takes less; only an outage takes longer."""

CHANGE_SECONDS: Final = 30.0
"""Up to so long after it was read a change may be written; the endpoint's function runs for ten."""

HOW: Final = {"email": "link", "text": "code", "push": "browser"}
"""By what a person confirms (`Consent.how`)."""

NO_CONSENT: Final = Consent(wording="", asked_at="")


class SuppressedError(Exception):
    """Who must never be written to cannot be made to follow; only the person can allow it again."""


class TooManyTopicsError(Exception):
    """A follower would follow more than `MAX_TOPICS`."""


def asked(found: Follower | None, wanted: Follower, now: float) -> tuple[Asked, Follower | None]:
    """Somebody asked in the name of a person. The same question again, of a job that is repeated, is asked again."""
    if found and found.state == "suppressed":
        return "suppressed", found
    follows = found is not None and found.state == "following"
    verdict: Asked = "following" if follows else "asked"
    if found and now < found.asked_at + ASK_AGAIN_SECONDS:
        if found.question == wanted.question:
            return verdict, found
        return "waiting", _with_topics(found, wanted.topics)
    if found and follows:
        if found.question == wanted.question:
            return "waiting", found
        return verdict, replace(found, asked_at=now, question=wanted.question)
    new = replace(wanted, state="asked", asked_at=now, tries=0, ttl=int(now + PENDING_SECONDS))
    return verdict, new


def not_asked(found: Follower | None, question: str, since: float) -> Follower | None:
    """A question was not sent, so that the next one need not wait for a day.

    Args:
        found: Who was to be asked.
        question: Its digest.
        since: When it was tried, unix seconds: what was put before that, by the same job, may have been sent.
    """
    if found is None or found.question != question or found.asked_at < since:
        return found
    return replace(found, asked_at=0.0, question="")


def confirmed(
    found: Follower | None, question: str, confirmed_at: str, now: float
) -> tuple[Follower | None, Follower | None]:
    """Somebody answers a question: who follows by that, and what is known then."""
    if found is None or not found.question or not _may_answer(found, now):
        return None, found
    if found.question != question:
        return None, (replace(found, tries=found.tries + 1) if _can_be_guessed(found) else found)
    if found.state == "following":
        return found, found
    consent = replace(found.consent, confirmed_at=confirmed_at, how=HOW[found.channel])
    new = replace(found, state="following", consent=consent, asked_at=0.0, tries=0, ttl=0)
    return new, new


def followed(found: Follower | None, wanted: Follower) -> Follower:
    """A person follows without a question, since it is known to be that person; topics come to those there are.

    Raises:
        SuppressedError: It must never be written to.
        TooManyTopicsError: It would follow too many.
    """
    if found and found.state == "suppressed":
        raise SuppressedError
    new = replace(wanted, state="following", ttl=0)
    if found and found.state == "following":
        new = replace(
            found,
            address=wanted.address,
            push_key=wanted.push_key,
            topics=_together(found.topics, wanted.topics),
            zone=wanted.zone or found.zone,
            at=wanted.at or found.at,
        )
    if len(new.topics) > MAX_TOPICS:
        raise TooManyTopicsError
    return new


def preferred(
    found: Follower | None, topics: tuple[str, ...], zone: str, at: str, now: float
) -> Follower | None:
    """A follower says anew what it follows, where it is and when it is told; who follows nothing has ended it."""
    if not topics:
        return ended(found, "preferences", now)
    if found is None or found.state != "following":
        return found
    if len(topics) > MAX_TOPICS:
        raise TooManyTopicsError
    return replace(found, topics=_together(topics), zone=zone, at=at if found.channel == "email" else "")


def renewed(old: Follower | None, found: Follower | None, wanted: Follower) -> Follower | None:
    """A browser has a new subscription, which takes over what the old one followed.

    Args:
        old: Who had the old subscription.
        found: What is known of the new one.
        wanted: The new one.

    Returns:
        The new one as it follows; None where neither of them does, or the old one is no browser.
    """
    if old and old.channel != wanted.channel:
        return None
    if old is None or old.state != "following":
        return found if found and found.state == "following" else None
    own = found.topics if found and found.state == "following" else ()
    topics = _together(own, old.topics)[:MAX_TOPICS]
    return replace(
        wanted, state="following", topics=topics, zone=wanted.zone or old.zone, consent=old.consent, ttl=0
    )


def ended(found: Follower | None, reason: str, now: float) -> Follower | None:
    """A follower does not want it any more: the proof of its consent is left, and nothing of a browser.

    Of one who never confirmed it is left for a day that it was asked, so that it is not asked again at once.
    """
    if found is None or found.state in ("ended", "suppressed"):
        return found
    if found.channel == "push":
        return None
    until = now + PROOF_SECONDS if found.state == "following" else found.asked_at + ASK_AGAIN_SECONDS
    asked_at = 0.0 if found.state == "following" else found.asked_at
    return _bare(found, state="ended", reason=reason, asked_at=asked_at, ttl=int(until))


def suppressed(found: Follower | None, id: str, channel: Channel, reason: str) -> Follower:
    """A person must never be written to again: that alone is kept, without end; the proof beside it (`proof_left`)."""
    if found and found.state == "suppressed":
        return found
    return Follower(id=id, channel=channel, state="suppressed", consent=NO_CONSENT, reason=reason)


def allowed(found: Follower | None) -> Follower | None:
    """A person may be asked again."""
    return None if found and found.state == "suppressed" else found


def in_digest(old: Follower | None, new: Follower, now: float) -> Follower:
    """A follower with its digest: where it moves to another one, or to at once, nothing is left out."""
    follows = old is not None and old.state == "following"
    if new.state != "following":
        return replace(new, last="", told_until=0.0, last_until=0.0)
    if new.at:
        began = now - AT_ONCE_SECONDS if follows else now
        told_until = old.told_until if old and follows and old.digest else began
        return replace(new, last="", told_until=told_until, last_until=0.0)
    if old and follows and old.at:
        return replace(new, last=old.digest, last_until=now + CHANGE_SECONDS)
    return new


def left_digest(found: Follower | None) -> Follower | None:
    """The digest from which one has moved to at once has come once more."""
    if found is None or not found.last or found.told_until < found.last_until:
        return found
    return replace(found, last="", told_until=0.0, last_until=0.0)


def proof_left(old: Follower | None, new: Follower | None, now: float) -> Follower | None:
    """What proves a consent that was confirmed and that `new` has no place for; None where nothing is to be kept."""
    if not (old and new and old.consent.confirmed_at) or old.consent == new.consent or old.channel == "push":
        return None
    return ended(old, new.reason, now)


def _with_topics(found: Follower, topics: tuple[str, ...]) -> Follower:
    """Who has not answered yet is asked by the message that is out, whose page shows all that was asked for."""
    if found.state != "asked":
        return found
    return replace(found, topics=_together(found.topics, topics)[:MAX_TOPICS])


def _bare(found: Follower, **words: object) -> Follower:
    bare = Follower(id=found.id, channel=found.channel, state=found.state, consent=found.consent)
    return replace(bare, **words)  # type: ignore[arg-type]


def _may_answer(found: Follower, now: float) -> bool:
    if not _can_be_guessed(found):
        return True
    since = found.asked_at or dt.datetime.fromisoformat(found.consent.confirmed_at).timestamp()
    return found.tries < MAX_TRIES and now < since + CODE_SECONDS


def _can_be_guessed(found: Follower) -> bool:
    """Whether it is a code that a person types, answered or not: the right one gives the means to change it all."""
    return found.channel == "text"


def _together(*topics: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(topic for some in topics for topic in some))
