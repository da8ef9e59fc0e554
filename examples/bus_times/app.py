"""The example's rulebook: a CMS, a build host and a timetable, and what becomes of what they say."""

import aws_cdk as cdk
from aws_cdk import Duration

from stacks.cdn import CdnStack
from stacks.demo_site import DemoSiteStack
from stacks.endpoints import Endpoint
from stacks.hub import HubStack
from stacks.live import LiveStack
from stacks.rebuild import RebuildStack
from stacks.settings import Settings
from stacks.slack import SlackStack
from stacks.story import StoryStack

app = cdk.App()

ARTICLES = {"article": ["/news/{slug}/", "/news/", "/"]}

hub = HubStack(
    app,
    "Hub",
    settings=Settings.from_context(app),
    endpoints={
        "cms": Endpoint("contentful", routes=ARTICLES),
        "host": "netlify",
        "timetable": "token",
    },
)

# Who looks on has less patience than who edits: the waits are shorter than they are by themselves.
RebuildStack(app, "Rebuild", hub=hub, build_host="netlify", quiet=Duration.seconds(2))
# Not at the deploy: until the CDN has forgotten the old page, it would be the old one that is loaded again.
live = LiveStack(app, "Live", hub=hub, when=["cdn.invalidated", "notice.*"], own_distribution=False)
site = DemoSiteStack(app, "Site", hub=hub, behaviors={"/_jamwire/*": live.state_behavior})
CdnStack(
    app,
    "Cdn",
    hub=hub,
    when=["content.*"],
    wait_for_deploy=True,
    window=Duration.seconds(2),
    distributions=site.distribution_id,
)

StoryStack(app, "Story", hub=hub, until="pages.notified")
SlackStack(app, "Slack", hub=hub, when=["site.*"])

app.synth()
