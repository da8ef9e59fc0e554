"""A follower: what is kept of a person who asked to be told, and the proof that it was that person."""

from dataclasses import dataclass, field
from typing import Literal

from lambdas.contracts.audience_table import digest_count
from lambdas.contracts.audience_topics import Channel

State = Literal["asked", "following", "ended", "suppressed"]
"""Asked and not yet confirmed; follows; has ended it, and only the proof is left; must never be written to
again, since it bounced, complained or said STOP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """The proof that a person wanted it.

    Attributes:
        wording: SHA-256 of the words that were shown, in hexadecimal.
        asked_at: When somebody asked for it, RFC 3339 in UTC.
        confirmed_at: When the person confirmed; empty for not yet.
        how: By what: ``link``, ``code``, ``browser``, ``import``.
        network: Where it was asked from, as a keyed hash.
    """

    wording: str
    asked_at: str
    confirmed_at: str = ""
    how: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """A follower.

    Attributes:
        id: Its id (`lambdas.followers.identity`).
        channel: How it is told.
        state: What became of it.
        address: The sealed address (`lambdas.followers.recipients.Recipient.address`); empty once it has ended.
        topics: What it follows; of one who was asked, what it asked for.
        zone: The time zone (IANA); empty for UTC.
        at: The time of day of its digest, ``HH:MM``; empty where it is told at once. E-mail only.
        last: The digest that comes once more, since it has moved from that to at once: its time zone and time of day as
            `digest` has them; empty for none.
        told_until: Up to when its digests have told it, and
        last_until: up to when the last one has what is new; both are kept with its digest's recipient
            (`lambdas.followers.recipients.Recipient`).
        push_key: Id of the push key that the browser has subscribed with.
        consent: The proof.
        question: Digest of what answers the newest question; it stays once it is answered, so that an answer that is
            given twice does no harm, and goes when the follower ends.
        asked_at: When it was last asked, unix seconds, so that nobody is asked twice on a day; 0 once it has answered.
        tries: Wrong answers to the newest question.
        reason: Why it has ended or is suppressed.
        version: Rises with each write, so that two at once do not lose one.
        ttl: When it is forgotten, unix seconds; 0 for at no time.
    """

    id: str
    channel: Channel
    state: State
    address: bytes = field(default=b"", repr=False)
    topics: tuple[str, ...] = ()
    zone: str = ""
    at: str = ""
    last: str = ""
    told_until: float = 0.0
    last_until: float = 0.0
    push_key: str = ""
    consent: Consent
    question: str = field(default="", repr=False)
    asked_at: float = 0.0
    tries: int = 0
    reason: str = ""
    version: int = 0
    ttl: int = 0

    @property
    def digest(self) -> str:
        """The digest among whose recipients it is, by the key of its count; empty for none."""
        return self.last or (digest_count(self.zone, self.at) if self.at else "")
