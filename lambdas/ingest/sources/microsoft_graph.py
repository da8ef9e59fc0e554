"""Microsoft Graph: change notifications."""

from typing import Final

from lambdas.ingest.handshakes import Handshake
from lambdas.ingest.identity import Fields, SameBody
from lambdas.ingest.normalisers import generic
from lambdas.ingest.schemes.tokens import BodyToken
from lambdas.ingest.source import Source

# Microsoft Graph signs nothing; each notification carries the `clientState` that was agreed on subscription.
SOURCE: Final = Source(
    name="microsoft-graph",
    scheme=BodyToken(path=("value", "*", "clientState")),
    native_type=("changeType",),
    # Microsoft Graph, `changeNotification`: a notification may have an id of its own; without it, nothing tells.
    identity=(Fields((("value", "*", "id"),)), SameBody()),
    normalise=generic.normalise,
    # Microsoft Graph, "notificationUrl validation": the decoded token as plain text.
    handshake=Handshake(methods=("GET", "POST"), challenge="query.validationToken"),
)
