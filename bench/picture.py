"""A line chart as SVG."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

WIDTH, HEIGHT = 760, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 40, 44
COLOURS: Final = ("#2563eb", "#dc2626", "#059669")
STEPS: Final = 5

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its name."""

    name: str
    points: Sequence[Point]


def picture(title: str, x_label: str, y_label: str, lines: Sequence[Line]) -> str:
    """The chart; both axes begin at zero."""
    points = [point for line in lines for point in line.points]
    top_x, top_y = (_round_up(max(point[axis] for point in points)) for axis in (0, 1))

    def place(point: Point) -> Point:
        x = LEFT + point[0] / top_x * (WIDTH - LEFT - RIGHT)
        return round(x, 1), round(HEIGHT - BOTTOM - point[1] / top_y * (HEIGHT - TOP - BOTTOM), 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        'font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        _text(LEFT, 20, title, 'font-size="14" font-weight="bold"'),
        *(part for step in range(STEPS + 1) for part in _marks(step / STEPS, top_x, top_y)),
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, x_label, 'text-anchor="middle" fill="#555"'),
        _text(LEFT, 35, y_label, 'fill="#555"'),
    ]
    for number, line in enumerate(lines):
        path = " ".join(f"{x},{y}" for x, y in map(place, line.points))
        colour = COLOURS[number % len(COLOURS)]
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(_text(WIDTH - RIGHT - 48 * (len(lines) - number), 20, line.name, f'fill="{colour}"'))
    return "\n".join([*parts, "</svg>", ""])


def _marks(share: float, top_x: float, top_y: float) -> Iterator[str]:
    """A grid line with its value on each axis."""
    y = HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)
    x = LEFT + share * (WIDTH - LEFT - RIGHT)
    yield f'<line x1="{LEFT}" y1="{y:g}" x2="{WIDTH - RIGHT}" y2="{y:g}" stroke="#ddd"/>'
    yield _text(LEFT - 6, y + 4, f"{share * top_y:g}", 'text-anchor="end" fill="#555"')
    yield _text(x, HEIGHT - BOTTOM + 16, f"{share * top_x:g}", 'text-anchor="middle" fill="#555"')


def _text(x: float, y: float, text: str, attributes: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" {attributes}>{escape(text)}</text>'


def _round_up(value: float) -> float:
    """The next round number: its axis has room for the value, and not for much more."""
    size = 10.0 ** math.floor(math.log10(value)) if value > 0 else 1.0
    return next(step * size for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if step * size >= value)
