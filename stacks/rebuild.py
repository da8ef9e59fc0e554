"""Builds of a site, requested from its build host."""

from typing import Final

from aws_cdk import Duration
from constructs import Construct

from lambdas.contracts.build_hosts import HOSTS
from lambdas.contracts.builds import ENDS
from lambdas.contracts.event_types import BUILD_FAMILY, DEPLOY_FAMILY, PREVIEW_FAMILY
from lambdas.contracts.outputs import DestinationOutput
from lambdas.contracts.rate_limit import RateLimit
from lambdas.contracts.settings import RebuildSettings
from stacks.constructs.outputs import write_outputs
from stacks.constructs.secret import keyring_secret
from stacks.constructs.stack import JamwireStack
from stacks.constructs.subscriber import Subscriber
from stacks.hub import HubStack
from stacks.rules import When, any_of, event_types

RATE_LIMIT: Final = RateLimit(per_second=1, burst=3)
"""One function at a time takes in all that waits."""

HEARD: Final = ("deploy.started", *ENDS)
"""What build hosts tell of their builds."""

QUIET: Final = Duration.seconds(10)
LONGEST_WAIT: Final = Duration.minutes(2)
LONGEST_BUILD: Final = Duration.minutes(30)


class RebuildStack(JamwireStack):
    """Requests a build of the site for what was published; a burst of publishes is one build.

    The hook's URL is set with ``jamwire secret add <id>``, never here. For GitHub it holds the token:
    ``https://<token>@api.github.com/repos/<owner>/<repository>/dispatches``.

    Args:
        scope: The app.
        id: Last part of the stack's name.
        hub: The hub it listens to.
        build_host: The build host: netlify, vercel, cloudflare, amplify or github.
        when: Which events a build is for (`stacks.rules`).
        quiet: For how long nothing must be published before the build is requested.
        longest_wait: After which it is requested though publishing goes on.
        longest_build: After which a build that was not heard of no longer holds up the next.

    Raises:
        ValueError: The build host is unknown, or a time is out of range; one sentence says what was expected.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        hub: HubStack,
        build_host: str,
        when: When = ("content.*",),
        quiet: Duration = QUIET,
        longest_wait: Duration = LONGEST_WAIT,
        longest_build: Duration = LONGEST_BUILD,
    ) -> None:
        _check(build_host, when, quiet, longest_wait)
        super().__init__(scope, id, hub=hub, description="Jamwire: builds of the site")
        secret = keyring_secret(self, "Hook", f"Build hook of {build_host}")
        rebuild = Subscriber(
            self,
            "Subscriber",
            hub=hub,
            handler="lambdas.rebuild.handler.handle",
            when=any_of(when, HEARD),
            rate_limit=RATE_LIMIT,
            settings=RebuildSettings(
                build_host=build_host,
                secret_arn=secret.secret_arn,
                quiet=quiet.to_seconds(),
                longest_wait=longest_wait.to_seconds(),
                longest_build=longest_build.to_seconds(),
            ),
            stateful=True,
            publishes=True,
        )
        secret.grant_read(rebuild.function)
        write_outputs(
            self, {DestinationOutput.SECRET_ARN: secret.secret_arn, DestinationOutput.TARGET: build_host}
        )


def _check(build_host: str, when: When, quiet: Duration, longest_wait: Duration) -> None:
    if build_host not in HOSTS:
        raise ValueError(f"build_host is {build_host!r}, expected one of {', '.join(HOSTS)}.")
    if builds := [
        type for type in event_types(when) if type.startswith((BUILD_FAMILY, DEPLOY_FAMILY, PREVIEW_FAMILY))
    ]:
        raise ValueError(f"when has {builds[0]!r}, expected events that change the site's content.")
    if not quiet.to_seconds() <= longest_wait.to_seconds() <= Duration.hours(1).to_seconds():
        raise ValueError(
            f"longest_wait is {longest_wait.to_seconds()} s, expected at least the {quiet.to_seconds()} s of "
            "quiet and at most 3600 s."
        )
