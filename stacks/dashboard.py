"""What a person wants to see of a deployment at a glance: one dashboard of CloudWatch.

It knows metrics and alarms by their names and refers to no resource of another stack. So a subscriber can be destroyed
and deployed by itself: the dashboard then shows nothing of it, and is not in its way.
"""

from collections.abc import Iterator
from functools import cache
from typing import Final

import jsii
from aws_cdk import ArnFormat, Aspects, Duration, IAspect
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct, IConstruct

from lambdas.contracts.metrics import (
    AGAIN,
    AGE,
    AGE_STATISTICS,
    CAME_IN,
    DOUBTS,
    ENDPOINT,
    HANDED_OVER,
    PERIOD_SECONDS,
    REASON,
    REJECTED,
    THROTTLED,
    by_dimension,
)
from stacks.constructs.metrics import PERIOD
from stacks.constructs.registration import Graphs, Registration
from stacks.constructs.stack import JamwireStack
from stacks.hub import HubStack

COLUMNS: Final = 24
HEIGHT: Final = 6


class DashboardStack(JamwireStack):
    """Alarms, what came in, and for each subscriber what became of it.

    It shows every subscriber and every alarm of the hub's deployment, wherever in the rulebook it stands itself.

    Args:
        scope: The app.
        id: Last part of the stack's name.
        hub: The hub.
    """

    def __init__(self, scope: Construct, id: str, *, hub: HubStack) -> None:
        super().__init__(scope, id, hub=hub, description="Jamwire: the dashboard")
        self._alarm = cache(self._known_alarm)
        dashboard = cloudwatch.Dashboard(
            self,
            "Dashboard",
            # Dashboards are known in all regions of an account.
            dashboard_name=f"{hub.deployment}-{self.region}",
            default_interval=Duration.days(1),
        )
        Aspects.of(dashboard).add(_FillAtSynthesis(self, hub, dashboard))

    def rows(self, hub: HubStack) -> Iterator[list[cloudwatch.IWidget]]:
        """The widgets, row by row."""
        yield [
            cloudwatch.AlarmStatusWidget(
                alarms=[self._alarm(name) for name in hub.alarm_names],
                title="Alarms",
                width=COLUMNS,
                height=2 + len(hub.alarm_names) // 4,
            )
        ]
        yield list(self._hub_row(hub))
        for subscriber in hub.subscribers:
            yield list(self._row(subscriber))
        for graphs in hub.graphs:
            yield list(self._graphs(graphs))

    def _hub_row(self, hub: HubStack) -> Iterator[cloudwatch.IWidget]:
        by_reason = _search(REJECTED, hub.service, REASON)
        throttled = _search(THROTTLED, hub.service, ENDPOINT)
        width = COLUMNS // 3
        yield _graph(
            f"{hub.deployment}: accepted, rejected, not understood", width, *map(hub.metric, CAME_IN)
        )
        yield _graph(f"{hub.deployment}: rejected by reason, throttled", width, by_reason, throttled)
        yield self._graph_of_alarm(f"{hub.deployment}: ingest errors", width, hub.ingest_errors_alarm)

    def _row(self, subscriber: Registration) -> Iterator[cloudwatch.IWidget]:
        name, metric = subscriber.name, subscriber.metric
        ages = (metric(AGE, statistic).with_(label=statistic) for statistic in AGE_STATISTICS)
        yield _graph(f"{name}: delivered", 5, *map(metric, (*HANDED_OVER, *subscriber.custom_metrics)))
        yield _graph(f"{name}: age at delivery, ms", 5, *ages)
        yield _graph(f"{name}: tried again", 4, *map(metric, AGAIN))
        yield _graph(f"{name}: to be looked at", 5, *map(metric, DOUBTS))
        yield self._graph_of_alarm(f"{name}: dead letters", 5, subscriber.dead_letters_alarm)

    def _graphs(self, graphs: Graphs) -> Iterator[cloudwatch.IWidget]:
        width = COLUMNS // (len(graphs.metrics) + len(graphs.alarms))
        for title, metrics in graphs.metrics.items():
            yield _graph(title, width, *metrics)
        for title, name in graphs.alarms.items():
            yield self._graph_of_alarm(title, width, name)

    def _graph_of_alarm(self, title: str, width: int, name: str) -> cloudwatch.IWidget:
        """What an alarm watches, with its threshold: here, metrics of resources whose names only AWS knows."""
        return cloudwatch.AlarmWidget(alarm=self._alarm(name), title=title, width=width, height=HEIGHT)

    def _known_alarm(self, name: str) -> cloudwatch.IAlarm:
        arn = self.format_arn(
            service="cloudwatch",
            resource="alarm",
            resource_name=name,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        return cloudwatch.Alarm.from_alarm_arn(self, name, arn)


@jsii.implements(IAspect)
class _FillAtSynthesis:
    """Puts the widgets onto the dashboard when the whole rulebook has been read."""

    def __init__(self, stack: DashboardStack, hub: HubStack, dashboard: cloudwatch.Dashboard) -> None:
        self._stack = stack
        self._hub = hub
        self._dashboard = dashboard

    def visit(self, node: IConstruct) -> None:
        if node is self._dashboard:
            for row in self._stack.rows(self._hub):
                self._dashboard.add_widgets(*row)


def _search(metric: str, service: str, dimension: str) -> cloudwatch.SearchExpression:
    """All that a metric of a function has by one more dimension."""
    expression = by_dimension(metric, service, dimension, PERIOD_SECONDS)
    return cloudwatch.SearchExpression(expression=expression, label="", period=PERIOD)


def _graph(title: str, width: int, *metrics: cloudwatch.IMetric) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(
        title=title,
        left=list(metrics),
        left_y_axis=cloudwatch.YAxisProps(min=0, show_units=False),
        width=width,
        height=HEIGHT,
        period=PERIOD,
    )
