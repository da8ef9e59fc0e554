"""Where payloads are kept that are too large to travel with their events (docs/decisions/0009-claim-check.md)."""

import json
from typing import Final, cast

from aws_cdk import Aws, Duration, Fn, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from lambdas.contracts.outputs import HubOutput
from stacks.constructs.function import Function
from stacks.constructs.nag import acknowledge

KEPT: Final = Duration.days(60)
"""Longer than an event can wait: 14 days in a queue, 14 days in the dead letters, 30 days in an archive."""


def payloads_bucket(hub: Stack, kept: Duration) -> s3.Bucket:
    """The hub's bucket, which forgets by itself.

    Raises:
        ValueError: It would keep nothing.
    """
    if kept.to_seconds() % 86_400 or kept.to_seconds() < 86_400:
        raise ValueError(f"payloads_kept is {kept.to_seconds()} s, expected whole days, one at least.")
    bucket = s3.Bucket(
        hub,
        "Payloads",
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        lifecycle_rules=[
            s3.LifecycleRule(expiration=kept, abort_incomplete_multipart_upload_after=Duration.days(1))
        ],
        # CloudFormation deletes no bucket that holds objects: this one stays, and empties by itself.
        removal_policy=RemovalPolicy.RETAIN,
    )
    acknowledge(
        bucket,
        "AwsSolutions-S1",
        "Ingest writes and subscribers read, each by its own role, and their logs name the event. A log of S3 would "
        "need a bucket more, and would outlast what it is about.",
    )
    return bucket


def grant_put(payloads: s3.Bucket, function: Function) -> None:
    """Let ingest put payloads there, and do nothing else."""
    resource = Stack.of(payloads).get_logical_id(cast(s3.CfnBucket, payloads.node.default_child))
    _allow(function, "s3:PutObject", payloads.arn_for_objects("*"), f"<{resource}.Arn>/*")


def grant_read(payloads: s3.Bucket, function: Function) -> None:
    """Let a subscriber read payloads.

    To whom may not list a bucket, S3 says of an object that is gone just what it says of one that is forbidden (S3 API
    reference, `GetObject`). The first is for good; the second is a mistake of ours, which the event must outlast.
    """
    # The output by its name: of a reference between stacks, the CDK knows only later what it will be.
    bucket = Fn.get_stack_output(Stack.of(payloads).stack_name, HubOutput.PAYLOADS_BUCKET.value, Aws.REGION)
    arn = f"arn:{Aws.PARTITION}:s3:::{bucket}"
    reference = json.dumps(Stack.of(function).resolve(bucket), separators=(",", ":"))
    _allow(function, "s3:GetObject", f"{arn}/*", f"arn:<AWS::Partition>:s3:::{reference}/*")
    function.add_to_role_policy(iam.PolicyStatement(actions=["s3:ListBucket"], resources=[arn]))


def _allow(function: Function, action: str, objects: str, named: str) -> None:
    function.add_to_role_policy(iam.PolicyStatement(actions=[action], resources=[objects]))
    acknowledge(
        cast(iam.Role, function.role),
        f"AwsSolutions-IAM5[Resource::{named}]",
        "Each payload is an object of its own, and the bucket holds nothing else.",
    )
