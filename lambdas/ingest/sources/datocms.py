"""DatoCMS: records, and the deploys that it starts."""

from dataclasses import replace
from typing import Final

from lambdas.contracts.event_types import DEPLOY_FAMILY
from lambdas.ingest.environment import Environment
from lambdas.ingest.identity import Fields, SameBody
from lambdas.ingest.normalisers.content import Content
from lambdas.ingest.schemes.tokens import Basic
from lambdas.ingest.source import Draft, Source, VerifiedRequest, value_at


def _is_primary(request: VerifiedRequest) -> bool | None:
    """The primary environment is the site's content, whatever it is called; of build triggers nothing is said."""
    if request.native_type.startswith("deploy_"):
        return True
    said = value_at(request.payload, "is_environment_primary")
    return said if isinstance(said, bool) else None


_CONTENT: Final = Content(
    id=(("entity", "id"),),
    id_within=(("entity_type",),),
    content_type=(("entity", "relationships", "item_type", "data", "id"), ("entity_type",)),
    title=(("entity", "attributes", "title"), ("entity", "attributes", "name")),
    slug=(("entity", "attributes", "slug"),),
)


def _normalise(source: Source, request: VerifiedRequest) -> Draft:
    """A deploy goes where its build trigger leads, which may be production or a preview; its id is its environment."""
    draft = _CONTENT.normalise(source, request)
    is_deploy = draft.type.startswith(DEPLOY_FAMILY)
    return replace(draft, environment=request.text("entity", "id")) if is_deploy else draft


# datocms.com/docs/content-management-api/resources/webhook: basic authentication or headers of one's own, no signature.
SOURCE: Final = Source(
    name="datocms",
    scheme=Basic(),
    native_type=("event_type",),
    # A call keeps its id over automatic retries, whose number is in the body (same page). A payload template of one's
    # own may have neither.
    identity=(Fields((("webhook_call_id",),)), SameBody()),
    types={
        "publish": "content.published",
        "unpublish": "content.unpublished",
        "delete": "content.deleted",
        "deploy_started": "deploy.started",
        "deploy_succeeded": "deploy.succeeded",
        "deploy_failed": "deploy.failed",
        "deploy_canceled": "deploy.cancelled",
        "deploy_cancelled": "deploy.cancelled",
    },
    normalise=_normalise,
    environment=Environment(
        names=(("environment",),),
        sites=(("site_id",),),
        says=_is_primary,
    ),
)
