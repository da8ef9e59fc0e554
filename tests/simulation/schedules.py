"""Runs schedules of worlds of one kind, counts what happened in them, and tells the story of one that fails."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from tests.fakes.choices import Choices, shrink


class Chosen(Protocol):
    """A world that follows choices."""

    choices: Choices


World = TypeVar("World", bound=Chosen)


@dataclass
class Totals:
    """What happened in many schedules."""

    schedules: int = 0
    accepted: int = 0
    told: int = 0
    dead: int = 0
    uncertain: int = 0
    told_again: int = 0
    faults: int = 0
    failures: list[str] = field(default_factory=list)

    def add(self, other: "Totals") -> None:
        """Count another's in."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


@dataclass(frozen=True)
class Simulation(Generic[World]):
    """Worlds of one kind.

    Attributes:
        run_world: Makes and runs one by its choices; gives it and what did not hold. It tells `note` what happens.
        count: Counts what happened in one.
    """

    run_world: Callable[..., tuple[World, list[str]]]
    count: Callable[[Totals, World], None]

    def run_schedules(
        self, seed: str, numbers: Sequence[int], *, max_failures: int = 1, **world: Any
    ) -> Totals:
        """Run schedules of a seed, until so many have failed; `world` is what their worlds are made with."""
        totals = Totals()
        for number in numbers:
            made, found = self.run_world(Choices(f"{seed}:{number}"), **world)
            totals.schedules += 1
            self.count(totals, made)
            if found:
                totals.failures.append(f"{seed}:{number}")
                if len(totals.failures) >= max_failures:
                    break
        return totals

    def story(self, name: str, **world: Any) -> Iterator[str]:
        """The story of a schedule that fails, made as small as it gets, and what does not hold in it.

        Args:
            name: The schedule, ``<seed>:<number>``.
            world: What its world was made with.
        """
        made, found = self.run_world(Choices(name), **world)
        if not found:
            yield f"{name}: nothing to object to"
            return

        def fails(numbers: Sequence[int]) -> bool:
            return bool(self.run_world(Choices(given=numbers), **world)[1])

        smallest = shrink(made.choices.made, fails)
        yield f"{name}, made smaller from {len(made.choices.made)} choices to {len(smallest)}:"
        lines: list[str] = []
        _, found = self.run_world(Choices(given=smallest), note=lines.append, **world)
        yield from lines
        yield from (f"=> {violation}" for violation in found)
