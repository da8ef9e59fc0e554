"""GitLab, where a hook has a signing token instead of a secret token."""

from dataclasses import replace
from typing import Final

from lambdas.ingest.identity import Body, SignedId
from lambdas.ingest.schemes.standard_webhooks import symmetric
from lambdas.ingest.sources import gitlab

# GitLab merge requests 230944 and 231325: hooks with a signing token sign as Standard Webhooks say.
SOURCE: Final = replace(
    gitlab.SOURCE,
    name="gitlab-signed",
    scheme=symmetric(),
    # The signed id is the idempotency key (merge request 230944).
    identity=(SignedId(), Body()),
)
