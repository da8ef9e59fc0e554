"""Invalidation of CloudFront distributions."""

import re
from collections.abc import Sequence
from typing import Final

from aws_cdk import Duration, Token
from aws_cdk import aws_iam as iam
from constructs import Construct

from lambdas.contracts.builds import DEPLOYED, REQUESTED
from lambdas.contracts.event_types import BUILD_FAILED, BUILD_SUCCEEDED
from lambdas.contracts.rate_limit import RateLimit
from lambdas.contracts.settings import CdnSettings
from stacks.constructs.stack import JamwireStack
from stacks.constructs.subscriber import Subscriber
from stacks.hub import HubStack
from stacks.rules import When, any_of

RATE_LIMIT: Final = RateLimit(per_second=1, burst=3)
"""One function at a time takes in all that waits."""

BUILDS: Final = (REQUESTED, "deploy.started", DEPLOYED, BUILD_SUCCEEDED, BUILD_FAILED)
"""What tells of a deploy and of the build that it ends."""

WINDOW: Final = Duration.seconds(10)


class CdnStack(JamwireStack):
    """Invalidates what has changed, or everything where an event does not say what.

    Changes are collected, and purged by the fewest paths that cover them. With `cache_tags`, tags are purged in their
    place, where the distribution's `CacheTagConfig` reads them. With `wait_for_deploy`, what `content.*` announces is
    purged when the deploy of a build that began after it has succeeded, so that no old page is cached once more.

    What the CDN's function was told of an entry before, it remembers: an entry that is taken away or moved is purged
    where it was shown.

    Args:
        scope: The app.
        id: Last part of the stack's name.
        hub: The hub it listens to.
        distributions: The id of the site's CloudFront distribution, or the ids of several.
        when: Which events it hears (`stacks.rules`); every event where it is left out.
        wait_for_deploy: Whether content waits for its deploy.
        cache_tags: Whether the distributions know cache tags.
        page_twins: Whether the site's host serves a page at several addresses, which are then purged together:
            ``/blog/winter``, ``/blog/winter/``, ``/blog/winter/index.html``, ``/blog/winter.html``.
        window: From one invalidation to the next, so long at least.
        paid_paths_per_month: How many paths may be paid for beyond the 1,000 free ones of a month, before folders are
            purged in place of paths.

    Raises:
        ValueError: An id is not one of a distribution, or a number is out of range; one sentence says what was
            expected.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        hub: HubStack,
        distributions: str | Sequence[str],
        when: When | None = None,
        wait_for_deploy: bool = False,
        cache_tags: bool = False,
        page_twins: bool = False,
        window: Duration = WINDOW,
        paid_paths_per_month: int = 0,
    ) -> None:
        ids = _distribution_ids(distributions)
        if paid_paths_per_month < 0:
            raise ValueError(f"paid_paths_per_month is {paid_paths_per_month}, expected 0 or more.")
        super().__init__(scope, id, hub=hub, description="Jamwire: events to CloudFront invalidations")
        if wait_for_deploy and when is not None:
            when = any_of(when, BUILDS)
        cdn = Subscriber(
            self,
            "Subscriber",
            hub=hub,
            handler="lambdas.cdn.handler.handle",
            when=when,
            rate_limit=RATE_LIMIT,
            custom_metrics=["LeftOut", "Unplaced"],
            settings=CdnSettings(
                distributions=tuple(ids),
                wait_for_deploy=wait_for_deploy,
                cache_tags=cache_tags,
                page_twins=page_twins,
                window=window.to_seconds(),
                paid_paths=paid_paths_per_month,
            ),
            stateful=True,
            publishes=True,
        )
        cdn.function.add_to_role_policy(
            iam.PolicyStatement(
                actions=["cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"],
                resources=[
                    self.format_arn(
                        service="cloudfront", region="", resource="distribution", resource_name=one
                    )
                    for one in ids
                ],
            )
        )


def _distribution_ids(distributions: str | Sequence[str]) -> list[str]:
    ids = [distributions] if isinstance(distributions, str) else list(distributions)
    if not ids:
        raise ValueError("distributions is empty, expected an id such as 'E2QWRUHAPOMQZL' or several.")
    for id in ids:
        if not Token.is_unresolved(id) and not re.fullmatch("[A-Z0-9]{8,}", id):
            raise ValueError(f"distributions has {id!r}, expected an id such as 'E2QWRUHAPOMQZL'.")
    return ids
