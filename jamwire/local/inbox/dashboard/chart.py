"""Lines as a picture, in SVG that fills whatever box it is put into."""

from collections.abc import Sequence
from html import escape
from typing import Final

from jamwire.local.inbox.dashboard.metrics import BUCKETS
from jamwire.local.inbox.dashboard.widgets import Line

WIDTH: Final = 600
HEIGHT: Final = 100
MARGIN: Final = 4
COLOURS: Final = 10
"""As many as the page's style has; then they begin again."""


def draw(lines: Sequence[Line], title: str) -> str:
    """The picture, with all of its figures in words."""
    top = highest(lines)
    words = ", ".join(f"{line.label} {figure(line.figure)}" for line in lines)
    paths = "".join(_drawn(line, number % COLOURS, top) for number, line in enumerate(lines))
    grid = "".join(f"M0 {_y(at, top)}H{WIDTH}" for at in (0, top / 2, top))
    return (
        f'<svg role="img" aria-label="{escape(f"{title}: {words}")}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'preserveAspectRatio="none"><path class="grid" d="{grid}"/>{paths}</svg>'
    )


def highest(lines: Sequence[Line]) -> float:
    """The value at the picture's upper edge."""
    return max([value for line in lines for value in line.values if value is not None] + [1.0])


def figure(value: float | None) -> str:
    """A value for people."""
    if value is None:
        return "none"
    return f"{value:,.0f}" if value == round(value) or value >= 100 else f"{value:,.1f}"


def _drawn(line: Line, colour: int, top: float) -> str:
    """A count goes down to 0 where there is nothing; what is measured is a dot, as there may be nothing beside it."""
    if not any(line.values):
        return ""
    if line.counts:
        path = "L".join(_at(number, value or 0.0, top) for number, value in enumerate(line.values))
        return f'<path class="c{colour}" d="M{path}"/>'
    dots = (f"M{_at(number, v, top)}h0" for number, v in enumerate(line.values) if v is not None)
    return f'<path class="dot c{colour}" d="{"".join(dots)}"/>'


def _at(number: int, value: float, top: float) -> str:
    return f"{round((number + 0.5) / BUCKETS * WIDTH, 1)} {_y(value, top)}"


def _y(value: float, top: float) -> float:
    return round(HEIGHT - MARGIN - value / top * (HEIGHT - 2 * MARGIN), 1)
