"""What a rulebook can have and the shipped one has not, for `tests.templates_check`."""

import aws_cdk as cdk

from lambdas.contracts.sms_limits import QuietHours
from stacks.audience import AudienceStack, Site, TextMessages, Topic, Turnstile, WebPush
from stacks.endpoints import Endpoint, RateLimit
from stacks.hub import HubStack
from stacks.rules import severity
from stacks.settings import Settings
from stacks.slack import SlackStack
from stacks.sms import Budget, SmsStack

app = cdk.App()
hub = HubStack(
    app,
    "Hub",
    settings=Settings(deployment="More", alarm_email="oncall@example.com"),
    endpoints={
        "site": Endpoint("amplify", site="d1a2b3"),
        "mail": "sendgrid",
        "cms": Endpoint("contentful", expect=cdk.Duration.hours(24), rate_limit=RateLimit(500, 1000)),
    },
)
SlackStack(app, "Slack", hub=hub, fallback=True)
SmsStack(
    app,
    "Sms",
    hub=hub,
    when=severity("critical"),
    phone_numbers=["+12065550100"],
    budget=Budget(per_day=5, per_number=5),
    quiet_hours=QuietHours("22:00", "07:00", "Europe/Berlin"),
    origination_number="+18005550100",
)
AudienceStack(
    app,
    "Audience",
    hub=hub,
    when=["notice.*"],
    site=Site(
        name="Harbour Buses",
        url="https://example.com",
        privacy_url="https://example.com/privacy",
        zone="America/New_York",
    ),
    topics={"line-*": Topic("Line {}", "Delays, as they happen.")},
    channels=[
        WebPush(contact="mailto:web@example.com"),
        TextMessages(
            identity="arn:aws:sms-voice:us-east-1:123456789012:pool/pool-0a1b2c",
            consent="Yes, tell me.",
            help="Reply STOP to end.",
            countries=["US"],
            budget=Budget(per_day=500, per_number=5),
        ),
    ],
    challenge=Turnstile("0x4AAAAAAADnPIDROrmt1Wwj"),
    words={"confirm_button": "Yes"},
)
app.synth()
