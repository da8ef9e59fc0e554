"""The rulebook: what is connected, and who is told what.

Values that differ between accounts come from the context in `cdk.json` or from ``-c name=value``.
"""

import aws_cdk as cdk

from stacks.alarm_events import AlarmEventsStack
from stacks.archive import ArchiveStack
from stacks.audience import AudienceStack, Budget, Email, Site, TextMessages, Topic, WebPush
from stacks.cdn import CdnStack
from stacks.dashboard import DashboardStack
from stacks.demo_site import DemoSiteStack
from stacks.hub import HubStack
from stacks.live import LiveStack
from stacks.rebuild import RebuildStack
from stacks.rules import any_of, severity
from stacks.settings import Settings
from stacks.slack import SlackStack
from stacks.sms import SmsStack
from stacks.story import StoryStack

app = cdk.App()
settings = Settings.from_context(app)

hub = HubStack(
    app,
    "Hub",
    settings=settings,
    endpoints={"site": "netlify", "code": "github", "app": "standard-webhooks", "zap": "token"},
)

# People
SlackStack(
    app,
    "Slack",
    hub=hub,
    when=[
        "form.submitted",
        "deploy.*",
        "preview.failed",
        "release.published",
        "notice.sent",
        "alarm.*",
        "endpoint.*",
        "site.*",
    ],
)
if settings.phone_numbers:
    SmsStack(
        app,
        "Sms",
        hub=hub,
        when=any_of("deploy.failed", severity("critical")),
        phone_numbers=settings.phone_numbers,
        budget=Budget(per_day=50, per_number=10),
    )

# The site
RebuildStack(app, "Rebuild", hub=hub, when=["content.*"], build_host="netlify")
CdnStack(
    app,
    "Cdn",
    hub=hub,
    when=["deploy.succeeded", "content.*"],
    wait_for_deploy=True,
    distributions=settings.distributions or DemoSiteStack(app, "DemoSite", hub=hub).distribution_id,
)
StoryStack(app, "Story", hub=hub, until="pages.notified")
LiveStack(app, "Live", hub=hub, when=["deploy.succeeded", "cdn.invalidated", "notice.*"])

# The people the site is for
if settings.site_url:
    AudienceStack(
        app,
        "Audience",
        hub=hub,
        when=["notice.*", "site.published"],
        site=Site(name=settings.site_name, url=settings.site_url, zone=settings.site_zone),
        topics={
            "line-*": Topic("Line {}", "Delays and detours of this line, as they happen."),
            "news": Topic("News", "When something new is on the site.", types=("site.published",)),
        },
        channels=[
            WebPush(contact=settings.site_contact, services=settings.push_services),
            Email(sender=settings.email_sender, consent="Yes, tell me of what I have chosen by e-mail.")
            if settings.email_sender
            else None,
            TextMessages(
                identity=settings.text_identity,
                consent="Yes, tell me of what I have chosen by text message. Up to 5 a day; message and data rates "
                "may apply. Reply STOP to end, HELP for help.",
                help="Delays and news of what you have chosen. Reply STOP to end.",
                countries=["US"],
                budget=Budget(per_day=500, per_number=5),
            )
            if settings.text_identity
            else None,
        ],
    )

# Operations
ArchiveStack(app, "Archive", hub=hub)
AlarmEventsStack(app, "Alarms", hub=hub)
DashboardStack(app, "Dashboard", hub=hub)

app.synth()
