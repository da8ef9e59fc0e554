"""What becomes of a recipient, and the calls of a channel that say so."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lambdas.contracts.audience_job import Job
from lambdas.followers.plan import Told
from lambdas.followers.recipients import Recipient


@dataclass(frozen=True, slots=True)
class Sent:
    """The channel's service has taken the message."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Nobody is reached at this address any more: the recipient follows nothing from now on.

    Attributes:
        reason: A word or two; nothing personal.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """This message will not be taken for this recipient, however often it is tried.

    Attributes:
        reason: A word or two; nothing personal.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Later:
    """The recipient is to be tried again.

    Attributes:
        seconds: After so many, where the service has said so; None for by the retry schedule.
        reason: A word or two; nothing personal.
    """

    seconds: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Held:
    """Nothing is wrong, but it is not the time: quiet hours, or the day's budget is spent.

    Attributes:
        until: When it may be sent, unix seconds.
    """

    until: float


@dataclass(frozen=True, slots=True)
class Unknown:
    """The service may have taken the message, and its answer was lost.

    It is counted as uncertain, and tried again; not so where each recipient has a record, since nobody is told twice
    there.

    Attributes:
        reason: A word or two; nothing personal.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """There was nothing to be sent: nothing new for a digest, or a question that was asked today."""


Outcome = Sent | Gone | Refused | Later | Held | Unknown | Nothing


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest for one recipient.

    Attributes:
        recipient: For whom.
        news: What is new of the topics that it follows, oldest first; never empty.
    """

    recipient: Recipient
    news: tuple[Told, ...]


Send = Callable[[Sequence[Recipient], Told], Mapping[str, Outcome]]
"""Tells recipients, many at once; gives what became of each, by its id. Whom it leaves out is tried again."""

SendDigests = Callable[[Sequence[Digest]], Mapping[str, Outcome]]
"""The same for digests."""

Ask = Callable[[Job], Outcome]
"""Asks one person whether it was they who asked (a job of the kind ``question``); decides itself whether it may."""

End = Callable[[str, str], object]
"""Ends a follower, by its id and a reason; does nothing where it has ended (`lambdas.followers.store`)."""
