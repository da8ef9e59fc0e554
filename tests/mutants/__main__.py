"""Draw small changes of the functions' code and see whether tests notice each of them.

``python -m tests.mutants --mutants 150 --seed 1``, or of some folders of `lambdas/` only: ``… cdn sms``.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tests.mutants.children import Verdict
from tests.mutants.imported import ROOT
from tests.mutants.places import area_of, suites_of
from tests.mutants.sample import sample
from tests.mutants.trial import judge

GOAL = 0.95


def main() -> int:
    """Do as the command line says; 1 where fewer are noticed than `GOAL`."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--mutants", type=int, default=150, help="how many to draw")
    parser.add_argument("--seed", default=str(int(time.time())), help="what they are drawn from")
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, help="how many are tried at a time"
    )
    parser.add_argument(
        "--tests", nargs="+", help="the tests that have to notice, instead of those of the place"
    )
    parser.add_argument(
        "areas", nargs="*", metavar="area", help="folders or files of lambdas/ to draw from; all if missing"
    )
    options = parser.parse_args()
    started = time.monotonic()
    drawn = sample(ROOT, options.mutants, options.seed, options.areas)
    mutants = {one: tuple(options.tests or suites_of(one.path)) for one in drawn}
    console = Console(width=None if sys.stdout.isatty() else 170, highlight=False)
    verdicts = list(told(judge(mutants, options.workers), console))
    console.print(by_area(verdicts))
    seconds = time.monotonic() - started
    print(f"seed {options.seed}: {share(verdicts)}, in {seconds:,.0f} s; goal {GOAL:.0%}")
    return sum(verdict.noticed for verdict in verdicts) < GOAL * len(verdicts)


def told(verdicts: Iterable[Verdict], console: Console) -> Iterator[Verdict]:
    """Print each of them."""
    for verdict in verdicts:
        mutant = verdict.mutant
        word = "noticed" if verdict.noticed else "[red]missed[/red] "
        place = f"{mutant.path}:{mutant.line} {mutant.function}"
        console.print(f"{word} {verdict.seconds:5.1f} s  {escape(f'{place}: {mutant.change}')}")
        yield verdict


def by_area(verdicts: Sequence[Verdict]) -> Table:
    """How many were noticed in each folder of `lambdas/`."""
    table = Table("lambdas/", "Noticed", box=None, header_style="dim")
    areas: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        areas.setdefault(area_of(verdict.mutant.path), []).append(verdict)
    for area, some in sorted(areas.items()):
        table.add_row(area, share(some))
    return table


def share(verdicts: Sequence[Verdict]) -> str:
    """“93 of 120 noticed (77.5%)”."""
    noticed = sum(verdict.noticed for verdict in verdicts)
    return f"{noticed} of {len(verdicts)} noticed ({noticed / max(len(verdicts), 1):.1%})"


if __name__ == "__main__":
    sys.exit(main())
