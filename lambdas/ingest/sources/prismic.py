"""Prismic: publications."""

from typing import Final

from lambdas.ingest.environment import Environment
from lambdas.ingest.identity import Body
from lambdas.ingest.normalisers.content import Content
from lambdas.ingest.schemes.tokens import BodyToken
from lambdas.ingest.source import Source

# prismic.io/docs/webhooks: the secret travels in the body, and exactly 200 is success. One call stands for all that a
# release changed and names documents at best: it has no paths, so everything has changed.
SOURCE: Final = Source(
    name="prismic",
    scheme=BodyToken(path=("secret",)),
    native_type=("type",),
    # prismic.io/docs/webhooks: each publication has a `masterRef` of its own; a retry repeats the body.
    identity=(Body(),),
    types={"api-update": "content.updated"},
    normalise=Content(id=(("masterRef",),), title=(), slug=()).normalise,
    environment=Environment(
        sites=(("domain",),)
    ),  # an environment of Prismic is a repository of its own name
)
