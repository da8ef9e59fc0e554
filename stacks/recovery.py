"""Failed deliveries, asked for again while their sender still keeps them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from aws_cdk import Aws, Duration, Fn
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from lambdas.contracts.outputs import HubOutput, RecoveryOutput
from lambdas.contracts.settings import RecoverySettings
from stacks.constructs.function import Function, dependencies_layer
from stacks.constructs.metrics import service_metric
from stacks.constructs.outputs import write_outputs
from stacks.constructs.registration import Graphs
from stacks.constructs.secret import keyring_secret
from stacks.constructs.stack import JamwireStack
from stacks.hub import HubStack

EVERY: Final = Duration.minutes(15)
LONGEST_INTERVAL: Final = Duration.hours(1)
"""A delivery is given up an hour before its sender forgets it (`lambdas.recovery.plan`)."""

TIMEOUT: Final = Duration.minutes(14)
"""So that a run ends before the next one begins. What it leaves, the next one does."""

SOURCE: Final = "github"
METRICS: Final = ("AskedAgain", "Recovered", "Lost")

_OWNER: Final = re.compile(r"[A-Za-z0-9-]+(/[A-Za-z0-9._-]+)?")


@dataclass(frozen=True, slots=True)
class GitHubWebhooks:
    """Where an endpoint's webhook is set up at GitHub.

    Attributes:
        owner: A repository, ``acme/site``, or an organisation, ``acme``.
        api: The API's address; ``https://<host>/api/v3`` for a GitHub Enterprise Server.
    """

    owner: str
    api: str = "https://api.github.com"

    @property
    def address(self) -> str:
        """The API's address of all webhooks there.

        Raises:
            ValueError: This is no repository and no organisation, or no address.
        """
        if not _OWNER.fullmatch(self.owner):
            raise ValueError(
                f"The webhooks are of {self.owner!r}, expected 'owner/repository' or 'organisation'."
            )
        if urlsplit(self.api).scheme != "https":
            raise ValueError(f"api is {self.api!r}, expected an address that begins with https://.")
        kind = "repos" if "/" in self.owner else "orgs"
        return f"{self.api.rstrip('/')}/{kind}/{self.owner}/hooks"


class RecoveryStack(JamwireStack):
    """Asks GitHub for deliveries that no endpoint of ours has accepted, for the three days for which it keeps them.

    They come in by the endpoint, signed as the first time, and have the id that they would have had. The token is set
    with ``jamwire secret add <id>``, never here; tokens of two owners are two of these.

    Args:
        scope: The app.
        id: Last part of the stack's name.
        hub: The hub whose endpoints they are.
        endpoints: Where the webhook of each endpoint is set up.
        every: How often to look.

    Raises:
        ValueError: There is no such endpoint, or a name or a time is out of range; one sentence says what was expected.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        hub: HubStack,
        endpoints: Mapping[str, GitHubWebhooks],
        every: Duration = EVERY,
    ) -> None:
        webhooks = {_url(hub, name): of.address for name, of in endpoints.items()}
        _check(webhooks, every)
        super().__init__(scope, id, hub=hub, description="Jamwire: failed deliveries, asked for again")
        secret = keyring_secret(self, "Token", "Token that reads and asks for deliveries of webhooks")
        parts = Construct(self, "Recovery")
        function = Function(
            parts,
            "Function",
            handler="lambdas.recovery.handler.handle",
            service=self.stack_name,
            timeout=TIMEOUT,
            layers=[dependencies_layer(self)],
            environment=RecoverySettings(
                stack_id=id,
                topic_arn=hub.topic.topic_arn,
                secret_arn=secret.secret_arn,
                webhooks=webhooks,
                every=every.to_seconds(),
            ).to_environment(),
        )
        function.configure_async_invoke(retry_attempts=0)  # the next run is the next try
        secret.grant_read(function)
        hub.topic.grant_publish(function)
        events.Rule(
            parts,
            "Schedule",
            schedule=events.Schedule.rate(every),
            targets=[targets.LambdaFunction(function)],
        )
        hub.show(
            Graphs(
                metrics={self.stack_name: [service_metric(self.stack_name, name) for name in METRICS]},
                alarms={},
            )
        )
        write_outputs(self, {RecoveryOutput.TOKEN_ARN: secret.secret_arn})


def _url(hub: HubStack, name: str) -> str:
    """The endpoint's address as its sender knows it."""
    endpoint = hub.endpoints.get(name)
    known = [known.name for known in hub.endpoints.values() if known.source.name == SOURCE]
    if endpoint is None or name not in known:
        raise ValueError(
            f"endpoints has {name!r}, expected an endpoint of the hub with the source {SOURCE!r}: "
            f"{', '.join(known) or 'there is none'}."
        )
    # By the output's name: a reference between stacks would put one more output into the hub's template.
    api = Fn.get_stack_output(hub.stack_name, HubOutput.URL.value, Aws.REGION)
    return endpoint.public_url or f"{api}/{name}"


def _check(webhooks: Mapping[str, str], every: Duration) -> None:
    if not webhooks:
        raise ValueError(f"endpoints is empty, expected such as {{'code': {GitHubWebhooks('acme/site')!r}}}.")
    least, most = EVERY.to_seconds(), LONGEST_INTERVAL.to_seconds()
    if not least <= every.to_seconds() <= most:
        raise ValueError(f"every is {every.to_seconds()} s, expected {least} to {most} s.")
