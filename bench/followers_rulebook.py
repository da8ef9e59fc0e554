"""A rulebook of an audience by web push and no more, for `bench.followers`."""

import aws_cdk as cdk

from stacks.audience import AudienceStack, Site, Topic, WebPush
from stacks.hub import HubStack
from stacks.settings import Settings

app = cdk.App()
settings = Settings.from_context(app)
hub = HubStack(app, "Hub", settings=settings, endpoints={"zap": "token"})
AudienceStack(
    app,
    "Audience",
    hub=hub,
    when=["notice.*"],
    site=Site(name="Harbour Buses", url="https://example.com", privacy_url="https://example.com/privacy"),
    topics={"line-*": Topic("Line {}", "Delays and detours, as they happen.")},
    channels=[WebPush(contact="mailto:web@example.com", services=settings.push_services)],
)
app.synth()
