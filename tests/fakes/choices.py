"""All that is left to chance in a schedule, as a list of numbers: to be repeated, and to be made smaller."""

import random
from collections.abc import Callable, Iterator, Sequence


class Choices:
    """Draws numbers, and remembers them. 0 is always the choice of a world in which nothing goes wrong.

    Args:
        seed: Where the numbers come from.
        given: Numbers to draw instead; when they are used up, 0 is drawn.
    """

    def __init__(self, seed: str = "", given: Sequence[int] | None = None) -> None:
        self._given = given
        self._random = random.Random(seed).random  # noqa: S311 - repeatable, and that is the point
        self.made: list[int] = []

    def draw(self, count: int) -> int:
        """A number from 0 up to and without `count`."""
        if self._given is None:
            value = int(self._random() * count)
        else:
            value = self._given[len(self.made)] % count if len(self.made) < len(self._given) else 0
        self.made.append(value)
        return value

    def fraction(self) -> float:
        """A number in [0, 1), in steps of a hundredth."""
        return self.draw(100) / 100


def shrink(made: Sequence[int], fails: Callable[[Sequence[int]], bool], tries: int = 1500) -> list[int]:
    """A smaller list that fails as well: with parts left out, with parts set to 0, with smaller numbers.

    Args:
        made: Choices that fail.
        fails: Whether others do.
        tries: How many others to look at.
    """
    best = list(made)
    improved = True
    while improved and tries > 0:
        improved = False
        for candidate in _smaller(best):
            tries -= 1
            if tries < 0:
                break
            if fails(candidate):
                best, improved = candidate, True
                break
    return best


def _smaller(made: list[int]) -> Iterator[list[int]]:
    size = len(made)
    while size >= 1:
        for start in range(0, len(made), size):
            yield made[:start] + made[start + size :]
        for start in range(0, len(made), size):
            if any(made[start : start + size]):
                yield made[:start] + [0] * len(made[start : start + size]) + made[start + size :]
        size //= 2
    for place, value in enumerate(made):
        if value > 1:
            yield [*made[:place], value // 2, *made[place + 1 :]]
