"""AWS Amplify Hosting: deploys."""

from typing import Final

from lambdas.ingest.environment import Environment
from lambdas.ingest.identity import Body, Fields
from lambdas.ingest.normalisers.deploys import deploy_draft, title_of
from lambdas.ingest.schemes.tokens import EventBridge
from lambdas.ingest.source import Draft, Source, VerifiedRequest


def _normalise(source: Source, request: VerifiedRequest) -> Draft:
    event_type = source.type_of(request.native_type)
    app, branch = request.text("detail", "appId"), request.text("detail", "branchName")
    job, region = request.text("detail", "jobId"), request.text("region")
    console = (
        f"https://{region}.console.aws.amazon.com/amplify/apps/{app}/branches/{branch}/deployments/{job}"
    )
    return deploy_draft(
        event_type,
        site=app,
        title=title_of(event_type),
        fields={"Branch": branch, "Job": job},
        url=console if app and region else "",
        subject=job,
        outcome="cancelled" if event_type == "deploy.cancelled" else "",
    )


# AWS Amplify Hosting user guide, "Deployment events": no webhook, an event of EventBridge.
SOURCE: Final = Source(
    name="amplify",
    scheme=EventBridge(),
    native_type=("detail", "jobStatus"),
    # Amazon EventBridge, "Events": the id is the event's, also where it is delivered again.
    identity=(Fields((("id",),)), Body()),
    types={
        "started": "deploy.started",
        "succeed": "deploy.succeeded",
        "failed": "deploy.failed",
        "cancelled": "deploy.cancelled",
    },
    # The event tells no stage (production, development …), so the branch does.
    environment=Environment(
        names=(("detail", "branchName"),),
        sites=(("detail", "appId"),),
        production={"main", "master", "production"},
        is_account_wide=True,
    ),
    normalise=_normalise,
)
