"""A rulebook of no more than what is measured on a local account: it is deployed in seconds."""

import aws_cdk as cdk

from stacks.demo_site import DemoSiteStack
from stacks.endpoints import Endpoint
from stacks.hub import HubStack
from stacks.live import LiveStack
from stacks.slack import SlackStack

app = cdk.App()

# As the prices' example has it (`examples/prices/app.py`), whose pages are measured here, too.
FEED = Endpoint(
    "token",
    each="ticks",
    notice={
        "topic": "price/{symbol}",
        "title": "{symbol} {price}",
        "fields": {"Price": "{price}", "Change": "{change}"},
        "time": "{at}",
    },
)

hub = HubStack(app, "Hub", endpoints={"site": "netlify", "zap": "token", "feed": FEED})
SlackStack(app, "Slack", hub=hub, when=["deploy.*"])
live = LiveStack(app, "Live", hub=hub, when=["notice.*"])
DemoSiteStack(app, "Site", hub=hub, behaviors={"/_jamwire/*": live.state_behavior})
app.synth()
