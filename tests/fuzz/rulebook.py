"""The rulebook that is asked over HTTP: a hub, and nobody to tell."""

import aws_cdk as cdk

from stacks.hub import HubStack
from tests.fuzz.senders import OVER_HTTP

app = cdk.App()
HubStack(app, "Hub", endpoints=OVER_HTTP)
app.synth()
