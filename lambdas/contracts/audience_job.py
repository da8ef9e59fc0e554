"""A job: a share of a fan-out's recipients, or a question to one person; a message of a channel's queue."""

import json
from dataclasses import asdict, dataclass
from typing import Final, Literal

from lambdas.contracts.audience_topics import Channel

RECIPIENTS: Final = 1000
"""About so many recipients a job has, where a channel has no pace (`lambdas.followers.plan.split_of`): a second or two
of a worker's time."""

Kind = Literal["topic", "digest", "question"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a worker is asked to do.

    Attributes:
        kind: To tell a topic's followers, to send a digest, or to ask one person whether it was they who asked.
        channel: By which channel.
        fanout: The fan-out's name; of a question the follower's id.
        start: The first id of its share; empty for the first there is.
        end: The id at which the share ends, which belongs to the next; empty for none.
        followers: Of the rest of a job that comes later: the recipients who are left, by their ids. They are given
            instead of a share.
        attempt: How often these recipients have been tried before.
        first_at: When they were first tried, unix seconds; 0 for not yet.
        not_before: When they may be tried, unix seconds.
        doubtful: Whether an earlier message to them may have been taken, since its answer was lost.
        question: Of a question: what was asked for, sealed (`lambdas.followers.question`).
    """

    kind: Kind
    channel: Channel
    fanout: str
    start: str = ""
    end: str = ""
    followers: tuple[str, ...] = ()
    attempt: int = 0
    first_at: float = 0.0
    not_before: float = 0.0
    doubtful: bool = False
    question: str = ""

    def to_json(self) -> str:
        """As a message's body: what differs from the default."""
        return json.dumps(
            {name: value for name, value in asdict(self).items() if value}, separators=(",", ":")
        )

    @classmethod
    def from_json(cls, text: str) -> "Job":
        """The inverse of `to_json`."""
        said = json.loads(text)
        return cls(**{**said, "followers": tuple(said.get("followers", ()))})
