"""A rulebook with what the shipped one does without: a second webhook, a small budget, quiet hours that are now."""

import datetime as dt

import aws_cdk as cdk

from stacks.hub import HubStack
from stacks.slack import SlackStack
from stacks.sms import Budget, QuietHours, SmsStack

now = dt.datetime.now(dt.UTC)
start, end = (f"{now + dt.timedelta(hours=hours):%H:%M}" for hours in (-2, 2))

app = cdk.App()
hub = HubStack(app, "Hub", endpoints={"zap": "token"})
SlackStack(app, "Slack", hub=hub, fallback=True)
SmsStack(app, "Sms", hub=hub, phone_numbers=["+12065550100"], budget=Budget(per_day=2, per_number=2))
SmsStack(
    app,
    "Night",
    hub=hub,
    phone_numbers=["+12065550101"],
    budget=Budget(per_day=50, per_number=10),
    quiet_hours=QuietHours(start, end, "UTC"),
)
app.synth()
