"""Two live stacks: one with private topics and a distribution of its own, one whose state the site's distribution serves."""

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_cognito as cognito

from lambdas.contracts.live_private import PrivateTopics
from stacks.constructs.stack import JamwireStack
from stacks.hub import HubStack
from stacks.live import LiveStack

app = cdk.App()
hub = HubStack(app, "Hub", endpoints={"zap": "token"})

visitors = JamwireStack(app, "Visitors", hub=hub)
pool = cognito.UserPool(visitors, "Pool")
client = pool.add_client("Pages", auth_flows=cognito.AuthFlow(user_password=True))
issuer = (
    f"https://cognito-idp.{visitors.region}.amazonaws.com/{pool.user_pool_id}"  # as its own attribute says
)
cdk.CfnOutput(visitors, "PoolId", value=pool.user_pool_id)
cdk.CfnOutput(visitors, "ClientId", value=client.user_pool_client_id)

WHEN = ["deploy.succeeded", "cdn.invalidated", "notice.*"]
LiveStack(
    app,
    "Live",
    hub=hub,
    when=WHEN,
    private=PrivateTopics(beginning="account", issuer=issuer, audience=client.user_pool_client_id),
)

path = LiveStack(app, "Path", hub=hub, when=WHEN, own_distribution=False)
site = JamwireStack(app, "Site", hub=hub)
distribution = cloudfront.Distribution(
    site,
    "Distribution",
    default_behavior=cloudfront.BehaviorOptions(origin=origins.HttpOrigin("site.invalid")),
    additional_behaviors={"/_jamwire/*": path.state_behavior},
)
cdk.CfnOutput(site, "Url", value=f"https://{distribution.distribution_domain_name}/")

app.synth()
