"""Cloudflare: deploys of Pages, and every other notification."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from lambdas.ingest.environment import Environment
from lambdas.ingest.identity import Body, Fields
from lambdas.ingest.normalisers import generic
from lambdas.ingest.normalisers.deploys import TITLES, deploy_draft
from lambdas.ingest.schemes.tokens import Token
from lambdas.ingest.source import Draft, Source, VerifiedRequest

if TYPE_CHECKING:
    from lambdas.contracts.builds import Outcome


def _normalise(source: Source, request: VerifiedRequest) -> Draft:
    """Notifications have a name and a text of their own; what happened to a page's deploy is in its data."""
    event = request.text("data", "event") or request.native_type
    event_type = source.type_of(event)
    if event_type not in TITLES:
        said = {"title": request.text("name"), "text": request.text("text")}
        return generic.normalise(source, VerifiedRequest(event, said))
    return deploy_draft(
        event_type,
        site=request.text("data", "project_name"),
        title=TITLES[event_type],
        fields={
            "Environment": request.text("data", "environment"),
            "Branch": request.text("data", "branch"),
        },
        text=request.text("text"),
        url=request.text("data", "preview_url"),
        subject=request.text("data", "deployment_id"),
        outcome=_OUTCOMES.get(event.lower(), ""),
    )


# Of what becomes of a deploy, the first three are seen in the wild; how the others are spelt is unconfirmed.
_OUTCOMES: Final[Mapping[str, "Outcome"]] = {
    "event_deployment_canceled": "cancelled",
    "event_deployment_cancelled": "cancelled",
    "event_deployment_skipped": "skipped",
}


# The header holds the secret itself (Cloudflare documentation, "Configure webhooks"). Field names in `data` of a
# notification about Pages are unconfirmed; without them it is told by its own name and text.
SOURCE: Final = Source(
    name="cloudflare",
    scheme=Token(header="cf-webhook-auth"),
    native_type=("alert_type",),
    # A deploy has each of its events once. Other notifications have their time in `ts` (Cloudflare Notifications,
    # "Webhook payload schema").
    identity=(Fields((("data", "deployment_id"), ("data", "event"))), Body()),
    types={
        "event_deployment_started": "deploy.started",
        "event_deployment_success": "deploy.succeeded",
        "event_deployment_failed": "deploy.failed",
        **dict.fromkeys(_OUTCOMES, "deploy.cancelled"),
    },
    environment=Environment(
        names=(("data", "environment"),),
        sites=(("data", "project_name"), ("data", "project_id")),
        production={"environment_production", "production"},
        is_account_wide=True,
    ),
    normalise=_normalise,
)
