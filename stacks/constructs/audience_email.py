"""What SES needs for an audience: a configuration set, and a topic that tells of bounces and complaints."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from constructs import Construct

from lambdas.contracts.audience_settings import EmailSettings
from stacks.constructs.audience_channels import Email


class AudienceEmail(Construct):
    """The configuration set with its events.

    Args:
        scope: Where it belongs.
        id: Its id there.
        email: The channel.

    Attributes:
        name: The configuration set's.
        events: Where SES tells what has bounced, and who has complained.
    """

    def __init__(self, scope: Construct, id: str, email: Email) -> None:
        super().__init__(scope, id)
        self._email = email
        self.name = Stack.of(self).stack_name
        # Not encrypted: SES cannot use SNS's own key (SES developer guide, "Set up an Amazon SNS destination").
        self.events = sns.Topic(self, "Events", enforce_ssl=True)
        made = ses.CfnConfigurationSet(
            self,
            "Set",
            name=self.name,
            delivery_options=ses.CfnConfigurationSet.DeliveryOptionsProperty(tls_policy="REQUIRE"),
            suppression_options=ses.CfnConfigurationSet.SuppressionOptionsProperty(
                suppressed_reasons=["BOUNCE", "COMPLAINT"]
            ),
        )
        allowed = self.events.add_to_resource_policy(self._may_publish())
        destination = ses.CfnConfigurationSetEventDestination(
            self,
            "Destination",
            configuration_set_name=made.ref,
            event_destination=ses.CfnConfigurationSetEventDestination.EventDestinationProperty(
                name="Feedback",
                enabled=True,
                matching_event_types=["bounce", "complaint"],
                sns_destination=ses.CfnConfigurationSetEventDestination.SnsDestinationProperty(
                    topic_arn=self.events.topic_arn
                ),
            ),
        )
        if allowed.policy_dependable:  # SES tries whether it may publish
            destination.node.add_dependency(allowed.policy_dependable)

    @property
    def settings(self) -> EmailSettings:
        """What the functions are told."""
        return self._email.settings(self.name)

    @property
    def arn(self) -> str:
        """The configuration set's."""
        return Stack.of(self).format_arn(service="ses", resource="configuration-set", resource_name=self.name)

    def let_send(self, function: lambda_.Function) -> None:
        """Let a function send, from the one sender by this configuration set only."""
        identities = [
            Stack.of(self).format_arn(service="ses", resource="identity", resource_name=name)
            for name in self._email.identities
        ]
        function.add_to_role_policy(
            iam.PolicyStatement(
                actions=["ses:SendEmail"],
                resources=[*identities, self.arn],
                conditions={"StringEquals": {"ses:FromAddress": self._email.address}},
            )
        )

    def _may_publish(self) -> iam.PolicyStatement:
        return iam.PolicyStatement(
            principals=[iam.ServicePrincipal("ses.amazonaws.com")],
            actions=["sns:Publish"],
            resources=[self.events.topic_arn],
            conditions={
                "StringEquals": {"AWS:SourceAccount": Stack.of(self).account, "AWS:SourceArn": self.arn}
            },
        )
