"""Invalidation of a CloudFront distribution."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Token
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.hub import HubStack
from stacks.subscriber import Subscriber, SubscriberStack


class CdnStack(SubscriberStack):
    """Invalidates the paths that an event names, or everything where it names none.

    Args:
        scope: The app.
        id: Last part of the stack's name.
        hub: The hub it listens to.
        distribution_id: The CloudFront distribution of the site.
        events: Event types it hears.
        where: A condition on the event's JSON.

    Raises:
        ValueError: The id is not one of a distribution.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        hub: HubStack,
        distribution_id: str,
        events: Sequence[str] = (),
        where: Mapping[str, Any] | None = None,
    ) -> None:
        if not Token.is_unresolved(distribution_id) and not re.fullmatch("[A-Z0-9]{8,}", distribution_id):
            raise ValueError(
                f"distribution_id is {distribution_id!r}, expected one such as 'E2QWRUHAPOMQZL'."
            )
        super().__init__(scope, id, hub=hub, description="Jamwire: events to CloudFront invalidations")
        cdn = Subscriber(
            self,
            "Subscriber",
            hub=hub,
            handler="lambdas.cdn.handle",
            events=events,
            where=where,
            environment={"DISTRIBUTION_ID": distribution_id},
        )
        distribution = self.format_arn(
            service="cloudfront", region="", resource="distribution", resource_name=distribution_id
        )
        cdn.function.add_to_role_policy(
            iam.PolicyStatement(actions=["cloudfront:CreateInvalidation"], resources=[distribution])
        )
