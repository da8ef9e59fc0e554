"""The event store: every event for some weeks, to be found, looked at and replayed."""

from typing import Final

from aws_cdk import CfnOutput, Duration, RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import Construct

from lambdas.contracts.archive_table import ID, INDEXES, SOURCE, SUMMARY, TIME
from lambdas.contracts.outputs import ArchiveOutput
from lambdas.contracts.settings import ArchiveSettings
from stacks.constructs.outputs import write_outputs
from stacks.constructs.stack import JamwireStack
from stacks.constructs.subscriber import Subscriber
from stacks.hub import HubStack

KEEP: Final = Duration.days(30)
MAX_KEEP: Final = Duration.days(365)

WAITING: Final = Duration.days(28)
"""Two weeks in a queue and two among the dead letters, after a replay on the last day."""

BACKUP_DAYS: Final = 1
"""A mistake can be undone for a day; what has expired is to be gone, and not to live on in a backup."""


class ArchiveStack(JamwireStack):
    """Keeps every event; with it there is ``jamwire events list|show|replay|retry``.

    It holds what senders sent, without their credentials but with all else, such as what visitors wrote into a form.
    So it is encrypted by a key whose uses CloudTrail records, the function may write and not read, and after `keep`
    it is gone.

    Args:
        scope: The app.
        id: Last part of the stack's name.
        hub: The hub it listens to.
        keep: For how long an event is kept.

    Raises:
        ValueError: `keep` is out of range, or longer than the payload of a large event is kept for it.
    """

    def __init__(self, scope: Construct, id: str, *, hub: HubStack, keep: Duration = KEEP) -> None:
        _check(keep, hub.payloads_kept)
        super().__init__(scope, id, hub=hub, description="Jamwire: the event store")
        table = self._make_table()
        archive = Subscriber(
            self,
            "Subscriber",
            hub=hub,
            handler="lambdas.archive.handler.handle",
            idempotent=True,  # an event is kept once, whoever writes it again
            settings=ArchiveSettings(events_table=table.table_name, keep_seconds=int(keep.to_seconds())),
        )
        # Not by the table's own grant, which would name all of its indexes too.
        archive.function.add_to_role_policy(
            iam.PolicyStatement(actions=["dynamodb:PutItem"], resources=[table.table_arn])
        )
        write_outputs(self, {ArchiveOutput.EVENTS_TABLE: table.table_name})
        CfnOutput(self, ArchiveOutput.EVENTS_KEPT.value, value=str(keep.to_seconds()), description="Seconds")

    def _make_table(self) -> dynamodb.Table:
        table = dynamodb.Table(
            self,
            "Events",
            partition_key=_text(ID),
            sort_key=_text(SOURCE),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            time_to_live_attribute="ttl",
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True, recovery_period_in_days=BACKUP_DAYS
            ),
            removal_policy=RemovalPolicy.DESTROY,
        )
        for attribute, name in INDEXES.items():
            table.add_global_secondary_index(
                index_name=name,
                partition_key=_text(attribute),
                sort_key=_text(TIME),
                projection_type=dynamodb.ProjectionType.INCLUDE,
                non_key_attributes=[summary for summary in SUMMARY if summary != attribute],
            )
        return table


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)


def _check(keep: Duration, payloads_kept: Duration) -> None:
    days = keep.to_days(integral=False)
    if not 1 <= days <= MAX_KEEP.to_days():
        raise ValueError(f"keep is {days:g} days, expected 1 to {MAX_KEEP.to_days()}.")
    needed = days + WAITING.to_days()
    if needed > payloads_kept.to_days():
        raise ValueError(
            f"keep is {days:g} days and the hub's payloads_kept {payloads_kept.to_days():g}, expected at least "
            f"{needed:g} of it: a replayed event may wait {WAITING.to_days()} days in its queue and the dead letters."
        )
