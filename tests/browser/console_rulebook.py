"""A rulebook of what the console's acts are about: a hub, Slack, the archive."""

import aws_cdk as cdk

from stacks.archive import ArchiveStack
from stacks.hub import HubStack
from stacks.slack import SlackStack

app = cdk.App()
hub = HubStack(app, "Hub", endpoints={"zap": "token", "site": "netlify"})
SlackStack(app, "Slack", hub=hub, when=["form.submitted", "deploy.*", "notice.sent"])
ArchiveStack(app, "Archive", hub=hub)
app.synth()
