"""The example's rulebook: a CMS, a build host and a timetable, and what becomes of what they say."""

import aws_cdk as cdk
from aws_cdk import Duration

from stacks.audience import AudienceStack, Budget, Email, Site, TextMessages, Topic, WebPush
from stacks.cdn import CdnStack
from stacks.demo_site import DemoSiteStack
from stacks.endpoints import Endpoint
from stacks.hub import HubStack
from stacks.live import LiveStack
from stacks.rebuild import RebuildStack
from stacks.rules import all_of, severity
from stacks.settings import Settings
from stacks.slack import SlackStack
from stacks.story import StoryStack

app = cdk.App()
settings = Settings.from_context(app)

ARTICLES = {"article": ["/news/{slug}/", "/news/", "/"]}

hub = HubStack(
    app,
    "Hub",
    settings=settings,
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

# Of all that the timetable says, people who are elsewhere are told what is in their way.
AudienceStack(
    app,
    "Audience",
    hub=hub,
    when=all_of("notice.*", severity("warning")),
    site=Site(
        name="Harbour Lines",
        url=settings.site_url or "https://example.com",
        locale="en-GB",
        zone="America/New_York",
    ),
    topics={"line-*": Topic("Line {}", "Delays and cancelled buses, as they happen.")},
    channels=[
        WebPush(contact="mailto:web@example.com", services=settings.push_services),
        Email(
            sender=settings.email_sender,
            consent="Send me e-mails when line 12 is late. I can end them at any time.",
        )
        if settings.email_sender
        else None,
        TextMessages(
            identity=settings.text_identity,
            consent="Send me text messages when line 12 is late, up to 10 a day. Message and data rates may apply. "
            "Reply STOP to end, HELP for help.",
            help="Delays of line 12. Reply STOP to end.",
            countries=["US"],
            budget=Budget(per_day=500, per_number=10),
        )
        if settings.text_identity
        else None,
    ],
)

StoryStack(app, "Story", hub=hub, until="pages.notified")
SlackStack(app, "Slack", hub=hub, when=["site.*"])

app.synth()
