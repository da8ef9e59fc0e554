"""What text messages of an audience need: a topic on which its followers' answers come in, such as STOP."""

from typing import Final

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.constructs.audience_channels import TextMessages

SERVICE: Final = "sms-voice.amazonaws.com"

_UPDATES: Final = {"phone-number": "sms-voice:UpdatePhoneNumber", "pool": "sms-voice:UpdatePool"}
"""What sets where answers go, by the kind of the identity."""


class AudienceTexts(Construct):
    """The answers' topic, and the role by which AWS End User Messaging publishes on it.

    Args:
        scope: Where it belongs.
        id: Its id there.
        texts: The channel.

    Attributes:
        identity: ARN of the phone number or the pool.
        settings: What the functions are told.
        replies: The topic.
        role: The role.
    """

    def __init__(self, scope: Construct, id: str, texts: TextMessages) -> None:
        super().__init__(scope, id)
        self.identity, self.settings = texts.identity, texts.settings
        self.replies = sns.Topic(self, "Replies", enforce_ssl=True)
        account = Stack.of(self).account
        # As "IAM policies for Amazon SNS topics" of the AWS End User Messaging SMS user guide has it.
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                SERVICE, conditions={"StringEquals": {"aws:SourceAccount": account}}
            ),
        )
        self.role.add_to_policy(
            iam.PolicyStatement(
                actions=["sns:Publish"],
                resources=[self.replies.topic_arn],
                conditions={"StringEquals": {"aws:ResourceAccount": account}},
            )
        )

    def let_send(self, function: lambda_.Function) -> None:
        """Let a function send from this identity only."""
        function.add_to_role_policy(
            iam.PolicyStatement(actions=["sms-voice:SendTextMessage"], resources=[self.identity])
        )

    def let_connect(self, function: lambda_.Function) -> None:
        """Let a function say that the identity's answers go to the topic."""
        function.add_to_role_policy(iam.PolicyStatement(actions=[self._update], resources=[self.identity]))
        function.add_to_role_policy(
            iam.PolicyStatement(
                actions=["iam:PassRole"],
                resources=[self.role.role_arn],
                conditions={"StringEquals": {"iam:PassedToService": SERVICE}},
            )
        )

    @property
    def _update(self) -> str:
        parts = Stack.of(self).split_arn(self.identity, ArnFormat.SLASH_RESOURCE_NAME)
        return _UPDATES.get(parts.resource, _UPDATES["phone-number"])
