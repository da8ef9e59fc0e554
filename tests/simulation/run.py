"""Runs schedules, counts what happened in them, and tells the story of one that fails."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.choices import Choices, shrink
from tests.simulation.invariants import after_redrive, violations
from tests.simulation.subscribers import modelled
from tests.simulation.world import World


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


def run_world(
    choices: Choices, *, note: Callable[[str], None] | None = None, **world: Any
) -> tuple[World, list[str]]:
    """Run one world, redrive its dead letters, and say what did not hold."""
    with modelled():
        made = World(choices, note=note, **world)
        found = list(violations(made, ended=made.run()))
        if not found:
            if note and any(subscriber.dead_letters.messages for subscriber in made.subscribers):
                made.note("an operator sends the dead letters once more")
            found = list(after_redrive(made, ended=made.redrive()))
    return made, found


def run_schedules(seed: str, numbers: Sequence[int], *, max_failures: int = 1, **world: Any) -> Totals:
    """Run schedules of a seed, until so many have failed."""
    totals = Totals()
    for number in numbers:
        made, found = run_world(Choices(f"{seed}:{number}"), **world)
        totals.schedules += 1
        _count(totals, made)
        if found:
            totals.failures.append(f"{seed}:{number}")
            if len(totals.failures) >= max_failures:
                break
    return totals


def _count(totals: Totals, world: World) -> None:
    totals.accepted += len(world.accepted)
    totals.faults += world.network.faults_made
    for subscriber in world.subscribers:
        outcomes: Counter[str] = Counter()
        for (outcome, _), count in subscriber.outcomes.items():
            outcomes[outcome] += count
        totals.dead += outcomes["dead"]
        totals.uncertain += outcomes["uncertain"] + outcomes["record_failed"]
        for destination in subscriber.destinations:
            told = Counter(key for _, keys in destination.told for key in keys)
            totals.told += len(told)
            totals.told_again += sum(told.values()) - len(told)


def story(name: str, **world: Any) -> Iterator[str]:
    """The story of a schedule that fails, made as small as it gets, and what does not hold in it.

    Args:
        name: The schedule, ``<seed>:<number>``.
        world: What its world was made with.
    """
    made, found = run_world(Choices(name), **world)
    if not found:
        yield f"{name}: nothing to object to"
        return
    smallest = shrink(made.choices.made, lambda numbers: bool(run_world(Choices(given=numbers), **world)[1]))
    yield f"{name}, made smaller from {len(made.choices.made)} choices to {len(smallest)}:"
    lines: list[str] = []
    _, found = run_world(Choices(given=smallest), note=lines.append, **world)
    yield from lines
    yield from (f"=> {violation}" for violation in found)
