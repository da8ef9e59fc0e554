"""Run every measurement: ``python -m bench [NAME …]``."""

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from bench import burst, cold_start, end_to_end, ingest, layer, live, memory, runtime, site_loop
from bench.figure import Figure

RESULT: Final = Path("bench.json")
MEASUREMENTS: Final[dict[str, Callable[[], Iterable[Figure]]]] = {
    "ingest": ingest.measure,
    "cold-start": cold_start.measure,
    "memory": memory.measure,
    "layer": layer.measure,
    "runtime": runtime.measure,
    "burst": burst.measure,
    "site-loop": site_loop.measure,
    "end-to-end": end_to_end.measure,
    "live": live.measure,
}
_MARKS: Final = {True: "met", False: "[red]missed[/red]", None: ""}


def main(names: list[str]) -> int:
    """Measure, show and write; 1 where a goal is missed."""
    console = Console(stderr=True)
    figures: list[Figure] = []
    for name in names or MEASUREMENTS:
        with console.status(name):
            figures += MEASUREMENTS[name]()
    RESULT.write_text(
        json.dumps([asdict(figure) | {"met": figure.met} for figure in figures], indent=2) + "\n"
    )
    table = Table("Figure", "Value", "Goal", "", "Note", box=None, header_style="dim")
    for figure in figures:
        goal = "" if figure.goal is None else f"≤ {figure.goal:g} {figure.unit}"
        table.add_row(figure.name, f"{figure.value:.3g} {figure.unit}", goal, _MARKS[figure.met], figure.note)
    Console(width=None if sys.stdout.isatty() else 160).print(table)
    return 1 if any(figure.met is False for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
