"""What stacks tell their hub of themselves, so that the dashboard can show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import aws_cloudwatch as cloudwatch

from stacks.constructs.metrics import service_metric


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """Names of a subscriber. None of them is a reference to a resource, which would tie stacks together.

    Attributes:
        name: Its name to people: ``Jamwire-Slack``.
        service: Its name in logs and metrics.
        custom_metrics: Metrics that it counts beside those of the runtime.
        dead_letters_alarm: Name of the alarm on its dead letters.
    """

    name: str
    service: str
    custom_metrics: tuple[str, ...]
    dead_letters_alarm: str

    def metric(self, name: str, statistic: str = "Sum") -> cloudwatch.Metric:
        """A metric of its function."""
        return service_metric(self.service, name, statistic)


@dataclass(frozen=True, slots=True, kw_only=True)
class Graphs:
    """A row of graphs, for what is no subscriber.

    Attributes:
        metrics: What each graph shows, by its title.
        alarms: Names of alarms whose metrics are shown with their thresholds, by the graphs' titles.
    """

    metrics: Mapping[str, Sequence[cloudwatch.IMetric]]
    alarms: Mapping[str, str]
