"""The figures as tables: on the console, and in ``docs/performance.md`` between its marks."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from bench.figure import Figure

PAGE: Final = Path(__file__).parents[1] / "docs" / "performance.md"

Rows = Sequence[Sequence[str]]
"""The first row is the head."""

_MEASURED: Final = re.compile(r"(<!-- measured: ([a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def parts(figures: Sequence[Figure]) -> Rows:
    """What the processor's milliseconds of each function are spent on."""
    measured = _with(figures, "parts_ms")
    names = list(dict.fromkeys(part for figure in measured for part in figure.facts["parts_ms"]))
    rows = [
        [
            _function(figure),
            f"{figure.facts['cpu_ms']:.2f}",
            f"{sum(figure.facts['calls'].values()):.1f}",
            f"{figure.facts['deliveries']:.1f}",
            *(f"{figure.facts['parts_ms'].get(name, 0.0):.2f}" for name in names),
        ]
        for figure in measured
    ]
    return [["Function", "ms", "calls", "deliveries of an event", *names], *rows]


def memory(figures: Sequence[Figure]) -> Rows:
    """Latency and dollars of each function by its memory; what is chosen is marked."""
    measured = _with(figures, "memory")
    sizes = list(measured[0].facts["memory"]) if measured else []
    rows = [
        [
            _function(figure),
            f"{figure.facts['waits_ms']:.0f}",
            *(
                _at(figure.facts["memory"][size], chosen=figure.facts["memory_mb"] == int(size))
                for size in sizes
            ),
        ]
        for figure in measured
    ]
    return [["Function", "waits, ms", *(f"{size} MB" for size in sizes)], *rows]


def all_figures(figures: Sequence[Figure]) -> Rows:
    """Every figure with its goal."""
    rows = [[figure.name, figure.shown, figure.shown_goal, figure.note] for figure in figures]
    return [["Figure", "Value", "Goal", "How"], *rows]


TABLES: Final = {"figures": all_figures, "parts": parts, "memory": memory}
"""By the names of their marks in the page."""


def written(page: str, figures: Sequence[Figure]) -> str:
    """The page with the tables of these figures between its marks."""
    return _MEASURED.sub(lambda found: found[1] + _markdown(TABLES[found[2]](figures)) + found[3], page)


def _markdown(rows: Rows) -> str:
    head, *others = rows
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *others]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _with(figures: Sequence[Figure], fact: str) -> list[Figure]:
    return [figure for figure in figures if fact in figure.facts]


def _function(figure: Figure) -> str:
    return figure.name.partition(":")[0]


def _at(taken: Mapping[str, float], *, chosen: bool) -> str:
    text = f"{taken['ms']:.0f} ms, ${taken['dollars']:.2f}"
    return f"**{text}**" if chosen else text


def shown_on_console(figures: Sequence[Figure]) -> Iterator[tuple[str, Rows]]:
    """The tables beside that of the figures, by their titles."""
    if _with(figures, "parts_ms"):
        yield "Where the processor's milliseconds of a delivery go", parts(figures)
        yield "A delivery, and dollars for a million, by memory", memory(figures)
