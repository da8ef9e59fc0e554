"""An invented market: prices that walk at random. The same seed, the same ticks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Final

STEP: Final = 0.0012
"""How far a price moves in a tick, as a share of it: the standard deviation."""

Tick = Mapping[str, str | int]
"""What the feed sends of a trade: `symbol`, `price`, `change` since the opening, and `at`, in unix milliseconds."""


@dataclass
class Market:
    """Prices of symbols as they move.

    Attributes:
        opened: Prices at the opening, by symbol.
        random: Where the moves come from.
    """

    opened: Mapping[str, float]
    random: Random
    prices: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        """Open."""
        self.prices = dict(self.opened)

    def tick(self, at: float) -> Tick:
        """A tick of a symbol at random, as the feed sends it; `at` in unix seconds."""
        symbol = self.random.choice(list(self.prices))
        self.prices[symbol] = max(self.prices[symbol] * (1 + self.random.gauss(0, STEP)), 0.01)
        change = round(self.prices[symbol] / self.opened[symbol] - 1, 4) + 0.0  # never -0.0
        return {
            "symbol": symbol,
            "price": f"{self.prices[symbol]:.2f}",
            "change": f"{change:+.2%}".replace("-", "\N{MINUS SIGN}"),
            "at": round(at * 1000),
        }
