"""Where a subscriber delivers to: it takes what it is told, or answers otherwise.

Slack's answers (Slack API, "Sending messages using incoming webhooks" and "Rate limits"): 200 and "ok"; 429 with
Retry-After, and no request is welcome before it is over; 5xx; a client error is for good. A connection may be cut before
the message was taken or after it, and the sender cannot tell which.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.error import URLError

from lambdas.runtime import Retry, Undeliverable
from tests.fakes.choices import Choices
from tests.fakes.clock import Clock
from tests.fakes.network import Crash, current_task
from tests.simulation.senders import name_of

ANSWER_SECONDS: Final = (0.05, 0.2, 1.0, 4.0)
TIMEOUT_SECONDS: Final = 8.0
RETRY_AFTER: Final = (1, 30, 600, 50_000)
_FINE: Final = 26


@dataclass(eq=False)
class Destination:
    """A destination.

    Attributes:
        name: For the story.
        down_until: Until when it answers 500.
        told: What it has taken: the time and the keys of the events of each message.
        requests: When it was called.
        closed_until: Until when it asked to be left alone, by the task that was told so.
        refuses: Keys of events that it refuses for good, and with them any message they are in.
    """

    name: str
    clock: Clock
    choices: Choices
    note: Callable[[str], None]
    spend_fault: Callable[[], bool]
    lost: Callable[[Sequence[str]], None]
    down_until: float = 0.0
    refuses: frozenset[str] = frozenset()
    told: list[tuple[float, tuple[str, ...]]] = field(default_factory=list)
    requests: list[float] = field(default_factory=list)
    closed: list[tuple[float, float, object]] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)

    def deliver(self, keys: Sequence[str]) -> None:
        """Tell it of events in one message.

        Raises:
            Retry: It is busy, and says when to come again; or it fails.
            Undeliverable: It refuses the message.
            URLError: The connection was cut.
        """
        now = self.clock.now
        self.requests.append(now)
        drawn = self.choices.draw(32)
        self.clock.sleep(ANSWER_SECONDS[drawn % 4])
        kind = drawn if drawn >= _FINE and self.spend_fault() else 0
        if self.clock.now < self.down_until:
            self._fail(keys, "answers 500")
            raise Retry(reason="answered 500")
        if kind in (26, 27):
            after = RETRY_AFTER[self.choices.draw(4)]
            self._fail(keys, f"answers 429, Retry-After {after}")
            self.closed.append((self.clock.now, self.clock.now + after, current_task()))
            raise Retry(after, "answered 429")
        if kind == 28:
            self._fail(keys, "answers 500")
            raise Retry(reason="answered 500")
        if kind == 29:
            self._fail(keys, "cuts the connection")
            self.lost(keys)
            raise URLError("cut")
        if self.refuses & set(keys):
            self._fail(keys, "refuses")
            raise Undeliverable("refused")
        self.told.append((self.clock.now, tuple(keys)))
        self.note(f"{self.name}: takes {', '.join(map(name_of, keys))}")
        if kind == 30:
            self.lost(keys)
            self.clock.sleep(TIMEOUT_SECONDS)
            raise URLError("timed out")
        if kind == 31:
            raise Crash

    def _fail(self, keys: Sequence[str], what: str) -> None:
        self.failed.update(keys)
        self.note(f"{self.name}: {what} ({', '.join(map(name_of, keys))})")
