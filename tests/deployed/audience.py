"""A rulebook with an audience by all channels, and what shows what became of its events."""

import aws_cdk as cdk

from stacks.audience import AudienceStack, Budget, Email, Site, TextMessages, Topic, WebPush
from stacks.hub import HubStack
from stacks.settings import Settings

app = cdk.App()
settings = Settings.from_context(app)
hub = HubStack(app, "Hub", settings=settings, endpoints={"zap": "token"})
AudienceStack(
    app,
    "Audience",
    hub=hub,
    when=["notice.*", "release.published"],
    site=Site(name="Harbour Buses", url=settings.site_url, zone="UTC"),
    topics={
        "line-*": Topic("Line {}", "Delays and detours, as they happen."),
        "news": Topic("News", "When something new is on the site.", types=("release.published",)),
    },
    channels=[
        WebPush(contact="mailto:web@example.com", services=settings.push_services),
        Email(sender="Harbour Buses <news@example.com>", consent="Yes, tell me by e-mail."),
        TextMessages(
            identity=settings.text_identity,
            consent="Yes, tell me by text message. Reply STOP to end.",
            help="Delays of your line. Reply STOP to end.",
            countries=["US"],
            budget=Budget(per_day=500, per_number=20),
        ),
    ],
    per_network=10_000,  # all of these tests are one network
)
app.synth()
