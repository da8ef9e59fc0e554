"""The catalogue: every kind of sender that Jamwire knows, each in its own module of `lambdas.ingest.sources`.

A source is imported when it is looked up, so that ingest imports those of its endpoints only. Lambda keeps no compiled
modules: each cold start compiles anew all that it imports.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Final

from lambdas.ingest.source import Source

_NAMES: Final = (
    "netlify",
    "vercel",
    "cloudflare",
    "amplify",
    "gitlab",
    "gitlab-signed",
    "github",
    "contentful",
    "sanity",
    "storyblok",
    "prismic",
    "hygraph",
    "datocms",
    "strapi",
    "ghost",
    "wordpress",
    "shopify",
    "woocommerce",
    "stripe",
    "slack",
    "twilio",
    "sendgrid",
    "typeform",
    "x",
    "meta",
    "zoom",
    "dropbox",
    "microsoft-graph",
    "standard-webhooks",
    "standard-webhooks-v1a",
    "hmac",
    "token",
    "basic",
    "zapier",
    "ifttt",
)


class Catalogue(Mapping[str, Source]):
    """The sources by name, in the order in which the documentation has them."""

    def __getitem__(self, name: str) -> Source:
        if name not in _NAMES:
            raise KeyError(name)
        source: Source = import_module(f"lambdas.ingest.sources.{name.replace('-', '_')}").SOURCE
        return source

    def __iter__(self) -> Iterator[str]:
        return iter(_NAMES)

    def __len__(self) -> int:
        return len(_NAMES)


CATALOGUE: Final = Catalogue()
