"""Ask ingest: ``python -m tests.fuzz --requests 1000000 --seed 1 --jobs 2``.

``--http`` deploys into a local account of its own and asks over HTTP; ``--story SEED:NUMBER`` tells one request that
fails, made small.
"""

import argparse
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed

from rich.console import Console
from rich.progress import Progress

import tests.conftest  # noqa: F401 - no way to an AWS account
from tests.fuzz import over_http
from tests.fuzz.run import Totals, run_requests, story

CHUNK = 5_000


def main() -> int:
    """Do as the command line says; 1 where something does not hold."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000, help="how many requests to make")
    parser.add_argument("--first", type=int, default=0, help="the number of the first one")
    parser.add_argument("--seed", default=str(int(time.time())), help="what they are drawn from")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many processes make them")
    parser.add_argument("--http", action="store_true", help="ask a deployment in a local account, over HTTP")
    parser.add_argument("--story", help="tell one request, SEED:NUMBER, made small if it fails")
    options = parser.parse_args()
    if options.story:
        return tell(options.story)
    numbers = range(options.first, options.first + options.requests)
    if options.http:
        return report(options.seed, over_http.ask(options.seed, numbers))
    totals = in_process(options.seed, numbers, options.jobs)
    for failure in totals.failures[:1]:
        tell(failure)
    return report(options.seed, totals)


def in_process(seed: str, numbers: range, jobs: int) -> Totals:
    """Ask in some processes, until something does not hold."""
    started = time.perf_counter()
    totals = Totals()
    parts = [numbers[start : start + CHUNK] for start in range(0, len(numbers), CHUNK)]
    with ProcessPoolExecutor(jobs) as pool, Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task(f"Seed {seed}", total=len(numbers))
        for done in as_completed([pool.submit(run_requests, seed, part) for part in parts]):
            totals.add(done.result())
            progress.update(task, completed=totals.requests)
            if totals.failures:
                pool.shutdown(cancel_futures=True)
                break
    totals.seconds = time.perf_counter() - started
    return totals


def report(seed: str, totals: Totals) -> int:
    """Say what came of it."""
    rate = totals.requests / totals.seconds
    statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(totals.statuses.items()))
    print(
        f"seed {seed}: {totals.requests:,} requests in {totals.seconds:,.0f} s, {rate:,.0f} a second\n"
        f"answers {statuses}; {totals.handshakes:,} known to be of handshakes; {totals.events:,} events published\n"
        f"the slowest took {totals.slowest * 1000:,.0f} ms"
    )
    for failure in totals.failures[:3]:
        print(f"{failure} does not hold")
    return bool(totals.failures)


def tell(name: str) -> int:
    """Tell the story of a request."""
    lines = list(story(name))
    print("\n".join(lines))
    return any(line.startswith("=> ") for line in lines)


if __name__ == "__main__":
    sys.exit(main())
