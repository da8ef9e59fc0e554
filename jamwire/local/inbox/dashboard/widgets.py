"""A dashboard's widgets with their values.

Of what a dashboard's body may hold (CloudWatch API reference, "Dashboard body structure and syntax") this knows what
Jamwire's own uses; any other widget is named and left empty.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from jamwire.local.inbox.dashboard.metrics import Metric, Point, Span, along, statistic

Metrics = Mapping[Metric, Sequence[Point]]

_SEARCH: Final = re.compile(
    r"SEARCH\('\{(?P<schema>[^}]*)\}(?P<terms>[^']*)', '(?P<stat>[^']+)', \d+\)", re.DOTALL
)
_TERM: Final = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """An alarm as it stands.

    Attributes:
        arn: Its ARN.
        name: Its name.
        state: ``OK``, ``ALARM`` or ``INSUFFICIENT_DATA``.
        text: What it says.
        metric: What it watches; of an expression, the first metric in it.
        stat: Which statistic of that.
        threshold: The value that raises it.
        now: The metric's value at this moment, where something tells it.
    """

    arn: str
    name: str
    state: str
    text: str
    metric: Metric
    stat: str
    threshold: float
    now: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a graph.

    Attributes:
        label: Its name.
        values: From the span's start to its end; none where only the present is known.
        figure: The statistic of the whole span, or the present value.
        counts: Whether it counts, so that nothing is 0.
    """

    label: str
    values: Sequence[float | None]
    figure: float | None
    counts: bool


class Place(NamedTuple):
    """Where a widget is, in columns and rows of the grid."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Widget:
    """One widget.

    Attributes:
        title: Its title.
        place: Where it is.
        lines: What its graph shows.
        alarms: Whose states it shows.
        note: Why there is nothing to show.
    """

    title: str
    place: Place
    lines: Sequence[Line] = ()
    alarms: Sequence[Alarm] = ()
    note: str = ""


def evaluate(body: Mapping[str, Any], metrics: Metrics, alarms: Sequence[Alarm], span: Span) -> list[Widget]:
    """The widgets of a dashboard's body, with the values of a span."""
    by_arn = {alarm.arn: alarm for alarm in alarms}
    return [_widget(widget, metrics, by_arn, span) for widget in body["widgets"]]


def _widget(widget: Mapping[str, Any], metrics: Metrics, alarms: Mapping[str, Alarm], span: Span) -> Widget:
    properties = widget["properties"]
    place = Place(*(int(widget[name]) for name in ("x", "y", "width", "height")))
    title = str(properties.get("title", ""))
    named = properties.get("alarms") or properties.get("annotations", {}).get("alarms", [])
    known = [alarms[arn] for arn in named if arn in alarms]
    if widget["type"] == "alarm":
        return Widget(
            title=title, place=place, alarms=known, note="" if known else "There are no such alarms."
        )
    if "metrics" in properties:
        lines = [line for row in properties["metrics"] for line in _lines(row, metrics, span)]
        return Widget(title=title, place=place, lines=lines, note="" if lines else "Nothing yet.")
    lines = [line for alarm in known for line in _watched(alarm, metrics, span)]
    note = "" if lines else "Only AWS measures this."
    return Widget(title=title, place=place, lines=lines, alarms=known, note=note)


def _lines(row: Sequence[Any], metrics: Metrics, span: Span) -> Iterator[Line]:
    options = row[-1] if isinstance(row[-1], Mapping) else {}
    names = [part for part in row if isinstance(part, str)]
    if not names:
        yield from _found(str(options.get("expression", "")), metrics, span)
        return
    metric = Metric(names[0], names[1], frozenset(zip(names[2::2], names[3::2], strict=True)))
    label, stat = options.get("label") or metric.name, options.get("stat", "Average")
    yield _line(label, metrics.get(metric, ()), stat, span)


def _found(expression: str, metrics: Metrics, span: Span) -> Iterator[Line]:
    """The lines that a search finds, each named after what the search leaves open."""
    search = _SEARCH.fullmatch(expression)
    if not search:
        return
    namespace, *dimensions = (part.strip() for part in search["schema"].split(","))
    terms = dict(_TERM.findall(search["terms"]))
    for metric in sorted(metrics, key=lambda metric: sorted(metric.dimensions)):
        said = {"MetricName": metric.name, **dict(metric.dimensions)}
        if (
            metric.namespace == namespace
            and {name for name, _ in metric.dimensions} == set(dimensions)
            and terms.items() <= said.items()
        ):
            label = " ".join(value for name, value in said.items() if name not in terms)
            yield _line(label, metrics[metric], search["stat"], span)


def _watched(alarm: Alarm, metrics: Metrics, span: Span) -> Iterator[Line]:
    if alarm.now is not None:
        yield Line("now", (), alarm.now, counts=False)
    elif alarm.metric in metrics:
        yield _line(alarm.metric.name, metrics[alarm.metric], alarm.stat, span)


def _line(label: str, points: Sequence[Point], stat: str, span: Span) -> Line:
    inside = [point.value for point in points if span.bucket(point.at) is not None]
    counts = stat in ("Sum", "SampleCount")
    figure = statistic(inside, stat)
    return Line(label, along(points, stat, span), 0.0 if figure is None and counts else figure, counts)
