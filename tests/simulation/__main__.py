"""Run schedules: ``python -m tests.simulation --schedules 100000 --seed 1 --jobs 2``.

``--story SEED:NUMBER`` tells one schedule that fails, made small; ``--mutations`` shows that what is wrong is noticed;
``--outages`` prints how late events arrive after outages; ``--fan-outs`` does it all with what followers are told.
"""

import argparse
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tests.simulation import outages
from tests.simulation.fan_out_mutations import FAN_OUT_MUTATIONS
from tests.simulation.fan_out_run import FAN_OUTS
from tests.simulation.mutations import MUTATIONS
from tests.simulation.outage_mutations import OUTAGE_MUTATIONS
from tests.simulation.run import DELIVERIES
from tests.simulation.schedules import Simulation, Totals

CHUNK = 500
MUTANT_SCHEDULES = 20_000


def main() -> int:
    """Do as the command line says; 1 where something does not hold, or a mutation is not noticed."""
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--schedules", type=int, default=20_000, help="how many schedules to run")
    parser.add_argument("--first", type=int, default=0, help="the number of the first one")
    parser.add_argument("--seed", default=str(int(time.time())), help="what they are drawn from")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many processes run them")
    parser.add_argument("--story", help="tell one schedule, SEED:NUMBER, made small if it fails")
    parser.add_argument("--mutations", action="store_true", help="show that what is wrong is noticed")
    parser.add_argument("--outages", action="store_true", help="print how late events arrive after outages")
    parser.add_argument("--fan-outs", action="store_true", help="worlds of followers in place of subscribers")
    options = parser.parse_args()
    simulation = FAN_OUTS if options.fan_outs else DELIVERIES
    if options.outages:
        return outages.tell()
    if options.story:
        return tell(simulation, options.story)
    if options.mutations:
        return mutate(simulation, options.seed)
    return run(
        simulation, options.seed, range(options.first, options.first + options.schedules), options.jobs
    )


def run(simulation: Simulation[Any], seed: str, numbers: range, jobs: int) -> int:
    """Run schedules of a seed."""
    started = time.perf_counter()
    totals = Totals()
    parts = [numbers[start : start + CHUNK] for start in range(0, len(numbers), CHUNK)]
    with ProcessPoolExecutor(jobs) as pool, Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task(f"Seed {seed}", total=len(numbers))
        waiting = iter(parts)
        running = {pool.submit(simulation.run_schedules, seed, part) for part in islice(waiting, jobs * 2)}
        while running and not totals.failures:
            done = {future for future in running if future.done()}
            if not done:
                next(iter(running)).exception()  # wait for any
                continue
            for future in done:
                totals.add(future.result())
                progress.update(task, completed=totals.schedules)
            running -= done
            running |= {
                pool.submit(simulation.run_schedules, seed, part) for part in islice(waiting, len(done))
            }
        pool.shutdown(cancel_futures=True)
    seconds = time.perf_counter() - started
    print(
        f"seed {seed}: {totals.schedules:,} schedules in {seconds:,.0f} s, {totals.schedules / seconds:,.0f} a second\n"
        f"{totals.accepted:,} events accepted; {totals.told:,} deliveries and {totals.dead:,} dead letters; "
        f"{totals.faults:,} faults\n"
        f"{totals.uncertain:,} times counted that somebody may be told twice; told twice: {totals.told_again:,}"
    )
    for failure in totals.failures[:1]:
        tell(simulation, failure)
    if not totals.failures:
        print("every accepted event ended well")
    return bool(totals.failures)


def tell(simulation: Simulation[Any], name: str) -> int:
    """Tell the story of a schedule."""
    lines = list(simulation.story(name))
    print("\n".join(lines))
    return len(lines) > 1


def mutate(simulation: Simulation[Any], seed: str) -> int:
    """Run each mutation until it is noticed."""
    table = Table("Mutation", "What is wrong", "Noticed after", "By", box=None, header_style="dim")
    unnoticed = 0
    of_fan_outs = simulation is FAN_OUTS
    for name, mutation in (FAN_OUT_MUTATIONS if of_fan_outs else MUTATIONS).items():
        with mutation.made():
            totals = simulation.run_schedules(seed, range(MUTANT_SCHEDULES), **mutation.world)
            by = _first_violation(simulation, totals.failures[0], **mutation.world) if totals.failures else ""
        unnoticed += not totals.failures
        after = f"{totals.schedules:,} schedules" if totals.failures else "[red]never[/red]"
        table.add_row(name, mutation.says, after, by)
    for name, mutation in ({} if of_fan_outs else OUTAGE_MUTATIONS).items():
        with mutation.made():
            by = next(outages.all_violations(seed), "")
        unnoticed += not by
        table.add_row(name, mutation.says, "the outages" if by else "[red]never[/red]", by)
    Console(width=None if sys.stdout.isatty() else 170).print(table)
    return bool(unnoticed)


def _first_violation(simulation: Simulation[Any], name: str, **world: Any) -> str:
    return next(line for line in simulation.story(name, **world) if line.startswith("=> "))


if __name__ == "__main__":
    sys.exit(main())
