"""Figures over time: the metrics that the dashboard shows, as series of points.

On AWS CloudWatch has them. A local account has no metrics: there they are counted from the log lines of which
CloudWatch would make them (`jamwire.operations.embedded_metrics`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from jamwire.operations import embedded_metrics
from jamwire.operations.aws import aws_errors
from jamwire.operations.deployment import Deployment
from jamwire.operations.queue_depths import depth_of
from jamwire.operations.subscribers import DeployedSubscriber, find_subscribers
from lambdas.contracts.batched import batched
from lambdas.contracts.metrics import (
    ACCEPTED,
    AGE,
    AGE_STATISTICS,
    DELIVERED,
    ENDPOINT,
    NAMESPACE,
    OLDEST,
    QUEUE,
    QUEUES,
    REASON,
    REJECTED,
    SERVICE,
    THROTTLED,
    WAITING,
    by_dimension,
)

Group = Literal["accepted", "rejected", "delivered", "age", "waiting", "dead"]
Point = tuple[float, float]
"""Unix time at which a period begins, and the value of it."""

INGEST: Final = "Ingest"
"""Last part of ingest's name in logs and metrics (`stacks.hub`)."""

MAX_QUERIES: Final = 500
"""In one call (CloudWatch API reference, `GetMetricData`)."""

DAY_PERIOD: Final = 3600


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric that people look at.

    Attributes:
        group: Which chart it is on.
        title: Its name there; of what is found by an expression, the words before each name.
        unit: What a value counts.
        metric: The metric's name.
        stat: How a period's values become one.
        dimensions: Whose.
        by: The dimension by whose values there are several.
        expression: What finds them.
    """

    group: Group
    title: str
    unit: str
    metric: str
    stat: str
    dimensions: Mapping[str, str]
    by: str = ""
    expression: str = ""

    @property
    def namespace(self) -> str:
        """Who counts it."""
        return QUEUES if QUEUE in self.dimensions else NAMESPACE


@dataclass(frozen=True, slots=True)
class Series:
    """A figure's points, in the order of time."""

    id: str
    group: Group
    title: str
    unit: str
    stat: str
    points: Sequence[Point]


def figures_of(deployment: Deployment, period: int) -> list[Figure]:
    """The figures of a deployment.

    Raises:
        OperationError: The account cannot be asked.
    """
    ingest = f"{deployment.name}-{INGEST}"
    found = [Figure("accepted", "accepted", "events", ACCEPTED, "Sum", {SERVICE: ingest})]
    for metric, dimension, words in ((REJECTED, REASON, ""), (THROTTLED, ENDPOINT, "throttled: ")):
        expression = by_dimension(metric, ingest, dimension, period)
        found.append(
            Figure("rejected", words, "requests", metric, "Sum", {SERVICE: ingest}, dimension, expression)
        )
    for subscriber in find_subscribers(deployment).values():
        found += _figures_at(subscriber)
    return found


def read_figures(deployment: Deployment, *, since: float, until: float, period: int) -> list[Series]:
    """The series of all figures.

    Args:
        deployment: The deployment.
        since: Unix time of the first period's beginning.
        until: Unix time of the end.
        period: Seconds that one point stands for.

    Raises:
        OperationError: The account cannot be asked.
    """
    figures = figures_of(deployment, period)
    if not deployment.local_url:
        return _from_cloudwatch(deployment, figures, since, until, period)
    counted = [figure for figure in figures if figure.namespace == NAMESPACE]
    return [
        *_from_logs(deployment, counted, since, until, period),
        *_queues_now(deployment, until),
    ]


def delivered_since(deployment: Deployment, since: float, until: float) -> dict[str, int]:
    """How many events each subscriber has delivered since a time, by its name.

    Raises:
        OperationError: The account cannot be asked.
    """
    figures = [
        Figure("delivered", name, "events", DELIVERED, "Sum", {SERVICE: subscriber.service})
        for name, subscriber in find_subscribers(deployment).items()
    ]
    read = _from_logs if deployment.local_url else _from_cloudwatch
    series = read(deployment, figures, since, until, DAY_PERIOD)
    return {each.title: round(sum(value for _, value in each.points)) for each in series}


def _figures_at(subscriber: DeployedSubscriber) -> Iterator[Figure]:
    name, service = subscriber.name, {SERVICE: subscriber.service}
    yield Figure("delivered", name, "events", DELIVERED, "Sum", service)
    for stat in AGE_STATISTICS:
        yield Figure("age", f"{name} {stat}", "ms", AGE, stat, service)
    for group, url in _queues(subscriber):
        yield Figure(group, name, "messages", WAITING, "Maximum", {QUEUE: url.rpartition("/")[2]})


