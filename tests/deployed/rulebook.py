"""The shipped rulebook with a blog's endpoint and the senders that ask something first, and in a hurry.

What collects for ten seconds collects for one or two.
"""

import runpy
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from aws_cdk import Duration

from docs.handshake_examples import HANDSHAKES, REPLIES
from lambdas.ingest.endpoint_document import Endpoint
from stacks import cdn, hub, rebuild

BLOG = Endpoint("contentful", routes={"blogPost": ["/blog/{slug}", "/blog"]}, expect=Duration.days(1))
ASKING = {name: example.configuration for name, example in {**HANDSHAKES, **REPLIES}.items()}


class HubWithMore(hub.HubStack):
    """The hub with more endpoints."""

    def __init__(self, *arguments: Any, endpoints: Mapping[str, Any], **options: Any) -> None:
        super().__init__(*arguments, endpoints={**endpoints, "blog": BLOG, **ASKING}, **options)


hub.HubStack = HubWithMore  # type: ignore[misc]
cdn.CdnStack = partial(cdn.CdnStack, window=Duration.seconds(1))
rebuild.RebuildStack = partial(rebuild.RebuildStack, quiet=Duration.seconds(2))
runpy.run_path(str(Path(__file__).parents[2] / "app.py"), run_name="__main__")
