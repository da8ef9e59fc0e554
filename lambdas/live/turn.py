"""Whose turn it is to push a topic of which much is said: functions agree on it by the topic's state.

Every function merges what it has into the state. The first that comes too soon after a push promises the next one: it
waits until the topic may be pushed again, and pushes all that was merged meanwhile. Whoever merges while a promise
holds has nothing more to do. So a topic is pushed a few times a second, whatever is said of it, and nothing waits for
more than one turn. A function that dies with a promise is given its notices again, and pushes then what the others
have merged.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from lambdas.contracts.live_state_table import TopicState

INTERVAL_MS: Final = 250
"""Milliseconds from one push of a topic to the next: a visitor cannot read more than a few changes a second."""

PROMISE_MS: Final = 5_000
"""Milliseconds after which a promise is taken for broken; keeping it takes one write and one call."""


@dataclass(slots=True)
class Turn:
    """A function's turn with one topic.

    Attributes:
        clock: Unix time in seconds.
        wait: Seconds until the push that it has promised; 0 where it has promised none.
        is_ours: Whether it pushes now.
        owes_others: Whether others have merged what it is to push with its own.
    """

    clock: Callable[[], float]
    wait: float = 0.0
    is_ours: bool = False
    owes_others: bool = False

    def take(self, known: TopicState) -> TopicState:
        """Note that the topic is pushed now."""
        self.is_ours = True
        return replace(known, published_at=self._now(), promised_until=0)

    def take_or_promise(self, known: TopicState) -> TopicState:
        """Note that the topic is pushed now or soon, unless somebody has promised it."""
        now, due = self._now(), known.published_at + INTERVAL_MS
        self.wait, self.is_ours, self.owes_others = 0.0, False, bool(known.promised_until)
        if known.promised_until > now:
            return known
        if due <= now:
            return self.take(known)
        self.wait = (due - now) / 1000
        return replace(known, promised_until=due + PROMISE_MS)

    def _now(self) -> int:
        return round(self.clock() * 1000)
