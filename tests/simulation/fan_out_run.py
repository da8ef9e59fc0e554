"""The simulation of fan-outs: its worlds, and what is counted in them."""

from collections.abc import Callable
from typing import Any, Final

from tests.fakes.choices import Choices
from tests.simulation.fan_out_invariants import dead_again, violations
from tests.simulation.fan_outs import FanOutWorld, modelled
from tests.simulation.schedules import Simulation, Totals


def run_world(
    choices: Choices, *, note: Callable[[str], None] | None = None, **world: Any
) -> tuple[FanOutWorld, list[str]]:
    """Run one world, redrive its dead letters, and say what did not hold."""
    with modelled():
        made = FanOutWorld(choices, note=note, **world)
        ended = made.run() and made.redrive()
        return made, [*violations(made, ended=ended), *dead_again(made)]


def _count(totals: Totals, world: FanOutWorld) -> None:
    plans = [name for name in (*world.fan_outs, *world.digest_runs) if world.plan(name)]
    totals.accepted += len(plans)
    totals.faults += world.network.faults_made + world.deaths
    totals.dead += world.letters
    totals.uncertain += sum(world.counted(name)["uncertain"] for name in plans)
    for tellings in world.channel.told.values():
        totals.told += bool(tellings.at)
        totals.told_again += max(len(tellings.at) - 1, 0)


FAN_OUTS: Final = Simulation(run_world, _count)
