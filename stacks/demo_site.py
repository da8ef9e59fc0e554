"""A site to try with, for whoever names no distribution of their own."""

from collections.abc import Mapping

from aws_cdk import RemovalPolicy
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lambdas.contracts.outputs import DemoSiteOutput
from stacks.constructs.live_states import error_responses
from stacks.constructs.nag import acknowledge
from stacks.constructs.outputs import write_outputs
from stacks.constructs.stack import JamwireStack
from stacks.hub import HubStack

_DEMO = "A demonstration without content of its own, to be replaced by the distribution of a real site."


class DemoSiteStack(JamwireStack):
    """An empty bucket behind a CloudFront distribution.

    Args:
        scope: The app.
        id: Last part of the stack's name.
        hub: The hub.
        behaviors: What the distribution serves beside the bucket, by path pattern: ``{"/_jamwire/*":
            live.state_behavior}``.

    Attributes:
        distribution_id: What `CdnStack` invalidates.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        hub: HubStack,
        behaviors: Mapping[str, cloudfront.BehaviorOptions] | None = None,
    ) -> None:
        super().__init__(scope, id, hub=hub, description="Jamwire: a demonstration site")
        bucket = s3.Bucket(
            self,
            "Pages",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            removal_policy=RemovalPolicy.DESTROY,
        )
        distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment="Jamwire: demonstration site",
            default_root_object="index.html",
            default_behavior=cloudfront.BehaviorOptions(
                origin=origins.S3BucketOrigin.with_origin_access_control(bucket),
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            ),
            additional_behaviors=behaviors,
            error_responses=error_responses() if behaviors else None,
        )
        acknowledge(bucket, "AwsSolutions-S1", _DEMO)
        for rule in ("CFR1", "CFR2", "CFR3", "CFR4"):
            acknowledge(distribution, f"AwsSolutions-{rule}", _DEMO)
        self.distribution_id = distribution.distribution_id
        write_outputs(
            self,
            {
                DemoSiteOutput.BUCKET: bucket.bucket_name,
                DemoSiteOutput.DISTRIBUTION_ID: distribution.distribution_id,
                DemoSiteOutput.URL: f"https://{distribution.distribution_domain_name}",
            },
        )
