"""A measured figure."""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured figure and what it must not exceed.

    Attributes:
        name: What was measured.
        value: The figure.
        unit: Its unit; ``x`` for a ratio to a floor measured in the same run.
        goal: The most that it may be; None where it is stated only.
        note: How it came about.
        facts: What else is known of it, for programs that read ``bench.json``.
    """

    name: str
    value: float
    unit: str
    goal: float | None = None
    note: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        return None if self.goal is None else self.value <= self.goal

    @property
    def shown(self) -> str:
        """The value with its unit."""
        return f"{self.value:.3g} {self.unit}".strip()

    @property
    def shown_goal(self) -> str:
        """The goal with its unit; empty where there is none."""
        return "" if self.goal is None else f"≤ {self.goal:g} {self.unit}".strip()


def percentile(values: Sequence[float], share: int) -> float:
    """The value below which so many in a hundred lie."""
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


def least(
    floor: Callable[[], float], ours: Callable[[], float], *, goal: float, runs: int, most: int
) -> tuple[float, float]:
    """The least of what a floor and ours take, in runs that take turns: what else a machine does is in the others.

    Args:
        floor: Measures the floor once.
        ours: Measures ours once.
        goal: How many times the floor ours may take.
        runs: How many there are of each.
        most: How many there are where the goal is not met by then.
    """
    least_floor = least_ours = math.inf
    for done in range(most):
        if done >= runs and least_ours <= goal * least_floor:
            break
        least_floor, least_ours = min(least_floor, floor()), min(least_ours, ours())
    return least_floor, least_ours
