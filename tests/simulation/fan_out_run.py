"""Runs schedules of fan-outs, counts what happened in them, and tells the story of one that fails."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tests.fakes.choices import Choices, shrink
from tests.simulation.fan_out_invariants import dead_again, violations
from tests.simulation.fan_outs import FanOutWorld, modelled
from tests.simulation.run import Totals


def run_world(
    choices: Choices, *, note: Callable[[str], None] | None = None, **world: Any
) -> tuple[FanOutWorld, list[str]]:
    """Run one world, redrive its dead letters, and say what did not hold."""
    with modelled():
        made = FanOutWorld(choices, note=note, **world)
        ended = made.run() and made.redrive()
        return made, [*violations(made, ended=ended), *dead_again(made)]


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


def _count(totals: Totals, world: FanOutWorld) -> None:
    plans = [name for name in (*world.fan_outs, *world.digest_runs) if world.plan(name)]
    totals.accepted += len(plans)
    totals.faults += world.network.faults_made + world.deaths
    totals.dead += world.letters
    totals.uncertain += sum(world.counted(name)["uncertain"] for name in plans)
    for tellings in world.channel.told.values():
        totals.told += bool(tellings.at)
        totals.told_again += max(len(tellings.at) - 1, 0)


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
