"""The rulebook: what is connected, and who is told what.

Values that differ between accounts come from the context in `cdk.json` or from ``-c name=value``.
"""

import aws_cdk as cdk

from stacks.alarm_events import AlarmEventsStack
from stacks.archive import ArchiveStack
from stacks.cdn import CdnStack
from stacks.dashboard import DashboardStack
from stacks.demo_site import DemoSiteStack
from stacks.hub import HubStack
from stacks.live import LiveStack
from stacks.rebuild import RebuildStack
from stacks.slack import SlackStack
from stacks.sms import Budget, SmsStack
from stacks.story import StoryStack

app = cdk.App()
context = app.node.try_get_context
phone_numbers = (context("phone_numbers") or "").replace(",", " ").split()

hub = HubStack(
    app,
    "Hub",
    deployment=context("deployment"),
    alarm_email=context("alarm_email"),
    endpoints={"site": "netlify", "code": "github", "app": "standard-webhooks", "zap": "token"},
)

slack = SlackStack(
    app,
    "Slack",
    hub=hub,
    events=["form.submitted", "deploy.*", "release.published", "notice.sent", "alarm.*", "site.*"],
)

DEPLOY_FAILED = {"type": ["deploy.failed"]}
CRITICAL = {"data": {"notice": {"severity": ["critical"]}}}
sms = []
if phone_numbers:
    sms.append(
        SmsStack(
            app,
            "Sms",
            hub=hub,
            where={"$or": [DEPLOY_FAILED, CRITICAL]},
            phone_numbers=phone_numbers,
            budget=Budget(per_day=50, per_number=10),
        )
    )

rebuild = RebuildStack(app, "Rebuild", hub=hub, events=["content.*"], build_host="netlify")

cdn = CdnStack(
    app,
    "Cdn",
    hub=hub,
    events=["deploy.succeeded", "content.*"],
    wait_for_deploy=True,
    distributions=context("distribution_id") or DemoSiteStack(app, "DemoSite", hub=hub).distribution_id,
)

story = StoryStack(app, "Story", hub=hub, until="pages.notified")
live = LiveStack(app, "Live", hub=hub, events=["deploy.succeeded", "cdn.invalidated", "notice.*"])

archive = ArchiveStack(app, "Archive", hub=hub)
AlarmEventsStack(app, "Alarms", hub=hub)
DashboardStack(app, "Dashboard", hub=hub, subscribers=[slack, *sms, rebuild, cdn, story, live, archive])

app.synth()
