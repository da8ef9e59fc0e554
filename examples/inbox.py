"""What the local account's inbox has taken in."""

import json
from typing import Any
from urllib.request import ProxyHandler, build_opener


def deliveries(inbox_url: str, channel: str) -> list[dict[str, Any]]:
    """Deliveries of a channel, oldest first."""
    with build_opener(ProxyHandler({})).open(
        f"{inbox_url}/api/deliveries?channel={channel}", timeout=10
    ) as answer:
        found: list[dict[str, Any]] = json.load(answer)
    return found
