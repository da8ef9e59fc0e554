"""How visitors' pages follow a deployment's topics: what its audiences say of themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from jamwire.operations.deployment import Deployment
from lambdas.contracts.outputs import AudienceOutput

_LIVE: Final = Path(__file__).parents[2] / "live"

SCRIPTS: Final = (_LIVE / "jamwire-follow.js", _LIVE / "jamwire-worker.js")
"""What the site serves at its root, in a clone of the repository."""


@dataclass(frozen=True, slots=True)
class Following:
    """What a page needs to know, all of it public.

    Attributes:
        stack: Short name of the stack.
        url: The public endpoint, with a slash at the end.
    """

    stack: str
    url: str

    @property
    def tag(self) -> str:
        """What to put into a page."""
        return (
            f'<script type="module" src="/jamwire-follow.js" data-jamwire-audience="{self.url}" '
            'data-jamwire-worker="/jamwire-worker.js"></script>'
        )

    @property
    def policy(self) -> str:
        """What a Content-Security-Policy must allow for it."""
        parts = urlsplit(self.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        return f"script-src 'self'; worker-src 'self'; connect-src {origin}; form-action {origin}"


def following_of(deployment: Deployment) -> Iterator[Following]:
    """Each audience of a deployment; in a local account at the account's own address."""
    for stack in deployment.stacks:
        if AudienceOutput.URL in stack.outputs:
            url = stack.outputs[AudienceOutput.URL]
            if deployment.local_url:
                url = f"{deployment.local_url}/_aws/execute-api/{stack.outputs[AudienceOutput.API_ID]}/"
            yield Following(stack.short_name, url)
