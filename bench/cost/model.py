"""The whole model: what is deployed, what an event takes, and what both cost."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

from bench.cost.at_rest import at_rest
from bench.cost.prices import Bill, dollars, together, total
from bench.cost.taken import (
    Taken,
    cost_of_ingest,
    cost_of_subscriber,
    try_out,
)
from bench.cost.templates import DeployedFunction, Template, functions
from stacks.constructs.function import memory_of

INGEST: Final = "ingest"
SUBSCRIBERS: Final = ("slack", "sms", "cdn", "rebuild", "story", "live", "archive")
STRANGERS: Final = ("unknown endpoint", "bad signature")

RULEBOOKS: Final[Mapping[str, tuple[str, ...]]] = {
    "hub + Slack": ("Hub", "Slack"),
    "hub + Slack, Sms, Cdn": ("Hub", "Slack", "Sms", "Cdn"),
    "whole rulebook": (),
    "the dashboard, in addition": ("Dashboard",),
    "the audience by all channels, in addition": ("Audience",),
}
"""Deployments by their stacks; the whole one is every stack but those that are named in addition."""

IN_ADDITION: Final = ("Dashboard", "Audience")

TOGETHER: Final = {
    "one subscriber (Slack)": ("slack",),
    "three (Slack, text messages, CDN)": ("slack", "sms", "cdn"),
    "all": SUBSCRIBERS,
}


@dataclass(frozen=True, slots=True)
class Model:
    """What there is.

    Attributes:
        templates: By the stacks' names.
        taken: What an event takes, by function, and by what strangers send.
        cpu_ms: Milliseconds of a whole processor, measured once.
    """

    templates: Mapping[str, Template]
    taken: Mapping[str, Taken]
    cpu_ms: Mapping[str, float]

    def at_rest(self, rulebook: str) -> Bill:
        """The month's bill of a deployment without an event."""
        stacks = RULEBOOKS[rulebook] or [name for name in self.templates if name not in IN_ADDITION]
        return together(*(at_rest(self.templates[stack]) for stack in stacks))

    def webhooks(self, name: str = INGEST) -> Bill:
        """A million requests at the hub: webhooks of one event each, or what strangers send.

        An endpoint whose sender may put thousands of events into one request asks for more memory.
        """
        function = replace(self.functions[INGEST], memory_mb=memory_of("lambdas.ingest.handler.handle"))
        return cost_of_ingest(self.taken[name], function, self.cpu_ms[name], self.templates["Hub"])

    def subscriber(self, name: str) -> Bill:
        """A million events at a subscriber."""
        return cost_of_subscriber(self.taken[name], self.functions[name], self.cpu_ms[name])

    def million(self, names: Sequence[str]) -> float:
        """Dollars of a million webhooks, on each of which these subscribers act."""
        return total(together(self.webhooks(), *map(self.subscriber, names)))

    def metrics_in_use(self, names: Sequence[str]) -> float:
        """Dollars a month of custom metrics that have data in every hour."""
        count = sum(len(self.taken[name].metrics) for name in (INGEST, *names))
        return dollars("metric month", count)

    @property
    def functions(self) -> Mapping[str, DeployedFunction]:
        """Every function that an event meets, by its name."""
        return functions_of(self.templates)


def functions_of(templates: Mapping[str, Template]) -> Mapping[str, DeployedFunction]:
    """Functions of the rulebook by their names."""
    return {function.name: function for template in templates.values() for function in functions(template)}


def try_out_all(templates: Mapping[str, Template]) -> Mapping[str, Taken]:
    """What an event takes at each function; they are tried two at a time."""
    deployed = functions_of(templates)
    names = (INGEST, *SUBSCRIBERS, *STRANGERS)
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda name: try_out(name, deployed.get(name, deployed[INGEST])), names)
        return dict(zip(names, found, strict=True))
