"""What text messages of an audience need: a topic on which answers come in, such as STOP, and numbers that are none."""

from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_smsvoice as smsvoice
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.constructs.audience_channels import TextMessages

SERVICE: Final = "sms-voice.amazonaws.com"

INVALID: Final = "TEXT_INVALID"
"""That a number is none, or none any more (AWS End User Messaging user guide, "Event types")."""


class AudienceTexts(Construct):
    """The answers' topic, the role by which AWS End User Messaging publishes on it, and a configuration set.

    Args:
        scope: Where it belongs.
        id: Its id there.
        texts: The channel.

    Attributes:
        name: The configuration set's.
        identity: ARN of the phone number or the pool.
        settings: What the functions are told.
        replies: The topic.
        role: The role.
    """

    def __init__(self, scope: Construct, id: str, texts: TextMessages) -> None:
        super().__init__(scope, id)
        self.name = Stack.of(self).stack_name
        self.identity, self.settings = texts.identity, texts.settings(self.name)
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

        allowed = self.replies.add_to_resource_policy(self._may_tell())
        made = smsvoice.CfnConfigurationSet(
            self,
            "Set",
            configuration_set_name=self.name,
            event_destinations=[
                smsvoice.CfnConfigurationSet.EventDestinationProperty(
                    event_destination_name="Feedback",
                    enabled=True,
                    matching_event_types=[INVALID],
                    sns_destination=smsvoice.CfnConfigurationSet.SnsDestinationProperty(
                        topic_arn=self.replies.topic_arn
                    ),
                )
            ],
        )
        if allowed.policy_dependable:
            made.node.add_dependency(allowed.policy_dependable)

    @property
    def arn(self) -> str:
        """The configuration set's."""
        return Stack.of(self).format_arn(
            service="sms-voice", resource="configuration-set", resource_name=self.name
        )

    def let_send(self, function: lambda_.Function) -> None:
        """Let a function send from this identity only."""
        function.add_to_role_policy(
            iam.PolicyStatement(actions=["sms-voice:SendTextMessage"], resources=[self.identity, self.arn])
        )

    def let_pass_role(self, function: lambda_.Function) -> None:
        """Let a function give AWS End User Messaging the role by which it publishes on the topic."""
        function.add_to_role_policy(
            iam.PolicyStatement(
                actions=["iam:PassRole"],
                resources=[self.role.role_arn],
                conditions={"StringEquals": {"iam:PassedToService": SERVICE}},
            )
        )

    def _may_tell(self) -> iam.PolicyStatement:
        """As "Amazon SNS access policy" of the same user guide has it."""
        return iam.PolicyStatement(
            principals=[iam.ServicePrincipal(SERVICE)],
            actions=["sns:Publish"],
            resources=[self.replies.topic_arn],
            conditions={
                "StringEquals": {"aws:SourceAccount": Stack.of(self).account},
                "ArnLike": {"aws:SourceArn": self.arn},
            },
        )
