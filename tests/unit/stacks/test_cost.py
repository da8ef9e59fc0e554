"""What a deployment costs at rest is counted: alarms by their metrics, secrets, and queues that are polled for ever."""

from collections.abc import Collection
from typing import Any, NamedTuple

from tests.unit.stacks.rulebook import resources, shipped

AUDIENCE = "Jamwire-Audience"
"""Which is in addition, as it is the people's and not the team's."""


class AtRest(NamedTuple):
    """What is paid for each month although nothing happens."""

    alarm_metrics: int
    secrets: int
    limited_queues: int
    """Lambda polls them with five pollers for ever, others with two."""
    other_queues: int

    @property
    def dollars(self) -> float:
        """List prices of us-east-1: a metric of an alarm, a secret, and a million calls of SQS."""
        polls = self.limited_queues * 648_000 + self.other_queues * 259_200
        return 0.10 * self.alarm_metrics + 0.40 * self.secrets + 0.40 * polls / 1_000_000


def at_rest(stacks: Collection[str]) -> AtRest:
    def found(kind: str) -> list[dict[str, Any]]:
        return [r for name in stacks for r in resources(shipped()[f"Jamwire-{name}"], kind)]

    mappings = found("AWS::Lambda::EventSourceMapping")
    limited = [m for m in mappings if "ScalingConfig" in m]
    # An expression costs as much as the metrics in it.
    metrics = [
        max(1, str(alarm.get("Metrics", [])).count("MetricStat")) for alarm in found("AWS::CloudWatch::Alarm")
    ]
    secrets = found("AWS::SecretsManager::Secret")
    return AtRest(sum(metrics), len(secrets), len(limited), len(mappings) - len(limited))


def test_hub_with_slack_costs_less_than_a_dollar_sixty() -> None:
    cost = at_rest(["Hub", "Slack"])
    assert cost == AtRest(alarm_metrics=5, secrets=2, limited_queues=1, other_queues=0)
    assert cost.dollars <= 1.60


def test_whole_rulebook_costs_less_than_five_dollars() -> None:
    everything = [name.removeprefix("Jamwire-") for name in shipped() if name != AUDIENCE]
    cost = at_rest(everything)
    assert cost == AtRest(alarm_metrics=23, secrets=3, limited_queues=4, other_queues=4)
    assert cost.dollars <= 5.00


def test_audience_by_all_channels_costs_less_than_two_dollars() -> None:
    cost = at_rest(["Audience"])
    assert cost == AtRest(alarm_metrics=6, secrets=1, limited_queues=2, other_queues=4)
    assert cost.dollars <= 2.00


def test_only_a_rate_limit_keeps_five_pollers_busy() -> None:
    others = {name: template for name, template in shipped().items() if name != AUDIENCE}
    for name, template in others.items():
        functions = resources(template, "AWS::Lambda::Function")
        is_limited = any("RATE_LIMIT" in f.get("Environment", {}).get("Variables", {}) for f in functions)
        for mapping in resources(template, "AWS::Lambda::EventSourceMapping"):
            assert ("ScalingConfig" in mapping) is is_limited, name
