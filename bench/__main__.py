"""Run every measurement, or those named: ``python -m bench [--short] [NAME …]``.

The exit code is 1 where a goal is missed, with a line for each; before that it is measured again. The short form only
shows that everything can be measured: its few rounds are held to no goal, and it writes nothing.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from bench.environment import ENVIRONMENT
from bench.figure import Figure
from bench.tables import PAGE, Rows, shown_on_console, written

RESULT: Final = Path("bench.json")
MEASUREMENTS: Final = (
    "ingest",
    "functions",
    "cold-start",
    "memory",
    "layer",
    "runtime",
    "burst",
    "site-loop",
    "end-to-end",
    "live",
    "live-pages",
    "live-rate",
    "fan-out",
)
"""Modules of this package; each measures by itself, and is imported when it is its turn."""

TRIES: Final = 3
"""How often a measurement is taken of which a figure misses its goal: what else a machine does can only add to it."""

_MARKS: Final = {True: "met", False: "[red]missed[/red]", None: ""}


def main(names: Sequence[str], *, short: bool, write: bool) -> int:
    """Measure, write and show; gives the exit code."""
    os.environ |= ENVIRONMENT  # first: the functions' modules read it when they are imported
    progress = Console(stderr=True)
    figures: list[Figure] = []
    for name in names or MEASUREMENTS:
        began = time.monotonic()
        with progress.status(name):
            figures += _measure(name, short=True) if short else least_of(partial(_measure, name, short=False))
        progress.print(f"[dim]{name}: {time.monotonic() - began:.0f} s[/dim]")
    if short:
        figures = [replace(figure, goal=None) for figure in figures]
    else:
        results = [asdict(figure) | {"met": figure.met} for figure in figures]
        RESULT.write_text(json.dumps(results, indent=2) + "\n")
    if write:
        PAGE.write_text(written(PAGE.read_text(), figures))
    return show(figures, Console(width=None if sys.stdout.isatty() else 160))


def show(figures: Sequence[Figure], out: Console) -> int:
    """Print the table, and a line for each goal that is missed; gives the exit code."""
    out.print(_table(figures))
    for title, rows in shown_on_console(figures):
        out.print(f"\n{title}", *_aligned(rows), sep="\n")
    missed = [figure for figure in figures if figure.met is False]
    for figure in missed:
        out.print(f"[red]missed[/red] {figure.name}: {figure.shown}, goal {figure.shown_goal}")
    return 1 if missed else 0


def least_of(measure: Callable[[], Iterable[Figure]]) -> list[Figure]:
    """The figures of a measurement; where some miss their goals it is taken again, and of these the least counts."""
    figures = list(measure())
    for times in range(2, TRIES + 1):
        if all(figure.met is not False for figure in figures):
            break
        again = {figure.name: figure for figure in measure()}
        figures = [_lesser(figure, again.get(figure.name, figure), times) for figure in figures]
    return figures


def _lesser(figure: Figure, again: Figure, times: int) -> Figure:
    if figure.met is not False or again.value >= figure.value:
        return figure
    return replace(again, note=f"{again.note}; the least of {times} measurements".removeprefix("; "))


def _measure(name: str, *, short: bool) -> Iterator[Figure]:
    found: Iterator[Figure] = import_module(f"bench.{name.replace('-', '_')}").measure(short=short)
    return found


def _table(figures: Sequence[Figure]) -> Table:
    table = Table("Figure", "Value", "Goal", "", "Note", box=None, header_style="dim")
    for figure in figures:
        table.add_row(figure.name, figure.shown, figure.shown_goal, _MARKS[figure.met], figure.note)
    return table


def _aligned(rows: Rows) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *others in rows:
        texts = [text.rjust(width) for text, width in zip(others, widths[1:], strict=True)]
        yield "  ".join([first.ljust(widths[0]), *texts])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASUREMENTS))
    parser.add_argument("--short", action="store_true", help="only show that everything can be measured")
    parser.add_argument(
        "--write", action="store_true", help="write the tables of all into docs/performance.md"
    )
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in MEASUREMENTS]:
        parser.error(f"{', '.join(unknown)}: expected {', '.join(MEASUREMENTS)}")
    if options.write and (options.names or options.short):
        parser.error("--write writes the tables of all measurements: name none, and none short")
    return options


if __name__ == "__main__":
    options = _options()
    sys.exit(main(options.names, short=options.short, write=options.write))
