"""Where an audience keeps its followers (`lambdas.contracts.audience_table`)."""

from typing import Final

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from lambdas.contracts.audience_table import PARTITION_KEY, SORT_KEY, TTL

BACKUP_DAYS: Final = 7
"""A mistake can be undone for a week; who was erased is gone from backups after it, too."""


def audience_table(scope: Construct) -> dynamodb.Table:
    """The table. It outlives its stack, since nobody can give the list back but those who are on it."""
    return dynamodb.Table(
        scope,
        "Followers",
        partition_key=dynamodb.Attribute(name=PARTITION_KEY, type=dynamodb.AttributeType.STRING),
        sort_key=dynamodb.Attribute(name=SORT_KEY, type=dynamodb.AttributeType.STRING),
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        time_to_live_attribute=TTL,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True, recovery_period_in_days=BACKUP_DAYS
        ),
        deletion_protection=True,
        removal_policy=RemovalPolicy.RETAIN,
    )
