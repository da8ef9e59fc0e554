"""DatoCMS: records, and the deploys that it starts."""

from typing import Final

from lambdas.ingest.identity import Fields, SameBody
from lambdas.ingest.normalisers.content import Content
from lambdas.ingest.schemes.tokens import Basic
from lambdas.ingest.source import Source

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
    },
    normalise=Content(
        id=(("entity", "id"),),
        id_within=(("entity_type",),),
        content_type=(("entity", "relationships", "item_type", "data", "id"), ("entity_type",)),
        title=(("entity", "attributes", "title"), ("entity", "attributes", "name")),
        slug=(("entity", "attributes", "slug"),),
    ).normalise,
)
