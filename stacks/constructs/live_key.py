"""The visitors' key, which AppSync lets live for a year: made for almost a year, and renewed each month."""

import datetime as dt
from typing import Final, cast

from aws_cdk import Duration, Stack
from aws_cdk import aws_appsync as appsync
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda_destinations as destinations
from constructs import Construct

from lambdas.contracts.settings import LiveKeySettings
from stacks.constructs.alarm import alarm_description, failure_alarm
from stacks.constructs.function import Function
from stacks.constructs.nag import acknowledge
from stacks.hub import HubStack

LONGEST_DAYS: Final = 365
"""AppSync's longest life of an API key (AppSync API reference, `CreateApiKey`)."""

RENEWED_EVERY: Final = Duration.days(30)
TIMEOUT: Final = Duration.seconds(30)

PATHS: Final = ("/v1/apis", "/apis")
"""As what an API's keys are named in a policy: by the path of the call, and by the API's own ARN."""


def key_expiry(now: dt.datetime) -> dt.datetime:
    """When the key ends that is deployed now: in eleven months at least, at a month's beginning.

    So that not each deployment changes the template.
    """
    longest = now + dt.timedelta(days=LONGEST_DAYS - 1)
    return longest.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def renew_key(stack: Stack, hub: HubStack, api: appsync.EventApi, key: str) -> None:
    """Renew the key each month; where that fails it is told as an alarm, the first time ten months before the key ends.

    Lambda tells it itself, which costs nothing until then.
    """
    parts = Construct(stack, "Key")
    function = Function(
        parts,
        "Function",
        handler="lambdas.live_key.handler.handle",
        service=f"{stack.stack_name}-Key",
        timeout=TIMEOUT,
        environment=LiveKeySettings(
            api_id=api.api_id, key_id=api.api_keys[key].attr_api_key_id
        ).to_environment(),
    )
    for path in PATHS:
        resource = stack.format_arn(service="appsync", resource=path, resource_name=f"{api.api_id}/apikeys/*")
        function.add_to_role_policy(
            iam.PolicyStatement(actions=["appsync:UpdateApiKey"], resources=[resource])
        )
        named = f"arn:<AWS::Partition>:appsync:<AWS::Region>:<AWS::AccountId>:{path}/<{_logical_id(stack, api)}.ApiId>"
        acknowledge(
            cast(iam.Role, function.role),
            f"AwsSolutions-IAM5[Resource::{named}/apikeys/*]",
            "Of one API, whose only key it renews.",
        )
    function.configure_async_invoke(on_failure=destinations.SnsDestination(hub.alarm_topic))
    alarm = failure_alarm(
        name=f"{stack.stack_name}-KeyNotRenewed",
        description=alarm_description(
            f"{stack.stack_name}: the key by which visitors listen could not be renewed. It ends about eleven months "
            "after it was last renewed; then open pages hear nothing.",
            look=f"the errors in {function.log_group.log_group_name}",
            run=f"aws logs tail {function.log_group.log_group_name} --since 1d",
        ),
    )
    events.Rule(
        parts,
        "Monthly",
        schedule=events.Schedule.rate(RENEWED_EVERY),
        targets=[targets.LambdaFunction(function, event=events.RuleTargetInput.from_object(alarm))],
    )


def _logical_id(stack: Stack, api: appsync.EventApi) -> str:
    resource = api.node.default_child
    if not isinstance(resource, appsync.CfnApi):
        raise TypeError("The Event API has no resource of its own.")
    return str(stack.resolve(resource.logical_id))
