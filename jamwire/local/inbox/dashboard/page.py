"""Widgets as a page. Everything it needs is in it, and every text from outside is escaped."""

from collections.abc import Mapping, Sequence
from html import escape
from string import Template
from typing import Final

from jamwire.local.inbox.dashboard.chart import COLOURS, draw, figure, highest
from jamwire.local.inbox.dashboard.metrics import Span
from jamwire.local.inbox.dashboard.widgets import Alarm, Line, Widget
from lambdas.contracts.event import timestamp

SPANS: Final[Mapping[int, str]] = {15: "15 minutes", 60: "1 hour", 180: "3 hours", 1440: "1 day"}
"""Minutes that can be looked at."""

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
"""Nothing is loaded and nothing runs (Content-Security-Policy)."""

_STATES: Final = {"ALARM": "raised", "OK": "in order", "INSUFFICIENT_DATA": "not yet known"}

_STYLE: Final = """
:root { color-scheme: light dark; --text: #16191f; --dim: #545b64; --line: #d5dbdb; --ground: #f2f3f3;
  --box: #fff; --bad: #b5121b; --good: #1d7a2e; --c0: #1f5fa8; --c1: #c2410c; --c2: #1d7a2e; --c3: #b5121b;
  --c4: #6b3fa0; --c5: #7c4a2d; --c6: #b0217e; --c7: #59595f; --c8: #7a7400; --c9: #04757f; }
@media (prefers-color-scheme: dark) { :root { --text: #e9ebed; --dim: #a9b1bb; --line: #3b444f; --ground: #0f141a;
  --box: #192028; --bad: #ff8088; --good: #69d07d; --c0: #6fb1f5; --c1: #ff9d5c; --c2: #69d07d; --c3: #ff8088;
  --c4: #b99af0; --c5: #cf9f80; --c6: #f58bd0; --c7: #b4b4bd; --c8: #d6cf4a; --c9: #4fd0db; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; font: 14px/1.4 system-ui, sans-serif; color: var(--text); background: var(--ground); }
header { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; align-items: baseline; margin-bottom: .8rem; }
h1 { font-size: 1.3rem; margin: 0; }
h2 { font-size: .9rem; margin: 0 0 .3rem; }
nav { display: flex; flex-wrap: wrap; gap: .2rem .8rem; }
a { color: var(--c0); } a[aria-current] { color: var(--text); font-weight: 600; text-decoration: none; }
main { display: grid; grid-template-columns: repeat(24, minmax(0, 1fr)); grid-auto-rows: minmax(2.4rem, auto);
  gap: .6rem; }
section { background: var(--box); border: 1px solid var(--line); border-radius: 6px; padding: .6rem .7rem;
  display: flex; flex-direction: column; min-width: 0; }
.plot { position: relative; flex: 1; min-height: 5rem; }
.plot svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; }
.axis, .note { color: var(--dim); font-size: .8rem; }
.axis { display: flex; justify-content: space-between; }
path { fill: none; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
path.dot { stroke-width: 6; }
path.grid { stroke: var(--line); stroke-width: 1; }
$COLOURS
ul { list-style: none; margin: .3rem 0 0; padding: 0; font-size: .8rem; display: flex; flex-wrap: wrap;
  gap: .1rem .9rem; }
.now { font-size: 2.4rem; font-variant-numeric: tabular-nums; }
li b { font-variant-numeric: tabular-nums; }
i { display: inline-block; width: .7em; height: .7em; border-radius: 2px; margin-right: .35em; }
ul.alarms { font-size: .85rem; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(22rem, 100%), 1fr));
  gap: .3rem .9rem; }
.ALARM { color: var(--bad); font-weight: 600; } .OK { color: var(--good); } .INSUFFICIENT_DATA { color: var(--dim); }
p { margin: .2rem 0; white-space: pre-line; overflow-wrap: anywhere; font-weight: 400; color: var(--text); }
@media (max-width: 60rem) { main { display: flex; flex-direction: column; } .plot { min-height: 7rem; } }
"""

_PAGE: Final = Template("""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$name</title>
<style>$style</style>
<header><h1>$name</h1><nav aria-label="Time">$spans</nav><nav aria-label="Dashboards">$others</nav></header>
<main>$widgets</main>
""")


def render(name: str, others: Sequence[str], widgets: Sequence[Widget], span: Span, minutes: int) -> str:
    """The page of a dashboard."""
    colours = "\n".join(
        f"path.c{n} {{ stroke: var(--c{n}); }} i.c{n} {{ background: var(--c{n}); }}" for n in range(COLOURS)
    )
    return _PAGE.substitute(
        name=escape(name),
        style=Template(_STYLE).substitute(COLOURS=colours),
        spans="".join(_span_link(name, choice, minutes) for choice in SPANS),
        others="".join(f'<a href="?name={escape(other)}">{escape(other)}</a>' for other in others),
        widgets="".join(_widget(widget, span) for widget in widgets),
    )


def _span_link(name: str, choice: int, chosen: int) -> str:
    current = ' aria-current="page"' if choice == chosen else ""
    return f'<a href="?name={escape(name)}&amp;minutes={choice}"{current}>{SPANS[choice]}</a>'


def _widget(widget: Widget, span: Span) -> str:
    x, y, width, height = widget.place
    place = f"{y + 1} / {x + 1} / span {height} / span {width}"
    parts = [f"<h2>{escape(widget.title)}</h2>"]
    shown = widget.lines or widget.note
    if widget.alarms:
        parts.append(
            f'<ul class="alarms">{"".join(_alarm(alarm, in_full=not shown) for alarm in widget.alarms)}</ul>'
        )
    if widget.lines and not any(line.values for line in widget.lines):
        parts += [f'<div class="now">{figure(line.figure)}</div>' for line in widget.lines]
    elif widget.lines:
        parts += [_graph(widget, span), f"<ul>{''.join(map(_legend, range(99), widget.lines))}</ul>"]
    if widget.note:
        parts.append(f'<div class="note">{escape(widget.note)}</div>')
    return f'<section style="grid-area: {place}">{"".join(parts)}</section>'


def _graph(widget: Widget, span: Span) -> str:
    first, last = (timestamp(at)[11:16] for at in (span.start, span.end))
    return (
        f'<div class="axis"><span>{figure(highest(widget.lines))}</span></div>'
        f'<div class="plot">{draw(widget.lines, widget.title)}</div>'
        f'<div class="axis"><span>{first}</span><span>{last} UTC</span></div>'
    )


def _legend(number: int, line: Line) -> str:
    mark = f'<i class="c{number % COLOURS}"></i>'
    return f"<li>{mark}{escape(line.label)} <b>{figure(line.figure)}</b></li>"


def _alarm(alarm: Alarm, *, in_full: bool) -> str:
    state = _STATES.get(alarm.state, alarm.state)
    text = f"<p>{escape(alarm.text)}</p>" if alarm.state == "ALARM" and in_full else ""
    return f'<li class="{escape(alarm.state)}">{escape(alarm.name)}: {escape(state)}{text}</li>'
