"""The example's rulebook: a feed of prices, and the pages that show them."""

import aws_cdk as cdk

from stacks.demo_site import DemoSiteStack
from stacks.endpoints import Endpoint
from stacks.hub import HubStack
from stacks.live import LiveStack
from stacks.settings import Settings

app = cdk.App()

# One request carries many ticks: each becomes a notice of its symbol's topic.
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

hub = HubStack(app, "Hub", settings=Settings.from_context(app), endpoints={"feed": FEED})
live = LiveStack(app, "Live", hub=hub, when=["notice.*"], own_distribution=False)
DemoSiteStack(app, "Site", hub=hub, behaviors={"/_jamwire/*": live.state_behavior})

app.synth()
