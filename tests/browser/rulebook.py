"""A rulebook of a hub and its open pages, and nothing else."""

import aws_cdk as cdk

from stacks.hub import HubStack
from stacks.live import LiveStack

app = cdk.App()
hub = HubStack(app, "Hub", endpoints={"zap": "token", "site": "netlify"})
LiveStack(app, "Live", hub=hub, when=["deploy.succeeded", "cdn.invalidated", "notice.*"])
app.synth()
