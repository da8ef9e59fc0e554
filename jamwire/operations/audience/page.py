"""What a site's pages need so that their visitors can follow; all of it is public."""

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

_LIVE: Final = Path(__file__).parents[3] / "live"

SCRIPTS: Final = (_LIVE / "jamwire-follow.js", _LIVE / "jamwire-worker.js")
"""What the site serves at its root, in a clone of the repository."""


def tag_of(url: str) -> str:
    """What to put into a page, by the public endpoint's address."""
    return (
        f'<script type="module" src="/jamwire-follow.js" data-jamwire-audience="{url}" '
        'data-jamwire-worker="/jamwire-worker.js"></script>'
    )


def policy_of(url: str) -> str:
    """What a Content-Security-Policy must allow for it."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    return f"script-src 'self'; worker-src 'self'; connect-src {origin}; form-action {origin}"
