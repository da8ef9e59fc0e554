"""The feed: ticks at a steady rate, many in each request."""

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from examples.prices.market import Market, Tick
from examples.sending import tell
from jamwire.operations.deployment import Deployment
from jamwire.samples.catalogue import SAMPLES

MOST_BEHIND_SECONDS: Final = 1.0
"""What a slow account may be behind; ticks of longer ago are left out, since nobody wants them any more."""

MOST_WAITING_SECONDS: Final = 0.5
"""Of ticks, that may be on their way to the pages."""


@dataclass
class Feed:
    """Sends what the market does, a request at a time.

    Attributes:
        deployment: Who is told.
        market: Where the ticks come from.
        rate: Ticks a second.
        waiting: How many ticks are on their way to the pages; while they are too many, none are sent. So a slow account
            shows fewer prices, and no old ones.
        clock: Unix time in seconds.
    """

    deployment: Deployment
    market: Market
    rate: float
    waiting: Callable[[], int]
    clock: Callable[[], float] = time.time
    _until: float = field(init=False)

    def __post_init__(self) -> None:
        """Begin."""
        self._until = self.clock()

    def step(self) -> int:
        """Send the ticks since the last time; gives how many."""
        now = self.clock()
        if self.waiting() > self.rate * MOST_WAITING_SECONDS:
            self._until = now
        began = max(self._until, now - MOST_BEHIND_SECONDS)
        times = [began + place / self.rate for place in range(1, int((now - began) * self.rate) + 1)]
        if times:
            self._until = times[-1]
            self.send([self.market.tick(at) for at in times])
        return len(times)

    def send(self, ticks: Sequence[Tick]) -> None:
        """Send ticks in one request."""
        headers = {"idempotency-key": secrets.token_hex(12)}
        sample = replace(SAMPLES["token/notice"], body={"ticks": ticks}, headers=headers)
        tell(self.deployment, "feed", sample)
