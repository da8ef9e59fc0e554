"""The simulation of deliveries: its worlds, and what is counted in them."""

from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from tests.fakes.choices import Choices
from tests.simulation.invariants import after_redrive, violations
from tests.simulation.schedules import Simulation, Totals
from tests.simulation.subscribers import modelled
from tests.simulation.world import World


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


DELIVERIES: Final = Simulation(run_world, _count)
