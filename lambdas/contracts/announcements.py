"""Events that a subscriber itself publishes, for the others.

Their source is ``/subscribers/<stack>``, which no endpoint can say of itself. Their id is derived from what they tell,
so that one published again after a crash is delivered once.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from lambdas.contracts.event import SUBSCRIBERS, Event, Notice, timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What a subscriber has to tell the others.

    Attributes:
        type: The event's type.
        cause: What it tells of; the same cause is the same event.
        notice: What to show.
        subject: What it is about, where that is one thing.
        correlation: Ties the event to others.
        body: What machines read.
    """

    type: str
    cause: str
    notice: Notice
    subject: str = ""
    correlation: str = ""
    body: Any = None

    def event(self, stack_id: str, now: float) -> Event:
        """The event to publish.

        Args:
            stack_id: Id of the subscriber's stack.
            now: Unix seconds.
        """
        digest = hashlib.sha256("\n".join([stack_id, self.type, self.cause]).encode()).hexdigest()
        return Event(
            id=digest[:32],
            source=f"{SUBSCRIBERS}{stack_id}",
            type=self.type,
            time=timestamp(now),
            notice=self.notice,
            subject=self.subject,
            correlationid=self.correlation,
            body=self.body,
        )
