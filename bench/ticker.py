"""Notices as of a stock ticker, and how old is what a page shows of them."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from lambdas.contracts.event import Event, Notice, timestamp

TOPICS: Final = 50
AT: Final = "At"
"""The field that says when a notice was published, unix milliseconds; the newest has the greatest."""


@dataclass
class Ticker:
    """What was published and what came of it, each with its time in unix milliseconds, by topic."""

    published: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    pushed: dict[str, list[tuple[float, int]]] = field(default_factory=lambda: defaultdict(list))

    def hear(self, told: Mapping[str, Any], at: float) -> None:
        """Note a push as a page hears it, at this time."""
        entries: Mapping[str, Sequence[Any]] = told.get("entries", {})
        said = entries[f"fields.{AT}"][0] if entries else told["fields"][AT]
        self.pushed[told["topic"]].append((at, int(said)))

    def ages(self) -> list[float]:
        """Of each notice the milliseconds until a page showed it, or a newer one."""
        ages = []
        for topic, published in self.published.items():
            shown, newest = [], 0
            for at, said in self.pushed[topic]:
                newest = max(newest, said)
                shown.append((newest, at))
            for said in published:
                place = bisect_left(shown, (said, 0.0))
                ages.append(shown[place][1] - said if place < len(shown) else float("inf"))
        return ages

    def is_over(self) -> bool:
        """Whether the newest of each topic has come."""
        return all(
            self.pushed[topic] and max(said for _, said in self.pushed[topic]) == max(published)
            for topic, published in self.published.items()
        )

    def most_pushes(self) -> int:
        """The most publishes of one topic that were heard within any second; what one brings is heard at once."""
        return max(most_in_a_second(sorted({at / 1000 for at, _ in its})) for its in self.pushed.values())


def most_in_a_second(times: Sequence[float]) -> int:
    """The most of these unix times, in their order, that lie within any second."""
    return max(bisect_left(times, at + 1) - number for number, at in enumerate(times))


def a_notice(ticker: Ticker, number: int, now: float, topics: int = TOPICS) -> Event:
    """The price of a stock, with the time at which it was said."""
    topic, said = f"price/{number % topics}", round(now * 1000)
    ticker.published[topic].append(said)
    return Event(
        id=f"{number:08}",
        source="/subscribers/bench",
        type="notice.sent",
        time=timestamp(now),
        subject=topic,
        notice=Notice(title="Price", fields={AT: f"{said}"}),
    )
