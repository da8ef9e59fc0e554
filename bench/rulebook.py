"""A rulebook of no more than what is measured on a local account: it is deployed in seconds."""

import aws_cdk as cdk

from stacks.hub import HubStack
from stacks.live import LiveStack
from stacks.slack import SlackStack

app = cdk.App()
hub = HubStack(app, "Hub", endpoints={"site": "netlify", "zap": "token"})
SlackStack(app, "Slack", hub=hub, when=["deploy.*"])
LiveStack(app, "Live", hub=hub, when=["notice.*"])
app.synth()