def _queues(subscriber: DeployedSubscriber) -> Iterator[tuple[Group, str]]:
    yield "waiting", subscriber.queue_url
    yield "dead", subscriber.dead_letters_url


def _from_cloudwatch(
    deployment: Deployment, figures: Sequence[Figure], since: float, until: float, period: int
) -> list[Series]:
    found: list[Series] = []
    for batch in batched(figures, MAX_QUERIES):
        by_id = {f"f{number}": figure for number, figure in enumerate(batch)}
        with aws_errors():
            pages = (
                deployment.client("cloudwatch")
                .get_paginator("get_metric_data")
                .paginate(
                    MetricDataQueries=[_query(id, figure, period) for id, figure in by_id.items()],
                    StartTime=since,
                    EndTime=until,
                    ScanBy="TimestampAscending",
                )
            )
            results = [result for page in pages for result in page["MetricDataResults"]]
        found += _joined(results, by_id)
    return found


def _query(id: str, figure: Figure, period: int) -> dict[str, Any]:
    if figure.expression:
        return {
            "Id": id,
            "Expression": figure.expression,
            "Label": f"${{PROP('Dim.{figure.by}')}}",
            "Period": period,
        }
    dimensions = [{"Name": name, "Value": value} for name, value in figure.dimensions.items()]
    metric = {"Namespace": figure.namespace, "MetricName": figure.metric, "Dimensions": dimensions}
    return {"Id": id, "MetricStat": {"Metric": metric, "Period": period, "Stat": figure.stat}}


def _joined(results: Sequence[Mapping[str, Any]], by_id: Mapping[str, Figure]) -> list[Series]:
    """The series of what CloudWatch answers in pages: one for each figure, and for each reason."""
    points: dict[tuple[str, str], list[Point]] = {}
    for result in results:
        figure = by_id[result["Id"]]
        title = f"{figure.title}{result.get('Label', '')}" if figure.by else figure.title
        times = (moment.timestamp() for moment in result["Timestamps"])
        points.setdefault((result["Id"], title), []).extend(zip(times, result["Values"], strict=True))
    return [_series(by_id[id], title, sorted(its)) for (id, title), its in points.items()]


def _from_logs(
    deployment: Deployment, figures: Sequence[Figure], since: float, until: float, period: int
) -> list[Series]:
    values = embedded_metrics.read_values(deployment, since=since, until=until)
    found: list[Series] = []
    for figure in figures:
        if not figure.expression:
            its = values.get(embedded_metrics.key(figure.metric, figure.dimensions), ())
            found.append(_series(figure, figure.title, embedded_metrics.points(its, period, figure.stat)))
            continue
        for (name, dimensions), its in values.items():
            sought = dict(dimensions)
            if name == figure.metric and sought.keys() == {SERVICE, figure.by}:
                points = embedded_metrics.points(its, period, figure.stat)
                found.append(_series(figure, f"{figure.title}{sought[figure.by]}", points))
    return found


def _queues_now(deployment: Deployment, now: float) -> Iterator[Series]:
    """What waits in the queues at this moment: a local account keeps no record of it."""
    for subscriber in find_subscribers(deployment).values():
        for group, url in _queues(subscriber):
            point = (now, float(depth_of(deployment, url).waiting))
            figure = Figure(group, subscriber.name, "messages", WAITING, "Maximum", {})
            yield _series(figure, subscriber.name, [point])


def oldest_ages(deployment: Deployment, now: float) -> dict[str, float]:
    """How long the oldest message of each subscriber's queue has been there, seconds, by its name.

    Of a queue in which nothing is, and on a local account, nothing is known.

    Raises:
        OperationError: The account cannot be asked.
    """
    if deployment.local_url:
        return {}
    figures = [
        Figure("waiting", name, "s", OLDEST, "Maximum", {QUEUE: subscriber.queue_url.rpartition("/")[2]})
        for name, subscriber in find_subscribers(deployment).items()
    ]
    series = _from_cloudwatch(deployment, figures, now - 600, now, 300)
    return {each.title: each.points[-1][1] for each in series if each.points}


def _series(figure: Figure, title: str, points: Sequence[Point]) -> Series:
    id = "-".join(filter(None, (figure.group, title.replace(" ", "-"))))
    return Series(id, figure.group, title, figure.unit, figure.stat, points)
