"""Microsoft Graph: change notifications."""

from collections.abc import Sequence
from typing import Any, Final

from lambdas.ingest.handshakes import Handshake, Reply, echo
from lambdas.ingest.identity import Fields, SameBody
from lambdas.ingest.normalisers import generic
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.tokens import BodyToken
from lambdas.ingest.source import Source


def _answer_challenge(request: Request, payload: Any, secrets: Sequence[str]) -> Reply | None:
    """Microsoft Graph, "notificationUrl validation": the decoded token as plain text."""
    return echo(request.query.get("validationToken", ""))


# Microsoft Graph signs nothing; each notification carries the `clientState` that was agreed on subscription.
SOURCE: Final = Source(
    name="microsoft-graph",
    scheme=BodyToken(path=("value", "*", "clientState")),
    native_type=("changeType",),
    # Microsoft Graph, `changeNotification`: a notification may have an id of its own; without it, nothing tells.
    identity=(Fields((("value", "*", "id"),)), SameBody()),
    normalise=generic.normalise,
    handshake=Handshake(_answer_challenge, signed=False),
)
