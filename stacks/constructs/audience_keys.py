"""The audience's keys: a secret that the deployment fills by itself, and what else is set up once at a deployment."""

from typing import Final, cast

from aws_cdk import CustomResource, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from stacks.constructs.audience_functions import REQUIREMENTS
from stacks.constructs.audience_texts import AudienceTexts
from stacks.constructs.function import Function, dependencies_layer
from stacks.constructs.nag import acknowledge

TIMEOUT: Final = Duration.minutes(1)

ANSWERS_WITHIN: Final = Duration.minutes(5)
"""CloudFormation waits for an hour by itself."""

_UPDATES: Final = {"phone-number": "sms-voice:UpdatePhoneNumber", "pool": "sms-voice:UpdatePool"}
"""What sets where answers go, by the kind of the identity."""


def fill_keys(stack: Stack, secret: secretsmanager.Secret, key: str, texts: AudienceTexts | None) -> str:
    """Fill the secret at the deployment, and lead the answers to text messages to their topic.

    Args:
        stack: The audience's.
        secret: Where the keys are.
        key: Names the push key. Another name adds another, to which browsers change as they come back.
        texts: Text messages, where there are any.

    Returns:
        The public push key, which browsers need.
    """
    parts = Construct(stack, "Filling")
    function = Function(
        parts,
        "Function",
        handler="lambdas.audience_keys.handler.handle",
        service=f"{stack.stack_name}-Filling",
        timeout=TIMEOUT,
        layers=[dependencies_layer(stack, REQUIREMENTS)],
        environment={},
    )
    function.add_to_role_policy(
        iam.PolicyStatement(
            actions=["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"],
            resources=[secret.secret_arn],
        )
    )
    _let_connect(stack, function)
    if texts:
        texts.let_pass_role(function)
    filled = CustomResource(
        stack,
        "Filled",
        resource_type="Custom::AudienceKeys",
        service_token=function.function_arn,
        service_timeout=ANSWERS_WITHIN,
        properties={
            "SecretArn": secret.secret_arn,
            "PushKey": key,
            **(
                {
                    "IdentityArn": texts.identity,
                    "RepliesTopicArn": texts.replies.topic_arn,
                    "RepliesRoleArn": texts.role.role_arn,
                }
                if texts
                else {}
            ),
        },
    )
    filled.node.add_dependency(parts)  # before it may do what it is asked to, it would be refused
    if texts:
        filled.node.add_dependency(texts)
    return filled.get_att_string("PushKey")


def _let_connect(stack: Stack, function: Function) -> None:
    """Let the function say where the answers to any number and pool of the account go.

    A deployment that names another one, or none, gives the old one back to AWS: no template names that any more.
    """
    for kind, action in _UPDATES.items():
        resource = stack.format_arn(service="sms-voice", resource=kind, resource_name="*")
        function.add_to_role_policy(iam.PolicyStatement(actions=[action], resources=[resource]))
        named = f"arn:<AWS::Partition>:sms-voice:<AWS::Region>:<AWS::AccountId>:{kind}/*"
        acknowledge(
            cast(iam.Role, function.role),
            f"AwsSolutions-IAM5[Resource::{named}]",
            "The one that the stack had before is given back, whichever it was.",
        )
