"""A rulebook of a hub and nothing else: it is deployed in no time."""

import aws_cdk as cdk

from stacks.hub import HubStack

app = cdk.App()
HubStack(app, "Hub", endpoints={"zap": "token"})
app.synth()
