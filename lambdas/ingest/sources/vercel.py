"""Vercel: deployments."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from lambdas.ingest.environment import Environment
from lambdas.ingest.identity import Body, Fields
from lambdas.ingest.normalisers.deploys import deploy_draft, title_of
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.source import Draft, Source, VerifiedRequest, value_at

if TYPE_CHECKING:
    from lambdas.contracts.builds import Outcome

# Vercel documentation, "Promoting a deployment" and "Instant Rollback": the site becomes another deployment, and none
# is made. A promotion also follows an ordinary production deployment, where nobody has switched that off.
_CHANGES_OF_THE_SITE: Final = ("deployment.promoted", "deployment.rollback")


def _normalise(source: Source, request: VerifiedRequest) -> Draft:
    event_type = source.type_of(request.native_type)
    site = request.text("payload", "deployment", "name") or request.text("payload", "name")
    url = request.text("payload", "deployment", "url") or request.text("payload", "url")
    page = (
        f"https://{url}"
        if url and event_type == "deploy.succeeded"
        else request.text("payload", "links", "deployment")
    )
    return deploy_draft(
        event_type,
        site=site,
        title=title_of(event_type),
        fields={
            "Target": request.text("payload", "target"),
            "Branch": request.text("payload", "deployment", "meta", "githubCommitRef"),
        },
        text=request.text("payload", "deployment", "meta", "githubCommitMessage"),
        url=page,
        subject=request.text("payload", "deployment", "id"),
        outcome=_OUTCOMES.get(request.native_type, ""),
    )


def _target(request: VerifiedRequest) -> bool | None:
    """The target is production, staging or null, and null is a preview."""
    payload = value_at(request.payload, "payload")
    return False if isinstance(payload, dict) and payload.get("target", "") is None else None


def _change(request: VerifiedRequest) -> bool | None:
    """Whatever a deployment was made for, promoted it is the site."""
    return True if request.native_type in _CHANGES_OF_THE_SITE else None


_OUTCOMES: Final[Mapping[str, "Outcome"]] = {
    "deployment.canceled": "cancelled",
    **dict.fromkeys(_CHANGES_OF_THE_SITE, "restored"),
}


# vercel.com/docs/webhooks; the names with a hyphen are older ones.
SOURCE: Final = Source(
    name="vercel",
    scheme=Hmac(header="x-vercel-signature", algorithm="sha1"),
    native_type=("type",),
    # vercel.com/docs/webhooks/webhooks-api: `id` is the webhook delivery's.
    identity=(Fields((("id",),)), Body()),
    types={
        "deployment": "deploy.started",
        "deployment.created": "deploy.started",
        "deployment.succeeded": "deploy.succeeded",
        "deployment-ready": "deploy.succeeded",
        "deployment.error": "deploy.failed",
        "deployment-error": "deploy.failed",
        "deployment.canceled": "deploy.cancelled",
        **dict.fromkeys(_CHANGES_OF_THE_SITE, "deploy.succeeded"),
    },
    environment=Environment(
        names=(("payload", "target"),),
        sites=(
            ("payload", "deployment", "name"),
            ("payload", "name"),
            ("payload", "project", "id"),
            ("payload", "projectId"),
        ),
        production={"production"},
        says=_target,
        fixed=_change,
        is_account_wide=True,
    ),
    normalise=_normalise,
)
