"""Vercel: deployments."""

from typing import Final

from lambdas.ingest.identity import Body, Fields
from lambdas.ingest.normalisers.deploys import deploy_draft, title_of
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.source import Draft, Source, VerifiedRequest


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
    )


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
    },
    normalise=_normalise,
)
