"""How open pages listen to a deployment: what its live stacks say of themselves."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from jamwire.operations.deployment import Deployment
from lambdas.contracts.outputs import LiveOutput

SCRIPT: Final = Path(__file__).parents[2] / "live" / "jamwire-live.js"
"""The visitors' script, in a clone of the repository."""


def integrity_of(script: Path) -> str:
    """What a browser compares the script with (W3C, "Subresource Integrity"); empty where there is none here."""
    if not script.exists():
        return ""
    digest = hashlib.sha384(script.read_bytes()).digest()
    return f"sha384-{base64.b64encode(digest).decode()}"


@dataclass(frozen=True, slots=True)
class Listening:
    """What a page needs to know, all of it public.

    Attributes:
        stack: Short name of the stack.
        url: Where to listen, as WebSocket.
        key: What a visitor holds.
        publish_url: Where the function publishes.
        state_url: Where the state of topics is served; empty where only the site's own distribution serves it.
        private_state_url: Where visitors with a token read the state of private topics; empty where there are none.
    """

    stack: str
    url: str
    key: str
    publish_url: str
    state_url: str = ""
    private_state_url: str = ""

    @property
    def tag(self) -> str:
        """What to put into a page."""
        state = self.state_url or "/_jamwire/"
        return (
            f'<script type="module" src="/jamwire-live.js" data-jamwire-url="{self.url}" '
            f'data-jamwire-key="{self.key}" data-jamwire-state="{state}"></script>'
        )

    @property
    def policy(self) -> str:
        """What a Content-Security-Policy must allow for it; of the site itself its state, or how old a page is."""
        parts = [urlsplit(url) for url in (self.url, self.state_url, self.private_state_url) if url]
        origins = " ".join(f"{part.scheme}://{part.netloc}" for part in parts)
        return f"script-src 'self'; connect-src 'self' {origins}"


def listening_to(deployment: Deployment) -> Iterator[Listening]:
    """Each live stack of a deployment; a local account that speaks no TLS is listened to without."""
    plain = deployment.local_url.startswith("http:")
    for stack in deployment.stacks:
        if LiveOutput.REALTIME_URL in stack.outputs:
            url, publish_url = stack.outputs[LiveOutput.REALTIME_URL], stack.outputs[LiveOutput.HTTP_URL]
            if plain:
                url, publish_url = url.replace("wss:", "ws:", 1), publish_url.replace("https:", "http:", 1)
            state_url = local_url(stack.outputs.get(LiveOutput.STATE_URL, ""), deployment.local_url)
            yield Listening(
                stack.short_name,
                url,
                stack.outputs[LiveOutput.API_KEY],
                publish_url,
                state_url,
                stack.outputs.get(LiveOutput.PRIVATE_STATE_URL, ""),
            )


def local_url(url: str, account: str) -> str:
    """A distribution's URL as the local account serves it; as it is, where it is on AWS."""
    if not url or not account:
        return url
    there, here = urlsplit(url), urlsplit(account)
    label = there.netloc.partition(".")[0]
    return f"{here.scheme}://{label}.cloudfront.localhost:{here.port}{there.path}"
